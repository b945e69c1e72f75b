from __future__ import annotations

import pytest

from storage import sealing
from storage.errors import TintypeError
from storage.sealing import PIECE_BYTES, TAG_BYTES, seal, unseal

KEY = bytes(range(32))


@pytest.mark.parametrize("size", [0, 1, 9, 10, 11, 40])
def test_what_was_sealed_in_pieces_comes_back_whole(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    monkeypatch.setattr(sealing, "PIECE_BYTES", 10)
    content = bytes(range(size))

    assert unseal(KEY, seal(KEY, content)) == content
    assert size < 9 or content[:9] not in seal(KEY, content)


@pytest.mark.parametrize("harm", ["cut", "piece gone", "swapped", "flipped", "another key"])
def test_what_was_harmed_is_refused(monkeypatch: pytest.MonkeyPatch, harm: str) -> None:
    monkeypatch.setattr(sealing, "PIECE_BYTES", 10)
    step, sealed = 10 + TAG_BYTES, seal(KEY, bytes(30))
    harmed = {
        "cut": sealed[:-1],
        "piece gone": sealed[:-step],
        "swapped": sealed[step : 2 * step] + sealed[:step] + sealed[2 * step :],
        "flipped": bytes([sealed[0] ^ 1]) + sealed[1:],
        "another key": sealed,
    }[harm]

    with pytest.raises(TintypeError, match="E_BLOB_BROKEN"):
        unseal(bytes(32) if harm == "another key" else KEY, harmed)
    assert PIECE_BYTES > 2**20
