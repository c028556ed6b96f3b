"""One lie at a time: each breaks exactly the rule it should, in words of both languages, and nothing sound is refused."""

from __future__ import annotations

import pytest

from bpmn.engine.lint import all_rules, check, check_file, child
from bpmn.engine.lint.child import check_in_child
from bpmn.engine.ports import Artifact, Problem
from tests.bpmn.engine.building import artifact
from tests.bpmn.engine.lies import DMN, FORM, GOOD, LEG, LIES, PROPERTIES
from webapp.processes.files import shipped

ALWAYS = {"lane-unknown-node", "no-drawing", "not-drawn", "start-without-lane", "without-english"}
WARNINGS = {code for code, rule in all_rules().items() if rule.severity == "warning"}
ELSEWHERE = {  # rules with a test of their own below
    "file-too-large", "encoding", "too-many-nodes", "crossing-flow", "too-long", "one-timer", "too-large", "does-not-compile", "unknown-kind",
    "file-twice", "one-decision", "bad-decision-id", "unsupported-in-table", "no-table", "hit-policy", "too-many-rules", "bad-output",
    "cell-count", "cell-too-long", "cell-refused", "cell-list", "cell-word", "return-restarts",
}  # fmt: skip


def edition(main: str = GOOD, *others: Artifact) -> list[Artifact]:
    legs = [artifact("bpmn", key, LEG.format(key=key)) for key in ("leg", "inner")]
    return [artifact("bpmn", "main", main), *legs, artifact("dmn", "risk", DMN), FORM, *others]


def changed(*changes: tuple[str, str]) -> str:
    content = GOOD
    for old, new in changes:
        assert old in content, old
        content = content.replace(old, new)
    return content


def codes(problems: list[Problem]) -> set[str]:
    return {problem.code for problem in problems}


def test_the_good_edition_and_everything_shipped_is_sound() -> None:
    assert codes(check(edition())) == ALWAYS
    assert check(shipped()) == []


@pytest.mark.parametrize("code", LIES)
def test_each_lie_breaks_its_rule(code: str) -> None:
    problems = check(edition(changed(*LIES[code])), deadline_codes=("DECIDE",), names={"rules": ("LAW-1",)})
    assert code in codes(problems), codes(problems)
    assert not codes(problems) & {"does-not-compile"}, "the lint, not the engine, says what is wrong"
    broken = next(problem for problem in problems if problem.code == code)
    assert broken.severity == ("warning" if code in WARNINGS else "error")
    assert any("\u4e00" <= letter <= "\u9fff" for letter in broken.zh)
    assert broken.en[0] in "“ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
    assert "{" not in broken.zh + broken.en
    assert broken.file == "main.bpmn"


def test_every_rule_has_its_lie() -> None:
    assert all_rules().keys() - {code for code in all_rules() if code.startswith("form-")} <= LIES.keys() | ELSEWHERE


def test_a_start_with_a_trigger_is_refused() -> None:
    triggered = changed(
        (
            "<bpmn:outgoing>f1</bpmn:outgoing></bpmn:startEvent>",
            '<bpmn:outgoing>f1</bpmn:outgoing><bpmn:messageEventDefinition messageRef="msg" /></bpmn:startEvent>',
        )
    )
    assert codes(check(edition(triggered))) & {"event-start", "unsupported-element"}


def test_other_encodings_are_refused_before_anything_hides_in_them() -> None:
    hidden = GOOD.replace('encoding="UTF-8"', 'encoding="UTF-16"').encode("utf-16")
    gb = GOOD.replace('encoding="UTF-8"', 'encoding="GB18030"').encode("gb18030")
    utf7 = GOOD.replace('encoding="UTF-8"', 'encoding="UTF-7"').encode("utf-7")
    for content in (hidden, gb, utf7, GOOD.encode("utf-16-be")):
        problems = check([Artifact("bpmn", "main", content, "x"), *edition()[1:]])
        assert codes(problems) & {"encoding", "not-xml"}


def test_an_entity_bomb_is_refused() -> None:
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "x" * 10}">' for n in range(10))
    bomb = GOOD.replace("?>\n", f"?>\n<!DOCTYPE x [{entities}]>\n", 1).replace("查看", "&e9;")
    assert codes(check_in_child(edition(bomb))) & {"doctype", "not-xml"}


def test_fifty_megabytes_are_refused_unread() -> None:
    assert codes(check_in_child([Artifact("bpmn", "main", b" " * 50_000_000, "x")])) == {"file-too-large"}
    assert "file-too-large" in codes(check([Artifact("bpmn", "main", b" " * 3_000_000, "x")]))


