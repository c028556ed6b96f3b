"""The three-task work in Viewflow, completed in process: no HTTP, no permission, no form. Runs in the peers' own environment.

``python viewflow_complete.py sqlite FILE`` or ``postgresql SOCKET_FOLDER USER DATABASE``: for each number on standard input, completes
that many user tasks and prints their milliseconds as JSON.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import django
from django.conf import settings
from django.core.management import call_command
from django.db import transaction

PAYLOAD = {"f1": 30, "f2": 40, **{f"f{number}": f"value {number}" for number in range(3, 11)}}
APPS = ["django.contrib.contenttypes", "django.contrib.auth", "viewflow", "viewflow.workflow", "viewflow_work"]
SQLITE = {
    "transaction_mode": "IMMEDIATE",
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
}


def main(kind: str, *place: str) -> None:
    settings.configure(INSTALLED_APPS=APPS, DATABASES={"default": _database(kind, *place)}, USE_TZ=True, SECRET_KEY="not secret")
    django.setup()
    call_command("migrate", verbosity=0)
    from django.contrib.auth.models import User
    from viewflow_work.flows import SameWork

    user, _ = User.objects.get_or_create(username="worker")
    for line in sys.stdin:
        print(json.dumps(_completed(SameWork, user, int(line))), flush=True)


def _database(kind: str, *place: str) -> dict[str, Any]:
    if kind == "sqlite":
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": place[0], "OPTIONS": SQLITE}
    host, user, name = place
    return {"ENGINE": "django.db.backends.postgresql", "HOST": host, "USER": user, "NAME": name}


def _completed(flow_class: Any, user: Any, count: int) -> list[float]:
    found: list[float] = []
    while len(found) < count:
        with transaction.atomic():
            process = flow_class.begun.run()
        for _ in range(3):
            found.append(_complete(user, process.pk))
    return found


def _complete(user: Any, process_id: int) -> float:
    """Claim the open task of the process, then complete it; only the completion is timed."""
    from viewflow.workflow.models import Task

    task_id = Task.objects.values_list("pk", flat=True).get(process_id=process_id, flow_task_type="HUMAN", finished=None)
    with Task.objects.get(pk=task_id).activation() as activation:
        activation.assign(user)
    began = time.perf_counter()
    with transaction.atomic(), Task.objects.get(pk=task_id).activation() as activation:
        activation.start(None)
        activation.process.data = {**activation.process.data, **PAYLOAD}
        activation.process.save()
        activation.execute()
    return (time.perf_counter() - began) * 1000


main(*sys.argv[1:])
