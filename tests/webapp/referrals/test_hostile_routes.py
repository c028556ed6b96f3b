"""A row of the table of receivers names a district that exists."""

from __future__ import annotations

from typing import Any

import pytest

from webapp.core import clock
from webapp.core.db import transaction
from webapp.referrals import services
from webapp.referrals.errors import RouteRefused


def test_a_receiver_of_an_unknown_district_is_refused(app: Any, cast: Any) -> None:
    with pytest.raises(RouteRefused), transaction():
        services.add_route(
            "police", receiver_role="POL", source="L:TR3", jurisdiction_id=999, valid_from="2026-03-01", actor=cast.admin, at=clock.now()
        )  # fmt: skip
