"""Personal data at rest: sealed with AES-256-GCM, found by a keyed blind index.

A sealed value is one byte that says which key of the ring, twelve of nonce, then the cipher text with its tag.
"""

from __future__ import annotations

import hmac
import os
from functools import cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app

from webapp.core import keys

KEY, NONCE_BYTES = "identity_aes", 12


class SealBroken(RuntimeError):
    """What is stored was not sealed for this place with a key that is here: it was moved, changed, or its key is gone."""


def seal(text: str, *, place: str) -> bytes:
    """Encrypt ``text`` for one place ("person:12:name"): it opens nowhere else."""
    number, key = max(_ring().items())
    nonce = os.urandom(NONCE_BYTES)
    return bytes([number]) + nonce + AESGCM(key).encrypt(nonce, text.encode(), place.encode())


def unseal(sealed: bytes, *, place: str) -> str:
    """The text that was sealed for ``place``. Raises SealBroken."""
    key = _ring().get(sealed[0]) if sealed else None
    if key is None:
        raise SealBroken(place)
    nonce, cipher = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
    try:
        return AESGCM(key).decrypt(nonce, cipher, place.encode()).decode()
    except InvalidTag as error:
        raise SealBroken(place) from error


def blind_index(text: str, *, of: str) -> bytes:
    """The same 32 bytes for the same text, so that equal values of the column ``of`` are found without opening them.

    Its key comes from the first key of the ring: it stays when later keys seal.
    """
    return hmac.digest(_index_key(_home()), f"{of}:{text}".encode(), "sha256")


def _home() -> Path:
    return Path(current_app.config["ZHIJIAN"].home)


def _ring() -> dict[int, bytes]:
    return _ring_of(_home())


@cache
def _ring_of(home: Path) -> dict[int, bytes]:
    return keys.ring(home, KEY)


@cache
def _index_key(home: Path) -> bytes:
    return HKDF(SHA256(), length=32, salt=None, info=b"blind index").derive(_ring_of(home)[1])
