"""What docs/operations.md tells people to type exists, with the options it names."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest

from webapp.cli import main
from webapp.core import metrics
from webapp.core.sweeps import find_sweep
from webapp.operations import exposition

TEXT = (Path(__file__).parents[3] / "docs" / "operations.md").read_text()
BLOCKS = re.findall(r"```(?:sh|ini)\n(.*?)```", TEXT, re.DOTALL)
TYPED = sorted({line.split("#")[0].strip() for block in BLOCKS for line in block.splitlines() if line.startswith("zhijian ")})
INLINE = sorted(set(re.findall(r"`(zhijian [a-z][^`]*)`", TEXT)))


@pytest.mark.parametrize("line", [*TYPED, *INLINE])
def test_a_command_of_the_handbook_exists(line: str) -> None:
    command, words = _found(shlex.split(line)[1:])
    known = {name for parameter in command.params for name in parameter.opts}
    assert not [word for word in words if word.startswith("--") and word not in known]


def _found(words: list[str]) -> tuple[click.Command, list[str]]:
    command: click.Command = main
    while words and isinstance(command, click.Group):
        following = command.commands.get(words[0])
        assert following is not None, f"there is no {words[0]} in {command.name}"
        command, words = following, words[1:]
    return command, words


def test_a_sweep_of_the_handbook_exists(app: object) -> None:
    assert [name for name in re.findall(r"zhijian sweep ([a-z-]+)", TEXT) if find_sweep(name) is None] == []


def test_a_number_of_the_handbook_is_given_out() -> None:
    source = Path(metrics.__file__).read_text() + Path(exposition.__file__).read_text()
    named = set(re.findall(r"`(zhijian_[a-z_]+?)(?:_total)?(?:\{[^`]*)?`", TEXT))
    assert not [name for name in named if f'"{name}"' not in source]
