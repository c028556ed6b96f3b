"""Which step makes which paper, and which time limit binds it: the table of domain/02, 2.4 and 2.6, for the steps that no story names."""

from __future__ import annotations

import pytest

from bpmn.engine.compiler import compile_edition
from bpmn.engine.ports import Artifact

PAPERS = {
    ("case_lifecycle", "finding"): "D01", ("case_lifecycle", "verify"): "D02", ("case_lifecycle", "call_hearing"): "D17B",
    ("case_lifecycle", "report_closing"): "D25", ("evidence_registration", "handle"): "D09B", ("interim_control", "lift"): "D12B",
    ("interim_control", "release"): "D12B", ("police_referral", "propose_supervision"): "D28", ("police_referral", "ask_again"): "D28A",
    ("correction", "reinspect"): "D29", ("dibao", "hand_in"): "D30", ("medical_aid", "hand_in"): "D30",
    ("temporary_relief", "hand_in"): "D30",
}  # fmt: skip
LIMITS = {
    ("campaign_visit", "check_list"): "VISIT_LIST", ("campaign_visit", "inspect_dust"): "VISIT_CHECK",
    ("campaign_visit", "recheck"): "VISIT_RECHECK", ("correction", "decide_extension"): "CORRECT_REVIEW",
    ("dibao", "survey"): "DIBAO_SURVEY", ("poisoning_referral", "reply"): "ACC_REPLY", ("work_injury", "decide_fast"): "INJ_DECIDE_FAST",
    ("work_injury", "serve_result"): "INJ_SERVE",
}  # fmt: skip


@pytest.mark.parametrize(("step", "paper"), PAPERS.items(), ids=lambda value: value if isinstance(value, str) else ".".join(value))
def test_the_step_makes_its_paper(artifacts: list[Artifact], step: tuple[str, str], paper: str) -> None:
    assert compile_edition(artifacts).process(step[0]).element(*step).properties["document"] == paper


@pytest.mark.parametrize(("step", "code"), LIMITS.items(), ids=lambda value: value if isinstance(value, str) else ".".join(value))
def test_the_step_has_its_time_limit(artifacts: list[Artifact], step: tuple[str, str], code: str) -> None:
    assert compile_edition(artifacts).process(step[0]).element(*step).properties["deadline"] == code
