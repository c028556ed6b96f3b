"""Read XML that may be hostile."""

from __future__ import annotations

from typing import Any

from lxml import etree

from bpmn.engine.ports import EngineError

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
SPIFF = "{http://spiffworkflow.org/bpmn/schema/1.0/core}"


class DiagramRefused(EngineError):
    """This diagram cannot be compiled."""


def parse_xml(content: bytes) -> Any:
    """The root element; no entity, no network, no DTD. Raises DiagramRefused for a DOCTYPE or broken XML.

    Comments and processing instructions are left out: beside a text they would cut it (``n == 0 <!-- --> and False``).
    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise DiagramRefused(str(error)) from error
    if root.getroottree().docinfo.doctype:  # type: ignore[union-attr]  # not of the bytes: UTF-7, UTF-16
        raise DiagramRefused("a DOCTYPE is not allowed")
    return root
