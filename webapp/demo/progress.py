"""Tell an operator how far a loading is: a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Iterable

import click

from webapp.core import clock
from webapp.demo.timeline import Progress

PARTS = 10  # lines where there is no terminal


def show(told: Iterable[str | Progress]) -> None:
    """Print what ``demo.load`` yields."""
    if sys.stdout.isatty():
        _as_bar(told)
    else:
        _as_lines(told)


def _as_bar(told: Iterable[str | Progress]) -> None:
    with click.progressbar(length=1, show_pos=False, item_show_func=_day) as bar:
        for one in told:
            if isinstance(one, str):
                click.echo(f"\r\033[K{one}")
                continue
            bar.length = one.done + one.left
            bar.update(one.done - bar.pos, one)


def _as_lines(told: Iterable[str | Progress]) -> None:
    part = 0
    for one in told:
        if isinstance(one, str):
            click.echo(one)
            continue
        reached = PARTS * one.done // max(1, one.done + one.left)
        if reached > part:
            part = reached
            click.echo(f"{one.done} of {one.done + one.left} steps, {_day(one)}")


def _day(progress: Progress | None) -> str:
    return f"living through {clock.legal_day(progress.at).isoformat()}" if progress else "making the district"
