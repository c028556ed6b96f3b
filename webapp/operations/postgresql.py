"""pg_dump and pg_restore. The password goes through the environment: arguments can be read by everybody on the machine."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from sqlalchemy import make_url


class ToolFailed(Exception):
    """The message says which tool, and what it said."""


def dump(url: str, target: Path) -> None:
    """Write a consistent copy in PostgreSQL's custom format while others work. Raises ToolFailed."""
    _run("pg_dump", "--format=custom", "--no-owner", "--no-acl", f"--file={target}", url=url)


def restore(url: str, source: Path, *, replace: bool) -> None:
    """Load the copy in one transaction. ``replace``: drop what is there first. Raises ToolFailed."""
    extra = ["--clean", "--if-exists"] if replace else []
    name = make_url(url).database or ""
    _run(
        "pg_restore", "--single-transaction", "--no-owner", "--no-acl", "--exit-on-error", *extra, f"--dbname={name}", str(source), url=url
    )


def _run(tool: str, *arguments: str, url: str) -> None:
    program = shutil.which(tool)
    if program is None:
        raise ToolFailed(f"{tool} is not on this machine: install PostgreSQL's client programs (Debian: postgresql-client), then try again")
    done = subprocess.run([program, *arguments], env=_environment(url), capture_output=True, text=True, check=False)
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1:] or ["no word"]
        raise ToolFailed(f"{tool} failed: {last[0]}")


def _environment(url: str) -> dict[str, str]:
    address = make_url(url)
    host = address.host or address.query.get("host")
    given = {
        "PGHOST": host,
        "PGPORT": address.port,
        "PGUSER": address.username,
        "PGPASSWORD": address.password,
        "PGDATABASE": address.database,
    }
    return {**os.environ, **{name: str(value) for name, value in given.items() if value is not None}}
