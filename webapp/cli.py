"""The ``zhijian`` command."""

from __future__ import annotations

import json
import os
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click
from flask import Flask

from webapp import installation, supervisor
from webapp.config import Settings
from webapp.core import clock, logs
from webapp.core.db import transaction
from webapp.core.errors import DomainError, Invalid
from webapp.core.keys import MissingKey
from webapp.core.sweeps import all_sweeps, find_sweep
from webapp.operations import commands as operations
from webapp.parts import all_parts
from webapp.printing.commands import fonts_group

Command = TypeVar("Command", bound=Callable[..., Any])


@click.group()
@click.version_option(package_name="zhijian")
def main() -> None:
    """Zhijian 职健: occupational-health supervision cases."""
    logs.configure(Settings.from_environment().log_form)


def sentences(command: Command) -> Command:
    """Turn what the rules refuse into a sentence and exit code 1."""

    @wraps(command)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except DomainError as error:
            with application():
                raise click.ClickException(_sentence(error)) from error
        except MissingKey as error:
            raise click.ClickException(str(error)) from error

    return wrapped  # type: ignore[return-value]


@main.command()
@sentences
def init() -> None:
    """Make keys, database, rules and the first edition; safe to repeat."""
    installation.initialise(Settings.from_environment(), at=clock.now(), say=click.echo)
    click.echo("ready: run `zhijian run`")


@main.command()
@sentences
def migrate() -> None:
    """Bring the database up to date."""
    installation.migrate(Settings.from_environment(), at=clock.now(), say=click.echo)


@main.command()
@click.option("--web-only", is_flag=True, help="without Prefect: the loop opens the visits of campaigns itself")
@click.option("--part", "only", default=None, help="one part alone: site, loop, renderer, scheduler or flows")
@sentences
def run(*, web_only: bool, only: str | None) -> None:
    """Serve the site, run the loop and the schedules until stopped."""
    if web_only:
        os.environ["ZHIJIAN_PREFECT"] = "off"  # the parts are told by their environment
    settings = Settings.from_environment()
    with application(settings):
        if not installation.is_up_to_date():
            raise click.ClickException("the database is not up to date: run `zhijian init` first")
    parts = [part for part in all_parts(settings) if only in (None, part.name)]
    if not parts:
        raise click.ClickException(f"there is no part {only}: take one of {', '.join(part.name for part in all_parts(settings))}")
    if only in (None, "site"):
        _forget_numbers(settings)
    click.echo(f"site: http://127.0.0.1:{settings.port}   parts: {', '.join(part.name for part in parts)}   stop with Ctrl-C")
    notes = settings.home / (f"running-{only}.json" if only else "running.json")
    supervisor.Supervisor(parts, say=click.echo, notes=notes).run()


@main.command()
def status() -> None:
    """Say which parts of this installation run; exit code 1 if one does not."""
    notes = Settings.from_environment().home / "running.json"
    if not notes.exists():
        raise click.ClickException("nothing runs here: start it with `zhijian run`")
    parts = json.loads(notes.read_text())["parts"]
    for part in parts:
        click.echo(
            f"{part['name']:<10} {'ready' if part['is_ready'] else 'starting':<9} process {part['pid']}, restarts {part['restarts']}"
        )
    sys.exit(0 if all(part["is_ready"] for part in parts) else 1)


@main.command(hidden=True)
def loop() -> None:
    """One loop process, started by ``run``."""
    from webapp.loop import Loop

    with application():
        Loop().run_until_stopped()


@main.command()
@click.argument("name", type=str)
@sentences
def sweep(name: str) -> None:
    """Run one round of a sweep by hand."""
    with application():
        found = find_sweep(name)
        if found is None:
            raise click.ClickException(f"no sweep {name}; there are: {', '.join(sorted(s.name for s in all_sweeps()))}")
        click.echo(f"{name}: {found.work()}")


@main.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@sentences
def deploy(paths: tuple[Path, ...]) -> None:
    """Check, publish and activate diagrams, decisions and forms."""
    with application():
        edition = installation.deploy(list(paths), actor_id=None, at=clock.now())
        click.echo(f"edition {edition.id} is active ({edition.hash[:12]})")


@main.command("verify-log")
@sentences
def verify_log() -> None:
    """Prove that no event was changed, removed or moved; exit code 1 with the places if one was."""
    from webapp.events import verify as record
    from webapp.processes import verify as submissions

    with application():
        found = [*record.problems(), *submissions.problems()]
        for problem in found:
            click.echo(problem)
        click.echo("the record is whole" if not found else f"{len(found)} problems")
    sys.exit(1 if found else 0)


@main.command("verify-evidence")
@sentences
def verify_evidence() -> None:
    """Prove that every file of evidence and every final document is as it was sealed; exit code 1 with the places if one is not."""
    from webapp.documents import verify

    with application():
        found = list(verify.problems())
        for problem in found:
            click.echo(problem)
        click.echo("the evidence is whole" if not found else f"{len(found)} problems")
    sys.exit(1 if found else 0)


