"""When a fine is allowed, how high, how often. V-71-01 and V-75-06 may be fined at once, V-72-01 only after a warning."""

from __future__ import annotations

from typing import Any

import pytest

from tests.webapp.legality.acting import Record, refusal
from webapp.legality import fines
from webapp.rules.queries import UnknownViolation

pytestmark = pytest.mark.usefixtures("law")
AT_ONCE, WARN_FIRST, OTHER_FIRST = "V-71-01", "V-72-01", "V-72-04"


def filed(**more: Any) -> Record:
    return Record(**more).say("propose_filing", acted_on="2026-02-20", violations=[AT_ONCE])


def first_round(*items: str, served: str | None = "2026-04-01", correct_by: str = "2026-05-10") -> Record:
    return Record(case_id=3).make("D11", made="2026-04-01", served=served, items=list(items), correct_by=correct_by)


def reinspected(earlier: Record, **result: Any) -> Record:
    return earlier.say("reinspect", process="correction", **result)


def fine(rule: str, facts: Record, *codes: str, yuan: int, element: str = "decide", **said: Any) -> str | None:
    said["fine" if element == "decide" else "proposed_fine"] = yuan
    return refusal(rule, element, facts, violations=list(codes), **said)


def test_br_07_a_first_fine_where_the_law_warns_first_is_refused() -> None:
    for element in ("conclude", "give_notice", "decide"):
        assert "warns first" in str(fine("BR-07", filed(), WARN_FIRST, yuan=80_000, element=element))
    assert fine("BR-07", filed(), AT_ONCE, yuan=80_000) is None
    assert refusal("BR-07", "decide", filed(), violations=[WARN_FIRST]) is None


def test_br_07_the_round_is_lost_when_the_order_was_served_its_day_passed_and_nothing_was_corrected() -> None:
    unserved = filed().after(first_round(WARN_FIRST, served=None))
    assert "not served" in str(fine("BR-07", unserved, WARN_FIRST, yuan=80_000))
    running = filed().after(first_round(WARN_FIRST, correct_by="2026-06-15"))
    assert "not over yet" in str(fine("BR-07", running, WARN_FIRST, yuan=80_000))
    unseen = filed().after(first_round(WARN_FIRST, correct_by="2026-06-14"))
    assert "No re-inspection" in str(fine("BR-07", unseen, WARN_FIRST, yuan=80_000))
    corrected = filed().after(reinspected(first_round(WARN_FIRST), result="corrected"))
    assert "No re-inspection" in str(fine("BR-07", corrected, WARN_FIRST, yuan=80_000))
    lost = filed().after(reinspected(first_round(WARN_FIRST), result="not", open_items=[WARN_FIRST]))
    assert fine("BR-07", lost, WARN_FIRST, yuan=80_000) is None


def test_br_07_what_was_corrected_is_not_fined_with_the_rest() -> None:
    partly = reinspected(first_round(WARN_FIRST, OTHER_FIRST), result="partly", open_items=[OTHER_FIRST])
    assert WARN_FIRST in str(fine("BR-07", filed().after(partly), WARN_FIRST, OTHER_FIRST, yuan=80_000))
    assert fine("BR-07", filed().after(partly), OTHER_FIRST, yuan=80_000) is None


def test_br_07_a_warning_for_one_act_does_not_block_the_fine_for_another() -> None:
    assert fine("BR-07", filed(), AT_ONCE, WARN_FIRST, yuan=80_000) is None


def test_br_07_a_new_act_in_the_second_round_is_warned_about_first() -> None:
    lost = reinspected(first_round(WARN_FIRST), result="not", open_items=[WARN_FIRST])
    assert fine("BR-07", filed().after(lost), OTHER_FIRST, yuan=80_000) is not None


