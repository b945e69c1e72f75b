from __future__ import annotations

import time
from pathlib import Path

import pytest

from storage.errors import PhotoRejected, TintypeError
from storage.inspection_client import InspectedPhoto
from trainers.cli import photos


def inspected(data: bytes, name: str, size_px: int) -> InspectedPhoto:
    """The later ones are ready first; one is refused."""
    time.sleep(0.2 / int(data))
    if name == "2.png":
        raise PhotoRejected("E_TOO_SMALL", photo=name, width=8, height=8, need=size_px)
    facts = {"remarks": []}
    return InspectedPhoto(name=name, image=data, thumbnail=b"", width_px=8, height_px=8, sha256="", facts=facts)


def test_photos_come_in_their_files_order_whichever_was_looked_at_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(photos, "inspect_photo", inspected)
    for number in range(1, 7):
        (tmp_path / f"{number}.png").write_text(str(number))

    found = photos.photos_in(tmp_path, 64)

    assert [(photo.name, photo.content) for photo in found] == [(f"{n}.png", b"%d" % n) for n in (1, 3, 4, 5, 6)]
    assert capsys.readouterr().err.count("Left out") == 1


def test_an_inspector_that_is_lost_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def lost(data: bytes, name: str, size_px: int) -> InspectedPhoto:
        raise TintypeError("E_INSPECTOR", photo=name)

    monkeypatch.setattr(photos, "inspect_photo", lost)
    (tmp_path / "1.png").touch()

    with pytest.raises(TintypeError, match="E_INSPECTOR"):
        photos.photos_in(tmp_path, 64)