@main.command()
@click.option("--url", default=None, help="address to ask; this machine's site without it")
def health(url: str | None) -> None:
    """Ask the running site whether it is ready."""
    address = url or f"http://127.0.0.1:{Settings.from_environment().port}/readyz"
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310 - an operator's own address
            click.echo(answer.read().decode())
    except (urllib.error.URLError, OSError) as error:
        raise click.ClickException(f"not ready: {error}") from error


@main.group()
def demo() -> None:
    """The fictional demo district."""


@demo.command("load")
@click.option("--size", "size", type=click.Choice(["full", "small"]), default="full", help="a year of 600 employers, or 60 with 43 cases")
@sentences
def demo_load(size: str) -> None:
    """Load the demo district: employers, people for every lane, a year of cases. Safe to interrupt and to repeat."""
    from webapp.demo import load
    from webapp.demo.progress import show
    from webapp.demo.sizes import SIZES

    settings = Settings.from_environment()
    with application(settings):
        show(load(password=settings.demo_password, at=clock.now(), size=SIZES[size]))


@demo.command("wipe")
@click.confirmation_option(prompt="Remove every demo record?")
@sentences
def demo_wipe() -> None:
    """Remove all demo data and leave a signed tombstone."""
    from webapp.demo import wipe

    with application(Settings.from_environment().as_owner()):
        with transaction():
            summary = wipe(at=clock.now())
        click.echo(summary)


@main.group()
def users() -> None:
    """Accounts."""


@users.command("create")
@click.argument("username")
@click.option("--name", "name_zh", required=True, help="Chinese display name")
@click.option("--name-en", default="", help="English display name")
@click.option("--jurisdiction", "jurisdiction_code", default=None, help="code, e.g. TC")
@click.password_option()
@sentences
def users_create(username: str, name_zh: str, name_en: str, jurisdiction_code: str | None, password: str) -> None:
    """Create an account without roles."""
    from webapp.accounts import commands

    with _writing():
        commands.create(username, name_zh=name_zh, name_en=name_en or name_zh, jurisdiction_code=jurisdiction_code, password=password)


@users.command("grant")
@click.argument("username")
@click.argument("role")
@click.option("--place", default=None, help="code of the jurisdiction, town, grid or organisation the role reaches over")
@sentences
def users_grant(username: str, role: str, place: str | None) -> None:
    """Give a role in a place."""
    from webapp.accounts import commands

    with _writing():
        commands.grant(username, role, place=place)


@users.command("revoke")
@click.argument("username")
@click.argument("role")
@click.option("--place", default=None, help="code of the place; all places without it")
@sentences
def users_revoke(username: str, role: str, place: str | None) -> None:
    """Take a role away."""
    from webapp.accounts import commands

    with _writing():
        commands.revoke(username, role, place=place)


@users.command("deactivate")
@click.argument("username")
@sentences
def users_deactivate(username: str) -> None:
    """Close an account; its sessions end at once."""
    from webapp.accounts import commands

    with _writing():
        commands.deactivate(username)


@users.command("set-password")
@click.argument("username")
@click.password_option()
@sentences
def users_set_password(username: str, password: str) -> None:
    """Set a new password; all sessions of the account end."""
    from webapp.accounts import commands

    with _writing():
        commands.set_password(username, password=password)


@users.command("reset-password")
@click.argument("username")
@sentences
def users_reset_password(username: str) -> None:
    """Set a random password and print it, to be handed over and changed."""
    from webapp.accounts import commands

    with _writing():
        password = commands.reset_password(username)
    click.echo(password)


@users.command("disable-two-factor")
@click.argument("username")
@sentences
def users_disable_two_factor(username: str) -> None:
    """For somebody who lost the telephone."""
    from webapp.accounts import commands

    with _writing():
        commands.disable_two_factor(username)


@users.command("list")
@sentences
def users_list() -> None:
    """All accounts with their roles and places."""
    from webapp.accounts import commands

    with application():
        for line in commands.listing():
            click.echo(line)


@main.group("search")
def search_group() -> None:
    """The index that finds employers and people."""


@search_group.command("reindex")
@sentences
def search_reindex() -> None:
    """Write the whole index anew while the site runs; a search may miss something meanwhile."""
    from webapp.search.sweeps import reindex

    with application():
        click.echo(f"{reindex()} employers and people indexed")


for command in (fonts_group, operations.backup, operations.restore, operations.check):
    main.add_command(command)


def application(settings: Settings | None = None) -> AbstractContextManager[Flask]:
    return installation.headless(settings or Settings.from_environment())


def _forget_numbers(settings: Settings) -> None:
    """What processes of an earlier start have counted is not counted on."""
    settings.metrics_folder.mkdir(parents=True, exist_ok=True)
    for path in settings.metrics_folder.glob("*.db"):
        path.unlink()


@contextmanager
def _writing() -> Iterator[None]:
    with application(), transaction():
        yield


def _sentence(error: DomainError) -> str:
    lines = [error.message]
    if isinstance(error, Invalid):
        lines += [f"  {place}: {message}" for place, messages in error.errors.items() for message in messages]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