def test_br_08_a_fine_outside_its_range_without_a_ground_is_refused() -> None:
    assert "100,000" in str(fine("BR-08", filed(), AT_ONCE, yuan=100_001))
    assert fine("BR-08", filed(), AT_ONCE, yuan=100_000) is None
    assert fine("BR-08", filed(), AT_ONCE, yuan=50_000) is None
    assert "50,000" in str(fine("BR-08", filed(), AT_ONCE, yuan=49_999))
    assert "50,000" in str(fine("BR-08", filed(), AT_ONCE, yuan=49_999, ground="none"))


def test_br_08_a_ground_lowers_but_never_raises() -> None:
    assert fine("BR-08", filed(), AT_ONCE, yuan=49_999, ground="confessed") is None
    assert "100,000" in str(fine("BR-08", filed(), AT_ONCE, yuan=100_001, ground="confessed"))


def test_br_08_one_act_is_fined_under_the_rule_with_the_higher_fine() -> None:
    """APL 29, second sentence: 50,000 to 300,000 of V-75-06 counts, not 50,000 to 100,000 of V-71-01."""
    assert fine("BR-08", filed(), AT_ONCE, "V-75-06", yuan=300_000) is None
    assert "300,000" in str(fine("BR-08", filed(), AT_ONCE, "V-75-06", yuan=300_001))


def test_br_08_a_warning_does_not_open_the_range_of_its_fine() -> None:
    """V-72-01 goes up to 200,000, but only in a second round."""
    assert "100,000" in str(fine("BR-08", filed(), AT_ONCE, WARN_FIRST, yuan=150_000))
    lost = reinspected(first_round(WARN_FIRST), result="not", open_items=[WARN_FIRST])
    assert fine("BR-08", filed().after(lost), AT_ONCE, WARN_FIRST, yuan=150_000) is None


def test_br_08_an_act_before_the_law_came_into_force_has_no_range() -> None:
    with pytest.raises(UnknownViolation):
        fine("BR-08", Record().say("propose_filing", acted_on="2018-12-28"), AT_ONCE, yuan=60_000)


def test_br_12_on_the_spot_at_most_three_thousand_yuan() -> None:
    for element in ("summary_decision", "town_decision"):
        assert "3,000" in str(refusal("BR-12", element, filed(), fine=3_001))
        assert refusal("BR-12", element, filed(), fine=3_000) is None
        assert refusal("BR-12", element, filed()) is None


@pytest.fixture
def fined(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Another decision about the employer, as if it stood in the register."""

    def stands(case_id: int, *codes: str, acted_on: str = "2026-02-20") -> None:
        paper = Record(case_id=case_id).make("D20", fine=60_000, violations=list(codes), acted_on=acted_on).documents[0]
        monkeypatch.setattr(fines, "_fines_of", lambda case: [("TC-2026-0001", paper)])

    return stands


def test_br_16_the_same_act_is_not_fined_twice(fined: Any) -> None:
    fined(2, AT_ONCE)
    assert "TC-2026-0001" in str(fine("BR-16", filed(), AT_ONCE, yuan=60_000))
    assert "TC-2026-0001" in str(refusal("BR-16", "propose_filing", violations=[AT_ONCE], acted_on="2026-02-20"))
    assert refusal("BR-16", "decide", filed(), violations=[AT_ONCE], decision="no_penalty") is None


def test_br_16_another_day_or_another_violation_is_another_act(fined: Any) -> None:
    fined(2, AT_ONCE, acted_on="2026-02-19")
    assert fine("BR-16", filed(), AT_ONCE, yuan=60_000) is None
    fined(2, "V-75-06")
    assert fine("BR-16", filed(), AT_ONCE, yuan=60_000) is None


def test_br_16_a_second_round_fines_only_what_the_first_warned_about(fined: Any) -> None:
    second = filed().after(first_round(WARN_FIRST))
    fined(3, AT_ONCE, WARN_FIRST)
    assert fine("BR-16", second, WARN_FIRST, yuan=60_000) is None
    assert AT_ONCE in str(fine("BR-16", second, AT_ONCE, WARN_FIRST, yuan=60_000))
    fined(4, WARN_FIRST)
    assert WARN_FIRST in str(fine("BR-16", second, WARN_FIRST, yuan=60_000))
