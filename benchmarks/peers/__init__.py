"""Others that do the same work, in a virtual environment of their own: DBOS and Viewflow.

The environment is made once, outside the repository's own, from the pinned ``requirements.txt``.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from benchmarks.databases import Database, Postgresql
from benchmarks.responder import Responder

HERE = Path(__file__).parent
REQUIREMENTS = HERE / "requirements.txt"


class Unavailable(RuntimeError):
    """The packages of the peers cannot be installed here."""


def environment(folder: Path) -> Path:
    """The Python of the peers' environment, made if it is missing or older than the requirements. Raises Unavailable."""
    python, stamp = folder / "bin" / "python", folder / ".requirements"
    if not stamp.exists() or stamp.read_text() != REQUIREMENTS.read_text():
        try:
            subprocess.run([sys.executable, "-m", "venv", folder], check=True, capture_output=True)
            install: list[str | Path] = [python, "-m", "pip", "install", "-q", "--disable-pip-version-check", "-r", REQUIREMENTS]
            subprocess.run(install, check=True, capture_output=True, text=True)
        except subprocess.CalledProcessError as error:
            raise Unavailable(str(error.stderr)[-300:]) from error
        (folder / ".gitignore").write_text("*\n")
        stamp.write_text(REQUIREMENTS.read_text())
    return python


def responders(python: Path, database: Database, folder: Path) -> dict[str, Responder]:
    """By name: Viewflow on either database, DBOS on PostgreSQL."""
    viewflow: list[str | Path] = [python, HERE / "viewflow_complete.py", database.kind]
    if not isinstance(database, Postgresql):
        return {"viewflow": Responder([*viewflow, folder / "viewflow.sqlite"])}
    database.create("viewflow")
    database.create("dbos")
    return {
        "viewflow": Responder([*viewflow, database.data, "postgres", "viewflow"]),
        "dbos": Responder([python, HERE / "dbos_step.py", database.url("dbos")]),
    }
