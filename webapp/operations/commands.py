"""``zhijian backup``, ``restore`` and ``check``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from webapp import installation
from webapp.config import Settings
from webapp.core import clock
from webapp.operations import backup as backups
from webapp.operations import checks
from webapp.operations import restore as restoring
from webapp.operations.archive import BadArchive
from webapp.operations.postgresql import ToolFailed
from webapp.operations.restore import NotEmpty

MARKS = {"ok": "ok  ", "warn": "WARN", "fail": "FAIL"}


@click.command()
@click.argument("target", type=click.Path(path_type=Path))
@click.option("--without-keys", is_flag=True, help="leave the keys out: keep them elsewhere, nothing sealed opens without them")
def backup(target: Path, *, without_keys: bool) -> None:
    """Copy database, record and evidence into one file while the site runs. TARGET: a new file, or a folder."""
    try:
        path = backups.backup(Settings.from_environment(), target, at=clock.now(), with_keys=not without_keys)
    except FileExistsError as error:
        raise click.ClickException(f"{error} exists: name another file, or a folder") from error
    except (BadArchive, ToolFailed) as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        raise click.ClickException(f"the backup could not be written ({error.strerror}): nothing half-written is left") from error
    click.echo(f"{path} ({path.stat().st_size / 1e6:.1f} MB), read again and whole")


@click.command()
@click.argument("source", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--force", is_flag=True, help="overwrite the installation that is there")
def restore(source: Path, *, force: bool) -> None:
    """Bring ZHIJIAN_HOME and the database back from a backup, and prove that they are whole. Stop the site first."""
    try:
        problems = restoring.restore(Settings.from_environment(), source, at=clock.now(), replace=force, say=click.echo)
    except (BadArchive, NotEmpty, ToolFailed) as error:
        raise click.ClickException(str(error)) from error
    for problem in problems:
        click.echo(problem)
    click.echo("restored; record and evidence are whole" if not problems else f"restored; {len(problems)} problems")
    sys.exit(1 if problems else 0)


@click.command()
@click.option("--deploy", is_flag=True, help="all that must be so before officials work here")
def check(*, deploy: bool) -> None:
    """Look at this installation and say what to do; exit code 1 if something must be done."""
    settings = Settings.from_environment()
    with installation.headless(settings):
        found = [one for one in checks.findings(settings) if deploy or one.name in checks.ALWAYS]
    for one in found:
        click.echo(f"{MARKS[one.state]} {one.name}{': ' if one.advice else ''}{one.advice}")
    failed = sum(one.state == "fail" for one in found)
    click.echo("nothing must be done" if not failed else f"{failed} things must be done")
    sys.exit(1 if failed else 0)
