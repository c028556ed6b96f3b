"""What a step causes above this feature: handlers run inside the step's transaction and only record rows and intents."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from webapp.processes.models import ProcessInstance

Submitted = Callable[[ProcessInstance, Mapping[str, Any], datetime], None]
Changed = Callable[[ProcessInstance, datetime], None]

on_submitted: list[Submitted] = []  # (instance, {"table.column": value} of the form's maps_to, at)
on_started: list[Changed] = []
on_ended: list[Changed] = []
