"""A large content sealed in pieces under a key of its own, so that none of it stands readable on a disk."""

from __future__ import annotations

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from storage.errors import TintypeError

PIECE_BYTES = 64 * 2**20  # the cipher takes two gigabytes at a time at most
TAG_BYTES = 16


def seal(key: bytes, content: bytes) -> bytes:
    """The content, encrypted; the key is for this content alone."""
    starts = range(0, len(content), PIECE_BYTES)
    return b"".join(
        AESGCM(key).encrypt(_nonce(n), content[start : start + PIECE_BYTES], _place(n, len(starts)))
        for n, start in enumerate(starts)
    )


def unseal(key: bytes, sealed: bytes) -> bytes:
    """The content again.

    Raises: TintypeError(E_BLOB_BROKEN) when it was cut or changed, or the key is another.
    """
    step = PIECE_BYTES + TAG_BYTES
    starts = range(0, len(sealed), step)
    try:
        return b"".join(
            AESGCM(key).decrypt(_nonce(n), sealed[start : start + step], _place(n, len(starts)))
            for n, start in enumerate(starts)
        )
    except (InvalidTag, ValueError) as error:
        raise TintypeError("E_BLOB_BROKEN") from error


def _nonce(n: int) -> bytes:
    return n.to_bytes(12, "big")


def _place(n: int, of: int) -> bytes:
    return f"{n} of {of}".encode()
