"""``python -m benchmarks``: measure, and write docs/benchmarks.md and docs/benchmarks.json."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import checking, deadlines, editor, first_run, goals, machine, numbering, opening, peers, printing, report, scale_day
from benchmarks.databases import KINDS
from benchmarks.figures import Figures
from benchmarks.measuring import Extent, Measured, Programme
from benchmarks.place import ROOT

PEERS = ROOT / ".zhijian-bench" / "peers"


def main() -> None:
    wanted = _arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that every server that was started is stopped
    began, place = time.monotonic(), machine.describe()
    extent, figures = Extent.quick() if wanted.quick else Extent(), Figures()
    kinds, measured, missing = wanted.database or KINDS, dict[str, Measured](), list[str]()
    python = None if wanted.no_peers else _peers(missing)
    with tempfile.TemporaryDirectory(prefix="zhijian-bench-") as folder:
        for kind in kinds:
            programme = Programme(kind, Path(folder), extent, figures, _say)
            measured[kind] = programme.run(python, weighs=kind == kinds[-1])
    scaled = scale_day.verdicts(kinds, wanted.scale, say=_say, missing=missing) if wanted.scale else []
    seconds = first_run.seconds_of_make_run() if wanted.make_run else None
    found = report.Report(
        place,
        os.getloadavg()[0],
        extent,
        figures,
        measured,
        [
            *goals.verdicts(figures, measured),
            *scaled,
            *editor.verdicts(missing),
            *opening.verdicts(),
            *numbering.verdicts(),
            *checking.verdicts(),
            *printing.verdicts(missing),
            *deadlines.verdicts(kinds),
        ],
        (time.monotonic() - began) / 60,
        missing,
        seconds,
    )
    _write(found, wanted.out)


def _peers(missing: list[str]) -> Path | None:
    _say("peers: making their environment if it is missing")
    try:
        return peers.environment(PEERS)
    except peers.Unavailable as error:
        missing.append(f"DBOS and Viewflow (goals 2 and 3): {error}")
        return None


def _write(found: report.Report, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "benchmarks.md").write_text(report.as_page(found))
    (folder / "benchmarks.json").write_text(report.as_json(found))
    missed = [verdict for verdict in found.verdicts if not verdict.is_met]
    _say(f"{folder / 'benchmarks.md'}: {len(found.verdicts) - len(missed)} goals met, {len(missed)} missed, {found.minutes:.1f} minutes")


def _say(message: str) -> None:
    print(message, flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure the same work on both databases.")
    parser.add_argument("--quick", action="store_true", help="a minute's smoke run: the figures mean nothing")
    parser.add_argument("--database", action="append", choices=KINDS, help="only this database (may be repeated)")
    parser.add_argument("--no-peers", action="store_true", help="without DBOS and Viewflow")
    parser.add_argument("--scale", type=int, default=0, metavar="N", help="also goals 4, 5 and 11 with N open and 10 N closed tasks")
    parser.add_argument("--make-run", action="store_true", help="also time the first and the second `make run` of a fresh copy")
    parser.add_argument("--out", type=Path, default=ROOT / "docs", help="folder of benchmarks.md and benchmarks.json")
    return parser.parse_args()


main()