def _chain(length: int) -> str:
    """The good diagram with a chain of tasks before its end."""
    nodes = "".join(
        f'<bpmn:userTask id="t{n}" name="步骤"><bpmn:extensionElements>{PROPERTIES}</bpmn:extensionElements></bpmn:userTask>'
        f'<bpmn:sequenceFlow id="c{n}" sourceRef="t{n}" targetRef="{f"t{n + 1}" if n < length - 1 else "done"}" />'
        for n in range(length)
    )  # fmt: skip
    refs = "".join(f"<bpmn:flowNodeRef>t{n}</bpmn:flowNodeRef>" for n in range(length))
    return changed(
        ('sourceRef="called" targetRef="done" />', f'sourceRef="called" targetRef="t0" />{nodes}'),
        ("<bpmn:flowNodeRef>left</bpmn:flowNodeRef>", refs),
    )


def test_a_chain_is_bounded_before_the_parser_recurses() -> None:
    assert "too-long" in codes(check(edition(_chain(320))))
    assert "too-many-nodes" in codes(check(edition(_chain(520))))


def test_a_small_call_tree_that_expands_to_very_many_steps_is_refused() -> None:
    def level(key: str, called: str) -> Artifact:
        call = '<bpmn:callActivity id="c{n}" name="调用" calledElement="{called}" /><bpmn:sequenceFlow id="h{n}" sourceRef="c{n}" targetRef="{to}" />'
        calls = "".join(call.format(n=n, called=called, to=f"c{n + 1}" if n < 7 else "fill") for n in range(8))
        content = LEG.format(key=key).replace('sourceRef="opened" targetRef="fill" />', f'sourceRef="opened" targetRef="c0" />{calls}')
        return artifact("bpmn", key, content)

    tree = [level(f"level{n}", f"level{n + 1}") for n in range(6)] + [artifact("bpmn", "level6", LEG.format(key="level6"))]
    assert "too-large" in codes(check([*tree, FORM]))


def test_names_of_files_and_what_is_in_them_agree() -> None:
    files = [file for file in edition() if file.kind != "dmn"]
    assert "key-differs" in codes(check([*files, artifact("dmn", "other", DMN)]))


def test_a_file_of_another_kind_and_a_file_twice_are_refused() -> None:
    assert "unknown-kind" in codes(check([*edition(), artifact("png", "photo", "x")]))
    assert "file-twice" in codes(check([*edition(), FORM]))


def test_one_file_is_checked_among_the_others_of_its_edition() -> None:
    assert codes(check_file(GOOD.encode(), kind="bpmn", others=edition())) == ALWAYS - {"no-drawing"}
    lonely = check_file(GOOD.encode(), kind="bpmn")
    assert {"unknown-form", "unknown-process", "unknown-decision"} <= codes(lonely)
    assert codes(check_file(b"{", kind="form")) == {"form-not-json"}


def test_a_reason_from_the_expression_environment_is_told_in_chinese_too() -> None:
    problems = check(edition(changed(('result == "yes"', "open('x')"))))
    (refused,) = [problem for problem in problems if problem.code == "bad-expression"]
    assert "只能调用列出的函数和方法" in refused.zh and "only the listed functions" in refused.en
    assert refused.element == "f4"


def test_a_check_that_takes_too_long_is_a_problem_and_not_a_hang() -> None:
    assert codes(check_in_child(edition(), seconds=0)) == {"check-timeout"}


def test_the_child_finds_what_the_check_finds() -> None:
    broken = edition(changed((' default="f5"', "")))
    known = {"rules": ("LAW-1",), "document": ("D20",)}
    assert check_in_child(broken, deadline_codes=("DECIDE",), names=known) == check(broken, deadline_codes=("DECIDE",), names=known)


def test_a_check_that_runs_out_of_memory_is_a_problem_and_not_a_crash() -> None:
    large = [Artifact("form", f"f{number}", b" " * 2_000_000, "x") for number in range(15)]
    assert codes(check_in_child(large, memory_mb=40)) == {"check-stopped"}


def test_an_edition_of_very_many_bytes_is_refused_unread() -> None:
    files = [Artifact("form", f"f{number}", b" " * 2_000_000, "x") for number in range(20)]
    assert codes(check_in_child(files)) == {"edition-too-large"}


def test_a_check_that_dies_is_a_problem_and_not_a_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child.sys, "executable", "/bin/false")
    assert codes(check_in_child(edition())) == {"check-stopped"}
