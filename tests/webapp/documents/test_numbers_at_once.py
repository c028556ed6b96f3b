"""Eight people make documents final at the same moment: no number twice, none left out."""

from __future__ import annotations

import threading
from typing import Any

from tests.webapp.documents import stories
from tests.webapp.pages import open_case
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.documents import services
from webapp.documents.models import Document

WRITERS, EACH = 8, 5


def test_eight_writers_leave_no_gap(app: Any, cast: Any, employer: Any) -> None:
    case = open_case(employer, cast.ping)
    drafts = [[stories.draft(case, "D20").id for _ in range(EACH)] for _ in range(WRITERS)]
    db.session.remove()
    start, failures = threading.Barrier(WRITERS), list[BaseException]()

    def write(ids: list[int]) -> None:
        try:
            with app.app_context():
                start.wait()
                for document_id in ids:
                    with transaction():
                        services.finalise(db.session.get_one(Document, document_id), actor_id=None, at=clock.now())
                db.session.remove()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=write, args=(ids,)) for ids in drafts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    serials = [row.serial for row in db.session.query(Document).filter_by(case_id=case.id, kind="D20")]
    assert sorted(serials) == list(range(1, WRITERS * EACH + 1))
