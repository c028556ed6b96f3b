"""Sealed values open only where they were sealed, with any key of the ring."""

from __future__ import annotations

import secrets
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from webapp.core import sealing
from webapp.core.sealing import SealBroken, blind_index, seal, unseal

PLACE = "person:1:name"


@pytest.fixture
def fresh_ring(app: Any) -> Any:
    sealing._ring_of.cache_clear()
    yield app.config["ZHIJIAN"].home / "keys"
    sealing._ring_of.cache_clear()


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=200))
def test_what_is_sealed_opens_again(app: Any, text: str) -> None:
    assert unseal(seal(text, place=PLACE), place=PLACE) == text


def test_the_same_text_is_sealed_differently_each_time(app: Any) -> None:
    assert seal("演示工人", place=PLACE) != seal("演示工人", place=PLACE)
    assert "演示工人".encode() not in seal("演示工人", place=PLACE)


@pytest.mark.parametrize("place", ["person:2:name", "person:1:phone"])
def test_a_value_moved_to_another_row_or_column_does_not_open(app: Any, place: str) -> None:
    with pytest.raises(SealBroken):
        unseal(seal("演示工人", place=PLACE), place=place)


def test_a_changed_byte_is_found(app: Any) -> None:
    sealed = bytearray(seal("演示工人", place=PLACE))
    for place in (0, 1, 20, len(sealed) - 1):
        broken = sealed.copy()
        broken[place] ^= 1
        with pytest.raises(SealBroken):
            unseal(bytes(broken), place=PLACE)
    with pytest.raises(SealBroken):
        unseal(b"", place=PLACE)


def test_the_newest_key_seals_and_the_old_one_still_opens(fresh_ring: Any) -> None:
    old, index = seal("演示工人", place=PLACE), blind_index("32", of="id")
    (fresh_ring / "identity_aes.2").write_text(secrets.token_hex(32))
    (fresh_ring / "identity_aes.bak").write_text("not a key")
    sealing._ring_of.cache_clear()
    new = seal("演示工人", place=PLACE)
    assert (old[0], new[0]) == (1, 2)
    assert unseal(old, place=PLACE) == unseal(new, place=PLACE) == "演示工人"
    assert blind_index("32", of="id") == index
    (fresh_ring / "identity_aes.2").unlink()
    sealing._ring_of.cache_clear()
    with pytest.raises(SealBroken):
        unseal(new, place=PLACE)


def test_a_blind_index_is_the_same_for_the_same_text_of_one_column_only(app: Any) -> None:
    assert blind_index("320000", of="id") == blind_index("320000", of="id")
    assert blind_index("320000", of="id") != blind_index("320000", of="phone")
