"""Bad uploads, opened by the real inspector: each a sentence that names it, and nothing lost."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image

from bot import inspection
from tests.bot.commands.stage import PNG, Stage, label_of, shown
from tests.storage.inspector.uploads import black_png, picture, saved, scan_bomb, zipped

pytestmark = pytest.mark.asyncio

ORIENTATION = 0x0112
GOOD = {f"photo{n}": (f"good-{n}.jpg", saved(picture(320, 240, seed=n), "JPEG")) for n in (1, 2, 3)}


def turned() -> bytes:
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    return saved(picture(200, 120), "JPEG", exif=exif)


def heic() -> bytes:
    heif = pytest.importorskip("pillow_heif")
    file = io.BytesIO()
    heif.from_pillow(picture(200, 120, seed=9)).save(file)
    return file.getvalue()


async def train(stage: Stage, name: str, data: bytes, word: str = "ana-dog") -> str:
    """What the report says about good photos with this one among them."""
    stage.inspect = inspection
    async with stage.running():
        card = shown(await stage.ana.command("train", word=word, kind="animal", photo4=(name, data), **GOOD))
        told = card.body
        assert label_of(card, "train") == "Train"
        await stage.ana.press(card, "Train")
        assert len(await stage.jobs()) == 1
    return told


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("note.jpg", b"just a text, whatever its name says", "“note.jpg” is no photo that Tintype can open"),
        ("cut.jpg", saved(picture(320, 240, seed=5), "JPEG")[:-4000], "“cut.jpg” is cut off"),
        ("bomb.png", black_png(10_000, 6_000), "“bomb.png” has 10,000×6,000 px. At most 50 megapixels"),
        ("scans.jpg", scan_bomb(2_000, 2_000, 5_000), "“scans.jpg” takes too long to open"),
        ("tiny.png", saved(picture(30, 40)), "“tiny.png” has 30×40 px; its shorter side must have at least 32 px"),
        ("nothing.zip", zipped({"readme.txt": b"no photo"}), "There is no photo in “nothing.zip”"),
    ],
)
async def test_a_bad_photo_is_named_and_the_others_are_kept(idle: Stage, name: str, data: bytes, told: str) -> None:
    card = await train(idle, name, data)

    assert told in card.replace("\\", "")
    assert "3 usable photos" in card
    assert "**Not taken:**" in card


async def test_cmyk_turned_and_heic_photos_are_taken_as_they_are_meant(idle: Stage) -> None:
    idle.inspect = inspection
    unusual = {
        "photo4": ("print.jpg", saved(picture(320, 240, seed=4, mode="CMYK"), "JPEG")),
        "photo5": ("turned.jpg", turned()),
        "photo6": ("phone.heic", heic()),
    }
    async with idle.running():
        card = shown(await idle.ana.command("train", word="ana-dog", kind="animal", **GOOD, **unusual))

    assert "6 usable photos" in card.body
    assert "turned.jpg · 120×200" in card.body


async def test_a_zip_of_photos_is_unpacked_and_what_is_bad_in_it_is_named(idle: Stage) -> None:
    idle.inspect = inspection
    members = {f"{n}.jpg": saved(picture(320, 240, seed=n), "JPEG") for n in range(5)} | {"note.jpg": b"text"}
    async with idle.running():
        card = shown(await idle.ana.command("train", word="ana-dog", photo1=("all.zip", zipped(members))))

    assert "5 usable photos" in card.body
    assert "“note.jpg” is no photo" in card.body


async def test_when_none_can_be_used_the_report_says_what_to_do(idle: Stage) -> None:
    idle.inspect = inspection
    async with idle.running():
        card = shown(await idle.ana.command("train", word="ana-dog", photo1=("a.jpg", b"text")))

    assert "No usable photo yet" in card.body
    assert "Add 3 more" in card.body
    assert [button.label for button in card.buttons if not button.is_disabled] == [
        "Add photos",
        "Word and kind",
        "Keep photos: no",
        "Cancel",
    ]


async def test_files_too_large_together_are_told_in_the_report_and_more_can_be_added(idle: Stage) -> None:
    idle.all_bytes = 2**20
    large = {f"photo{n}": (f"{n}.png", PNG + bytes(400_000) + bytes([n])) for n in (1, 2, 3)}
    async with idle.running():
        card = shown(await idle.ana.command("train", word="ana-dog", **large))
        form = await idle.ana.press(card, "Add photos")
        card = shown(await idle.ana.submit(form, {}, {"photos": [large["photo1"], large["photo2"]]}))

    assert "2 usable photos" in card.body


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ({"action": "status", "status": 404}, "Discord no longer hands out “dog-1.png”"),
        ({"action": "status", "status": 500}, "“dog-1.png” could not be fetched"),
        ({"action": "cut"}, "“dog-1.png” could not be fetched"),
        ({"action": "redirect"}, "“dog-1.png” could not be fetched"),
    ],
)
async def test_a_photo_that_discord_does_not_hand_out_costs_only_itself(
    stage: Stage, fault: dict[str, Any], told: str
) -> None:
    stage.box.faults.add(fault | {"method": "GET", "path": ".*dog-1.png"})

    card = await stage.report(4)

    assert told in card.body
    assert "3 usable photos" in card.body
