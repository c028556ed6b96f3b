"""Risk classes: two schemes run in opposite directions, so only ranks are compared."""

from __future__ import annotations

import pytest

from webapp.employers.record_rows import risk_tone
from webapp.employers.risks import HIGH, LOW, MIDDLE, SCHEMES, class_label, level_of, risk_grade


def test_the_same_letter_means_opposite_risks_in_two_schemes() -> None:
    overall, enforcement = SCHEMES["SELF_OVERALL"], SCHEMES["ENFORCE_2020"]
    assert (overall.rank_of("jia"), overall.rank_of("bing")) == (1, 3)
    assert (enforcement.rank_of("jia"), enforcement.rank_of("bing")) == (3, 1)
    tones = [risk_tone(level_of(scheme, SCHEMES[scheme].rank_of("jia"))) for scheme in ("SELF_OVERALL", "ENFORCE_2020")]
    assert tones == ["ok", "bad"]


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_ends_of_every_scheme_are_low_and_high(scheme: str) -> None:
    ranks = range(1, len(SCHEMES[scheme].classes) + 1)
    levels = [level_of(scheme, rank) for rank in ranks]
    assert (levels[0], levels[-1]) == (LOW, HIGH)
    assert set(levels[1:-1]) <= {MIDDLE}


def test_a_label_names_its_scheme() -> None:
    assert class_label("SELF_OVERALL", "bing") == {"zh": "职业病危害综合风险：丙类", "en": "Overall risk: class 丙"}
    assert class_label("ENFORCE_2020", "bing")["en"] == "Enforcement class: class 丙"
    assert class_label("OLD", "7") == {"zh": "OLD：7", "en": "OLD: 7"}


def test_a_class_of_another_scheme_has_no_rank() -> None:
    with pytest.raises(ValueError, match="III"):
        SCHEMES["SELF_OVERALL"].rank_of("III")


@pytest.mark.parametrize(
    ("is_severe", "complies", "grades"),
    [
        (False, True, ["I", "I", "I"]),
        (False, False, ["II", "II", "III"]),
        (True, True, ["II", "II", "III"]),
        (True, False, ["III", "III", "III"]),
    ],
)
def test_the_matrix_changes_at_ten_and_at_fifty_exposed_workers(*, is_severe: bool, complies: bool, grades: list[str]) -> None:
    for counts, expected in zip(((0, 9), (10, 49), (50, 5000)), grades, strict=True):
        for workers in counts:
            assert risk_grade(is_severe=is_severe, complies=complies, exposed_workers=workers).risk_class == expected


def test_cells_that_were_cut_in_the_source_carry_a_mark() -> None:
    marked = [risk_grade(is_severe=True, complies=False, exposed_workers=workers).is_inferred for workers in (9, 10, 50)]
    assert marked == [False, True, True]
    with pytest.raises(ValueError, match="-1"):
        risk_grade(is_severe=True, complies=True, exposed_workers=-1)
