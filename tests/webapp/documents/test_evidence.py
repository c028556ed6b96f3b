"""Evidence is sealed, listed, withdrawn with a reason and never lost; files and rows agree."""

from __future__ import annotations

import os
import stat
import time
from typing import Any

import pytest
from sqlalchemy import select

from tests.webapp.documents import files, stories
from tests.webapp.pages import complete_next, open_case
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.documents import errors, evidence, storage, verify
from webapp.documents.models import Evidence
from webapp.documents.sweeps import orphans_sweep

DAY_S = 24 * 3600


@pytest.fixture
def case(cast: Any, employer: Any) -> Any:
    return open_case(employer, cast.ping)


def rows() -> int:
    return len(db.session.scalars(select(Evidence)).all())


def test_the_original_is_kept_as_it_came_and_read_only(case: Any, cast: Any) -> None:
    data = files.photo(exif={"taken": "2026:03:04 09:41:00"})
    found = stories.added(case, cast.ping, data)
    path = storage.original_path(found.uuid)
    assert path.read_bytes() == data
    assert stat.S_IMODE(path.stat().st_mode) == 0o400
    assert path.parent.name == found.uuid.hex[:2]
    assert found.taken_at is not None
    assert list(verify.problems()) == []


def test_the_same_file_is_stored_once_per_case(case: Any, cast: Any, employer: Any) -> None:
    data = files.photo()
    stories.added(case, cast.ping, data)
    with pytest.raises(errors.AlreadyStored, match=r"现场\.jpg"):
        stories.added(case, cast.tao, data, name="b.jpg")
    assert rows() == 1
    stories.added(open_case(employer, cast.ping), cast.ping, data)
    assert rows() == 2


def test_a_name_is_never_a_path(case: Any, cast: Any, app: Any) -> None:
    home = app.config["ZHIJIAN"].home
    before = {path for path in home.parent.rglob("*") if "evidence" not in path.parts}
    found = stories.added(case, cast.ping, name="../../../x")
    assert found.original_name == "../../../x"
    assert {path for path in home.parent.rglob("*") if "evidence" not in path.parts} == before


def test_withdrawn_evidence_stays_with_the_reason(case: Any, cast: Any) -> None:
    found = stories.added(case, cast.ping)
    with pytest.raises(errors.NotYours), transaction():
        evidence.withdraw(found, reason="不是本案的材料", actor=cast.hui, at=clock.now())
    with transaction():
        evidence.withdraw(found, reason="不是本案的材料", actor=cast.tao, at=clock.now())
    assert (found.is_withdrawn, found.withdrawn_reason) == (True, "不是本案的材料")
    assert storage.original_path(found.uuid).is_file()
    with pytest.raises(errors.AlreadyWithdrawn), transaction():
        evidence.withdraw(found, reason="不是本案的材料", actor=cast.tao, at=clock.now())


def test_a_closed_case_takes_no_evidence(case: Any, cast: Any) -> None:
    complete_next(case, conclusion="unfounded")
    with transaction():
        case.closed_at = clock.now()
    with pytest.raises(errors.CaseClosed):
        stories.added(case, cast.ping)
    assert list(storage.stored()) == []


def test_a_file_whose_row_was_never_stored_is_swept_after_a_day(case: Any, cast: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = stories.added(case, cast.ping)
    with monkeypatch.context() as patched:
        patched.setattr("webapp.core.faults.reach", _die_after_the_file)
        with pytest.raises(KeyboardInterrupt):
            stories.added(case, cast.ping, files.photo(colour="red"))
    assert rows() == 1
    assert len(list(storage.stored())) == 4  # two originals, two previews
    assert orphans_sweep() == 0  # it may still be on its way
    for path, _, _ in storage.stored():
        os.utime(path, (time.time() - 2 * DAY_S,) * 2)
    assert orphans_sweep() == 2
    assert {name for _, name, _ in storage.stored()} == {kept.uuid}


def test_unfinished_files_are_swept(case: Any, cast: Any) -> None:
    stories.added(case, cast.ping)
    unfinished = next(path for path, _, _ in storage.stored()).parent / ".unfinished-x"
    unfinished.write_bytes(b"half")
    os.utime(unfinished, (0, 0))
    assert orphans_sweep() == 1


def test_a_changed_and_a_missing_file_are_reported(case: Any, cast: Any) -> None:
    changed, missing = stories.added(case, cast.ping), stories.added(case, cast.ping, files.photo(colour="red"))
    path = storage.original_path(changed.uuid)
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    storage.original_path(missing.uuid).unlink()
    assert len(list(verify.problems())) == 2


def test_a_full_disk_leaves_nothing(case: Any, cast: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("webapp.documents.storage.os.fsync", full)
        with pytest.raises(OSError, match="No space"):
            stories.added(case, cast.ping)
    assert (rows(), list(storage.stored())) == (0, [])


def _die_after_the_file(point: str) -> None:
    if point == "after_file":
        raise KeyboardInterrupt
