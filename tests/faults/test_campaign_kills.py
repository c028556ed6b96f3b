"""Kill -9 of flow, runner, server and all of them in the middle of 3,000 members: each has exactly one visit, and a person reads why."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select

from tests.webapp.campaigns.campaigning import AT
from webapp.accounts.models import Grid, User
from webapp.campaigns import queries, services
from webapp.campaigns.models import Campaign, CampaignMember
from webapp.campaigns.services import Plan
from webapp.config import Settings
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.demo import SMALL, load
from webapp.employers.models import Employer
from webapp.installation import headless, initialise
from webapp.processes.models import ProcessInstance

pytestmark = [pytest.mark.faults, pytest.mark.xdist_group("prefect")]
MEMBERS = 3000


class Installation:
    """``zhijian run`` in a folder of its own, on SQLite."""

    def __init__(self, home: Path, port: int) -> None:
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "DATABASE_"))},
            "ZHIJIAN_HOME": str(home), "PORT": str(port), "ZHIJIAN_LAUNCH_PATIENCE": "4",
        }  # fmt: skip
        self.settings = Settings.from_environment(self.environment)
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with (self.settings.home / "run.log").open("ab") as log:
            self.process = subprocess.Popen([sys.executable, "-m", "webapp.cli", "run"], env=self.environment, stdout=log, stderr=log)
        wait_until(lambda: b"flows is ready" in (self.settings.home / "run.log").read_bytes(), seconds=120)

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(40)

    def pids(self, words: str) -> list[int]:
        """Processes of this installation whose command line has the words."""
        found = subprocess.run(["pgrep", "-f", words], capture_output=True, text=True, check=False).stdout.split()
        return [int(pid) for pid in found if _home_of(int(pid)) == str(self.settings.home)]

    def kill(self, words: str) -> None:
        for pid in self.pids(words):
            os.kill(pid, signal.SIGKILL)


def _home_of(pid: int) -> str | None:
    try:
        entries = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return None
    return next((entry.decode().removeprefix("ZHIJIAN_HOME=") for entry in entries if entry.startswith(b"ZHIJIAN_HOME=")), None)


def wait_until(true: Callable[[], bool], *, seconds: float) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come true in time"
        time.sleep(0.05)


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    found = Installation(tmp_path_factory.mktemp("kills"), _two_free_ports())
    initialise(found.settings, at=clock.now(), say=lambda _: None)
    with headless(found.settings):
        list(load(password="kill-before-eight", at=clock.now(), size=SMALL))
        _add_garages()
    found.start()
    yield found
    found.stop()
    shutil.rmtree(found.settings.home / "prefect", ignore_errors=True)


def _two_free_ports() -> int:
    """The first of two neighbours: Prefect listens at the second."""
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port = int(first.getsockname()[1])
            with suppress(OSError):
                second.bind(("127.0.0.1", port + 1))
                return port


FLOW, RUNNER, SERVER = "prefect.flow_engine|prefect.engine", "workflows.serve", "prefect server start"


@pytest.mark.parametrize("killed", [(FLOW,), (RUNNER,), (SERVER,), (FLOW, RUNNER, SERVER)], ids=["flow", "runner", "server", "all"])
def test_each_member_has_one_visit_after_a_kill(installation: Installation, killed: tuple[str, ...]) -> None:
    with headless(installation.settings):
        campaign_id = _launch()
        wait_until(lambda: _opened(campaign_id) > 50, seconds=90)
        for words in killed:
            installation.kill(words)
        assert _opened(campaign_id) < MEMBERS, "the kill came too late to tell anything"
        wait_until(lambda: _state(campaign_id) == "running", seconds=150)
        assert _visits(campaign_id) == (_members(campaign_id), _members(campaign_id))


def test_prefects_database_may_be_deleted(installation: Installation) -> None:
    with headless(installation.settings):
        campaign_id = _launch()
        wait_until(lambda: _opened(campaign_id) > 50, seconds=90)
        for words in (FLOW, RUNNER, SERVER):
            installation.kill(words)
        for path in (installation.settings.home / "prefect").glob("prefect.db*"):
            path.unlink()
        wait_until(lambda: _state(campaign_id) == "running", seconds=150)
        assert _visits(campaign_id) == (_members(campaign_id), _members(campaign_id))
        told = [entry.name for entry in queries.history(db.session.get_one(Campaign, campaign_id))]
        assert "campaign.interrupted" in told


def _add_garages() -> None:
    grid = db.session.scalars(select(Grid).order_by(Grid.id)).first()
    assert grid is not None
    usual = {
        "jurisdiction_id": grid.town.jurisdiction_id, "town_id": grid.town_id, "grid_id": grid.id, "address": "演示路9号",
        "industry": "O8119",        "hazards": ["noise"], "workers": 777, "exposed_workers": 3, "is_demo": True, "created_at": AT,
    }  # fmt: skip
    with transaction():
        for number in range(MEMBERS):
            db.session.add(Employer(credit_code=f"KILL{number:014d}", name=f"演示汽修{number}厂", **usual))


def _launch() -> int:
    hui = db.session.scalars(select(User).where(User.username == "hui")).one()
    wanted = Plan("AUTOREP", "汽车维修专项治理", "", date(2026, 11, 1), date(2026, 12, 31), {"min_workers": 777})
    with transaction():
        campaign = services.plan(wanted, jurisdiction_id=hui.jurisdiction_id or 0, actor=hui, at=clock.now())
    with transaction():
        assert services.launch(campaign, actor=hui, at=clock.now()) >= MEMBERS
    return campaign.id


def _opened(campaign_id: int) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count(CampaignMember.instance_id)).where(CampaignMember.campaign_id == campaign_id)) or 0


def _members(campaign_id: int) -> int:
    return db.session.get_one(Campaign, campaign_id).member_count


def _state(campaign_id: int) -> str:
    db.session.rollback()
    return db.session.get_one(Campaign, campaign_id, populate_existing=True).state


def _visits(campaign_id: int) -> tuple[int, int]:
    """Different visits of the members, and visits of this campaign that the engine knows."""
    db.session.rollback()
    of_members = select(func.count(func.distinct(CampaignMember.instance_id))).where(CampaignMember.campaign_id == campaign_id)
    joined = select(func.count()).select_from(ProcessInstance).join(CampaignMember, CampaignMember.instance_id == ProcessInstance.id)
    return db.session.scalar(of_members) or 0, db.session.scalar(joined.where(CampaignMember.campaign_id == campaign_id)) or 0
