"""The installation's secrets: one file each in ``ZHIJIAN_HOME/keys``, readable by the owner only."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

NAMES = ("session", "event_hmac", "identity_aes", "two_factor")
LAST_GENERATION = 255  # one byte in front of what is sealed


class MissingKey(RuntimeError):
    """A key file is missing: run ``zhijian init``."""


def create_missing(home: Path) -> list[str]:
    """Make the keys that are not there yet; returns their names. Existing keys are never touched."""
    folder = home / "keys"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return [name for name in NAMES if _create(folder / name)]


def read(home: Path, name: str) -> bytes:
    """32 random bytes. Raises MissingKey."""
    try:
        return bytes.fromhex((home / "keys" / name).read_text().strip())
    except FileNotFoundError as error:
        raise MissingKey(f"{name} key is missing in {home / 'keys'}: run `zhijian init`") from error


def ring(home: Path, name: str) -> dict[int, bytes]:
    """Every generation of a key that still opens something, by its number: ``name`` is 1, ``name.2`` and later ones replaced it.

    Raises MissingKey without the first.
    """
    found = {1: read(home, name)}
    for path in (home / "keys").glob(f"{name}.*"):
        number = path.suffix[1:]
        if number.isdigit() and 1 < int(number) <= LAST_GENERATION:
            found[int(number)] = read(home, path.name)
    return found


def _create(path: Path) -> bool:
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return False
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_hex(32))
    return True
