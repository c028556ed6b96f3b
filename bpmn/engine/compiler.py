"""Diagrams and decisions become process definitions: specs for the engine, plain facts for the host."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException
from SpiffWorkflow.spiff.parser import SpiffBpmnParser
from SpiffWorkflow.spiff.parser.process import VALIDATOR

from bpmn.engine.ports import Artifact, EngineError

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
SPIFF = "{http://spiffworkflow.org/bpmn/schema/1.0/core}"


class DiagramRefused(EngineError):
    """This diagram cannot be compiled."""


@dataclass(frozen=True, slots=True)
class ElementInfo:
    """One element of a diagram as people see it."""

    id: str
    kind: str  # local name: userTask, exclusiveGateway
    name: str
    name_en: str
    role: str | None
    properties: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ProcessDefinition:
    """One process, ready to run. ``spec`` and ``subprocess_specs`` are shared: nobody changes them."""

    key: str
    name: str
    name_en: str
    properties: Mapping[str, str]
    start_form: str | None
    start_role: str | None
    elements: Mapping[str, ElementInfo]
    diagram: bytes
    version: str
    spec: Any = field(repr=False)
    subprocess_specs: Mapping[str, Any] = field(repr=False)


class CompiledEdition:
    """All processes of an edition; each is compiled when first asked for."""

    def __init__(self, artifacts: Iterable[Artifact]) -> None:
        self._files = tuple(artifacts)
        self._compiled: dict[str, ProcessDefinition] = {}
        self.version = hashlib.sha256("".join(sorted(file.hash for file in self._files if file.kind != "form")).encode()).hexdigest()

    def process(self, key: str) -> ProcessDefinition:
        """Raises DiagramRefused."""
        if key not in self._compiled:
            self._compiled[key] = self._compile(key)
        return self._compiled[key]

    def _compile(self, key: str) -> ProcessDefinition:
        parser = SpiffBpmnParser(validator=VALIDATOR)
        roots = {}
        for file in self._files:
            if file.kind == "bpmn":
                roots[file.key] = parse_xml(file.content)
                parser.add_bpmn_xml(roots[file.key], filename=file.key)
            elif file.kind == "dmn":
                parser.add_dmn_xml(parse_xml(file.content), filename=file.key)
        try:
            spec = parser.get_spec(key)
            subprocess_specs = parser.get_subprocess_specs(key)
        except ValidationException as error:
            raise DiagramRefused(str(error)) from error
        file = next(file for file in self._files if (file.kind, file.key) == ("bpmn", key))
        return _definition(key, roots[key], file, self.version, spec, subprocess_specs)


def compile_edition(artifacts: Iterable[Artifact]) -> CompiledEdition:
    return CompiledEdition(artifacts)


def parse_xml(content: bytes) -> Any:
    """A hardened parse. Raises DiagramRefused for a DOCTYPE or broken XML."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise DiagramRefused(str(error)) from error
    if root.getroottree().docinfo.doctype:
        raise DiagramRefused("a DOCTYPE is not allowed")
    return root


def _definition(key: str, root: Any, file: Artifact, version: str, spec: Any, subs: Mapping[str, Any]) -> ProcessDefinition:
    process = next(node for node in root.iter(f"{BPMN}process") if node.get("id") == key)
    roles = {ref.text.strip(): lane.get("id") for lane in process.iter(f"{BPMN}lane") for ref in lane.findall(f"{BPMN}flowNodeRef")}
    elements = {node.get("id"): _element(node, roles) for node in process.iter() if node.get("id") and node.tag.startswith(BPMN)}
    start = next((elements[node.get("id")] for node in process.iterchildren(f"{BPMN}startEvent")), None)
    own = properties_of(process)
    return ProcessDefinition(
        key=key, name=process.get("name", key), name_en=own.get("name_en") or documentation(process) or key, properties=own,
        start_form=start.properties.get("form") if start else None, start_role=start.role if start else None, elements=elements,
        diagram=file.content, version=version, spec=spec, subprocess_specs=subs,
    )  # fmt: skip


def _element(node: Any, roles: Mapping[str, str]) -> ElementInfo:
    own = properties_of(node)
    name = node.get("name", "")
    return ElementInfo(
        id=node.get("id"), kind=etree.QName(node).localname, name=name, name_en=own.get("name_en") or documentation(node) or name,
        role=roles.get(node.get("id")), properties=own,
    )  # fmt: skip


def properties_of(node: Any) -> dict[str, str]:
    path = f"{BPMN}extensionElements/{SPIFF}properties/{SPIFF}property"
    return {found.get("name", ""): found.get("value", "") for found in node.findall(path)}


def documentation(node: Any) -> str:
    return (node.findtext(f"{BPMN}documentation") or "").strip()
