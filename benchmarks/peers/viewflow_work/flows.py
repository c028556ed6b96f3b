"""The diagram of ``same_work.bpmn`` in Viewflow's words. A Django application: Viewflow refers to flows by their application."""

from __future__ import annotations

from typing import Any

from django.views.generic import View
from viewflow import this
from viewflow.workflow import flow


class SameWork(flow.Flow):
    """Three user tasks, a script and a gateway."""

    begun = flow.StartHandle().Next(this.discover)
    discover = flow.View(View.as_view()).Next(this.verify)
    verify = flow.View(View.as_view()).Next(this.score_it)
    score_it = flow.Function(this.add).Next(this.is_high)
    is_high = flow.If(lambda activation: activation.process.data["score"] >= 50).Then(this.enforce).Else(this.low)
    enforce = flow.View(View.as_view()).Next(this.high)
    low = flow.End()
    high = flow.End()

    def add(self, activation: Any) -> None:
        data = activation.process.data
        data["score"] = int(data["f1"]) + int(data["f2"])
        activation.process.save()
