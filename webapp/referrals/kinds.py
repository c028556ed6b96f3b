"""The kinds of referrals, what their packages need, and the wording-free facts about them.

Source: domain/02, 2.1 and 2.2(c), (d), (e), (f); transfer regulation (TR) article 6 for the police.
Covers R-064..R-067, R-070..R-074, R-077.
"""

from __future__ import annotations

from dataclasses import dataclass

POLICE, POISONING, RADIATION, LABOUR = "police", "poisoning", "radiation", "labour"
WORK_INJURY, DIBAO, TEMPORARY_RELIEF, MEDICAL_AID = "work_injury", "dibao", "temporary_relief", "medical_aid"

LETTER, INVESTIGATION, ITEM_LIST, REPORTS, OTHER = "letter", "investigation_report", "item_list", "expert_reports", "other"
RECORD, EVIDENCE = "record", "evidence"


@dataclass(frozen=True, slots=True)
class Kind:
    """``items``: what the package must contain; ``may_lack``: of these, what may be "none" with a reason (domain/08 L-18).

    ``letters``: document codes of its letter; ``source``: why these items; ``also``: what else may go with it.
    """

    code: str
    items: tuple[str, ...]
    may_lack: frozenset[str]
    letters: tuple[str, ...]
    source: str
    also: tuple[str, ...] = ()

    @property
    def allowed(self) -> tuple[str, ...]:
        return self.items + self.also


def _department(code: str) -> Kind:
    return Kind(code, (LETTER, RECORD, EVIDENCE), frozenset({RECORD, EVIDENCE}), ("D26",), "[D]")


def _assistance(code: str, letter: str) -> Kind:
    """The letter is the worker's own form; records and health data go along only where the office chooses them."""
    return Kind(code, (LETTER,), frozenset(), (letter, "D26"), "[D]", also=(RECORD, EVIDENCE))


KINDS: dict[str, Kind] = {
    POLICE: Kind(
        POLICE, (LETTER, INVESTIGATION, ITEM_LIST, REPORTS, OTHER), frozenset({REPORTS, OTHER}), ("D27",), "TR 6",
    ),
    POISONING: _department(POISONING),
    RADIATION: _department(RADIATION),
    LABOUR: _department(LABOUR),
    WORK_INJURY: _assistance(WORK_INJURY, "D31"),
    DIBAO: _assistance(DIBAO, "D30"),
    TEMPORARY_RELIEF: _assistance(TEMPORARY_RELIEF, "D30"),
    MEDICAL_AID: _assistance(MEDICAL_AID, "D30"),
}  # fmt: skip

# Diagrams that do not say with the property ``referral`` what they are.
KIND_OF_PROCESS = {
    "police_referral": POLICE, "poisoning_referral": POISONING, "radiation_referral": RADIATION, "labour_referral": LABOUR,
}  # fmt: skip
# Codes of documents that are the item of the police package other than the letter.
ITEM_OF_DOCUMENT = {"D13": INVESTIGATION, "D06": RECORD, "D07": RECORD, "D08": RECORD}
# How the sending form names what travels on paper.
ITEM_OF_MATERIAL = {"letter": LETTER, "report": INVESTIGATION, "items": ITEM_LIST, "tests": REPORTS, "other": OTHER}
