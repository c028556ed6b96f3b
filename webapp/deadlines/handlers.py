"""What clocks do when something below them changes."""

from __future__ import annotations

from webapp.deadlines.moving import recount_provisional
from webapp.rules import services as rules

rules.on_calendar_changed.append(recount_provisional)
