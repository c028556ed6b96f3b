"""``zhijian check --deploy``: what must be so before officials work on this installation, and what to do where it is not."""

from __future__ import annotations

import shutil
import stat
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from sqlalchemy import func, select, text

from webapp import installation
from webapp.accounts.models import User
from webapp.accounts.passwords import is_match
from webapp.assets.bundle import Places, digest, is_built
from webapp.config import DEMO_PASSWORD, Settings
from webapp.core import keys
from webapp.core.db import db
from webapp.employers.models import Employer
from webapp.events.guard import PROTECTED
from webapp.printing import fonts
from webapp.processes.models import Edition

State = Literal["ok", "warn", "fail"]
LEAST_FREE = 5 * 1024**3  # bytes
OLDEST_BACKUP = timedelta(hours=26)  # a nightly one, and two hours for it
CLOCK_SKEW_S = 2
TRIED_PASSWORDS = 20  # accounts whose password is tried: each costs 30 ms


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. ``advice``: what to do; empty when it is ok."""

    name: str
    state: State
    advice: str = ""


Check = Callable[[Settings], Finding]


def findings(settings: Settings) -> Iterator[Finding]:
    """Every check in order. Needs the application context of this installation."""
    for check in CHECKS:
        yield check(settings)


def is_production(settings: Settings) -> Finding:
    good = settings.is_production
    return _judged("environment", good, "fail", "set ZHIJIAN_ENV=production: cookies then travel over HTTPS only, and pages ask for it")


def knows_its_proxy(settings: Settings) -> Finding:
    advice = "set ZHIJIAN_PROXIES=1 behind nginx: without it every visitor has the address of the proxy, and one bad guesser locks all out"
    return _judged("reverse proxy", settings.proxies > 0, "warn", advice)


def keys_are_private(settings: Settings) -> Finding:
    loose = [path.name for path in (settings.home / "keys").iterdir() if stat.S_IMODE(path.stat().st_mode) & 0o077]
    return _judged("keys", not loose, "fail", f"others may read {', '.join(sorted(loose))}: chmod 600 them, then rotate them")


def keys_are_all_there(settings: Settings) -> Finding:
    missing = [name for name in keys.NAMES if not (settings.home / "keys" / name).exists()]
    return _judged(
        "key files", not missing, "fail", f"{', '.join(missing)} missing: restore them from the backup, new ones open nothing old"
    )


def database_is_a_server(_: Settings) -> Finding:
    good = db.engine.dialect.name == "postgresql"
    return _judged("database", good, "warn", "SQLite serves one machine and one writer at a time: use PostgreSQL for more than a trial")


def schema_is_current(_: Settings) -> Finding:
    return _judged("schema", installation.is_up_to_date(), "fail", "run `zhijian migrate`")


def record_is_append_only(_: Settings) -> Finding:
    """The role of the site must not be able to change the record, even without the triggers."""
    if db.engine.dialect.name != "postgresql":
        return Finding("record", "warn", "SQLite has no roles: only triggers guard the record; use PostgreSQL with DATABASE_OWNER_URL")
    asked = text("SELECT bool_or(has_table_privilege(name, 'UPDATE, DELETE, TRUNCATE')) FROM unnest(CAST(:names AS text[])) AS name")
    may_change = db.session.scalar(asked, {"names": list(PROTECTED)})
    return _judged(
        "record", not may_change, "fail", "the site may change the record: set DATABASE_OWNER_URL to another role, run `zhijian migrate`"
    )


def clocks_agree(_: Settings) -> Finding:
    told = db.session.scalar(
        text("SELECT extract(epoch FROM clock_timestamp())" if db.engine.dialect.name == "postgresql" else "SELECT strftime('%s', 'now')")
    )
    skew = abs(float(told or 0) - time.time())
    return _judged(
        "clock", skew <= CLOCK_SKEW_S, "fail", f"the clocks of this machine and the database differ by {skew:.0f} s: run NTP on both"
    )


def has_an_edition(_: Settings) -> Finding:
    good = db.session.scalar(select(Edition.id).where(Edition.is_active)) is not None
    return _judged("edition", good, "fail", "no diagrams are active: run `zhijian init`")


def holds_no_demo(_: Settings) -> Finding:
    number = db.session.scalar(select(func.count()).select_from(Employer).where(Employer.is_demo))
    return _judged("demo data", not number, "fail", f"{number} fictional employers: run `zhijian demo wipe`")


def has_no_known_password(settings: Settings) -> Finding:
    known = {DEMO_PASSWORD, settings.demo_password}
    people = db.session.scalars(select(User).where(User.active).order_by(User.id).limit(TRIED_PASSWORDS))
    weak = [user.username for user in people if any(is_match(user.password, password) for password in known)]
    return _judged(
        "passwords", not weak, "fail", f"{', '.join(weak[:5])} still use the password of the demo: `zhijian users reset-password NAME`"
    )


def disk_has_room(settings: Settings) -> Finding:
    free = shutil.disk_usage(settings.home).free
    return _judged("disk", free >= LEAST_FREE, "fail", f"{free / 1024**3:.1f} GB are free at {settings.home}: at least 5 GB are needed")


def backup_is_fresh(settings: Settings) -> Finding:
    if settings.backup_dir is None:
        return Finding("backup", "warn", "set ZHIJIAN_BACKUP_DIR and run `zhijian backup` there every night: see docs/operations.md")
    newest = max((path.stat().st_mtime for path in settings.backup_dir.glob("zhijian-*.tar.gz")), default=0.0)
    age = datetime.now(UTC) - datetime.fromtimestamp(newest, UTC)
    return _judged("backup", age <= OLDEST_BACKUP, "fail", f"no backup of the last day in {settings.backup_dir}: look at the timer's log")


def can_print(_: Settings) -> Finding:
    return _judged("fonts", fonts.are_installed(), "fail", "dossiers cannot be printed: run `zhijian fonts fetch`")


def has_the_editor(_: Settings) -> Finding:
    places = Places()
    return _judged("editor", is_built(places.dist, digest(places.source)), "warn", "the diagram editor is not built: run `make assets`")


def reaches_prefect(settings: Settings) -> Finding:
    if not settings.has_prefect:
        return Finding("schedules", "ok")
    try:
        with urllib.request.urlopen(f"{settings.prefect_url}/health", timeout=3):  # noqa: S310 - our own setting
            return Finding("schedules", "ok")
    except (urllib.error.URLError, OSError):
        return Finding(
            "schedules", "warn", f"Prefect does not answer at {settings.prefect_url}: campaigns go on through the loop, schedules wait"
        )


CHECKS: tuple[Check, ...] = (
    is_production, knows_its_proxy, keys_are_all_there, keys_are_private, database_is_a_server, schema_is_current, record_is_append_only,
    clocks_agree, has_an_edition, holds_no_demo, has_no_known_password, disk_has_room, backup_is_fresh, can_print, has_the_editor,
    reaches_prefect,
)  # fmt: skip
ALWAYS = frozenset({"key files", "keys", "schema", "edition", "clock", "disk", "fonts", "schedules"})  # true of a trial too


def _judged(name: str, good: bool, otherwise: State, advice: str) -> Finding:  # noqa: FBT001 - one judgement
    return Finding(name, "ok") if good else Finding(name, otherwise, advice)
