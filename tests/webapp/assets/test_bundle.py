"""The bundle is built once, from what the lock file names, and then never again without a reason."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import orjson
import pytest
from click.testing import CliRunner

from webapp.assets import bundle
from webapp.assets.__main__ import main
from webapp.assets.bundle import BuildFailed, Places, build, digest, is_built, read_manifest
from webapp.core.node import NodeCommands, cache_folder

LOCK = bundle.PACKAGE / "frontend" / "package-lock.json"


def silent(_sentence: str) -> None: ...


def no_node(_say: Callable[[str], None]) -> NodeCommands:
    raise AssertionError("this needs neither Node nor npm")


@pytest.fixture
def places(tmp_path: Path) -> Places:
    """The shipped source and an empty place for the bundle."""
    shutil.copytree(bundle.PACKAGE / "frontend", tmp_path / "frontend")
    return Places(source=tmp_path / "frontend", dist=tmp_path / "dist")


@pytest.fixture
def modules() -> None:
    """The libraries are in the cache: `make test` has put them there."""
    if not any(cache_folder().glob("frontend-*/node_modules")):
        pytest.skip("the libraries of the editor are not in the cache: run `make assets`")


def pretend_built(places: Places) -> None:
    places.dist.mkdir()
    for name in ("editor-A.js", "editor-A.css", bundle.NOTICES):
        (places.dist / name).write_text("")
    manifest = {"source": digest(places.source), "editor.js": "editor-A.js", "editor.css": "editor-A.css"}
    (places.dist / bundle.MANIFEST).write_bytes(orjson.dumps(manifest))


def test_what_is_up_to_date_is_left_alone(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle, "node_commands", no_node)
    pretend_built(places)
    assert build(places, say=silent) is False


@pytest.mark.parametrize("name", ["package-lock.json", "package.json", "src/editor.css", "src/new.js"])
def test_a_changed_source_is_seen(places: Places, name: str) -> None:
    pretend_built(places)
    with (places.source / name).open("a") as file:
        file.write(" ")
    assert not is_built(places.dist, digest(places.source))


def test_a_bundle_with_a_missing_file_is_not_whole(places: Places) -> None:
    pretend_built(places)
    (places.dist / "editor-A.css").unlink()
    assert not is_built(places.dist, digest(places.source))


@pytest.mark.parametrize("text", ["", "[]", "{", '"text"'])
def test_a_broken_manifest_counts_as_none(places: Places, text: str) -> None:
    places.dist.mkdir()
    (places.dist / bundle.MANIFEST).write_text(text)
    assert read_manifest(places.dist) == {}


def test_a_build_from_the_cache_asks_nobody(modules: None, places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9/")
    pretend_built(places)
    with (places.source / "src" / "words.js").open("a") as file:
        file.write("\n// changed\n")
    assert build(places, say=silent) is True
    manifest = read_manifest(places.dist)
    assert is_built(places.dist, digest(places.source))
    served = set(manifest.values()) - {manifest["source"]}
    assert {path.name for path in places.dist.iterdir()} == {bundle.MANIFEST, bundle.NOTICES} | served


def test_the_licences_of_everything_inside_are_told(modules: None, places: Places) -> None:
    build(places, say=silent)
    told = (places.dist / bundle.NOTICES).read_text()
    for one in ("bpmn-js 18", "diagram-js 15", "bpmn-js-i18n-zh 1.3.0", "preact", "SIL OPEN FONT LICENSE", "MUST NOT be"):
        assert one in told
    assert "Licence: not stated" not in told


def test_a_source_that_cannot_be_bundled_leaves_the_old_bundle(modules: None, places: Places) -> None:
    pretend_built(places)
    (places.source / "src" / "editor.js").write_text("import './nowhere.js';")
    with pytest.raises(BuildFailed, match="esbuild refused"):
        build(places, say=silent)
    assert read_manifest(places.dist)["editor.js"] == "editor-A.js"


def test_a_failure_is_a_sentence_where_the_bundle_is_optional(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*, say: Callable[[str], None]) -> bool:
        raise BuildFailed("npm refused: no network")

    monkeypatch.setattr("webapp.assets.__main__.build", fail)
    gentle, strict = CliRunner().invoke(main, ["build", "--optional"]), CliRunner().invoke(main, ["build"])
    assert gentle.exit_code == 0
    assert "Everything else works" in gentle.output
    assert strict.exit_code == 1


def test_the_lock_pins_every_package_and_names_no_registry() -> None:
    packages = orjson.loads(LOCK.read_bytes())["packages"]
    libraries = {name: one for name, one in packages.items() if name}
    assert all(one["integrity"].startswith("sha512-") for one in libraries.values())
    assert not [name for name, one in libraries.items() if "resolved" in one]
