"""Shipped files broken at random: whatever is wrong, the check answers with problems and the engine never meets it unchecked."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from lxml import etree

from bpmn.engine.compiler import compile_edition
from bpmn.engine.findings import MAX_SHOWN
from bpmn.engine.lint import check
from bpmn.engine.ports import Artifact, EngineError
from webapp.processes.files import shipped

SHIPPED = shipped()
STRANGE = ["", "1", "End", "no such thing", "-" * 300, "None", "P1Y", "'x'", "é中文", "__import__('os')", "true", "nan"]


def broken(file: Artifact, chance: random.Random) -> Artifact:
    """One to three elements or attributes removed, doubled or changed."""
    root = etree.fromstring(file.content)
    for _ in range(chance.randint(1, 3)):
        element = chance.choice([found for found in root.iter(etree.Element) if found.getparent() is not None])
        deed = chance.randrange(5)
        if deed == 0:
            element.getparent().remove(element)
        elif deed == 1:
            element.getparent().append(etree.fromstring(etree.tostring(element)))
        elif deed == 2 and element.attrib:
            del element.attrib[chance.choice(list(element.attrib))]
        elif deed == 3 and element.attrib:
            element.attrib[chance.choice(list(element.attrib))] = chance.choice(STRANGE)
        else:
            element.text = chance.choice(STRANGE)
    return replace(file, content=etree.tostring(root), hash=str(chance.random()))


@pytest.mark.parametrize("seed", range(4))
def test_no_broken_file_breaks_the_check(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(25):
        victim = chance.choice([file for file in SHIPPED if file.kind != "form"])
        files = [broken(file, chance) if file is victim else file for file in SHIPPED]
        problems = check(files)
        assert all(problem.zh and problem.en and len(problem.en) < 20 * MAX_SHOWN for problem in problems)
        if not any(problem.severity == "error" for problem in problems):
            compile_edition(files).process(victim.key if victim.kind == "bpmn" else "case_lifecycle")


@pytest.mark.parametrize("seed", range(2))
def test_whatever_passes_the_rules_compiles(seed: int) -> None:
    """The last rule, the engine's own refusal, should hardly ever be the one that speaks."""
    chance = random.Random(100 + seed)
    unseen = []
    for _ in range(25):
        victim = chance.choice([file for file in SHIPPED if file.kind == "bpmn"])
        problems = check([broken(file, chance) if file is victim else file for file in SHIPPED])
        unseen += [problem.en for problem in problems if problem.code == "does-not-compile"]
    assert len(unseen) <= 2, unseen


def test_the_engine_still_refuses_what_nobody_checked() -> None:
    with pytest.raises(EngineError):
        compile_edition([]).process("nothing")
