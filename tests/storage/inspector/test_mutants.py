"""Thousands of damaged uploads: none crashes the inspector, every one is taken or has a code of the catalogue."""

from __future__ import annotations

import io
import json
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from storage import wire
from storage.inspection_client import ENVIRONMENT
from storage.texts import CATALOGUE
from tests.storage.inspector.test_imports import packed, peft_folder
from tests.storage.inspector.test_weights import file, lora
from tests.storage.inspector.uploads import asked, picture, saved, zipped

BATCH = Path(__file__).with_name("batch.py")
SEED = 20_260


def seeds() -> dict[str, list[bytes]]:
    """Sound uploads of every kind, small, so that damage meets their structure as often as their pixels."""
    image = picture(72, 48)
    frames = [picture(40, 40, seed) for seed in range(3)]
    photos = [
        *(saved(image, kind) for kind in ("JPEG", "PNG", "WEBP", "AVIF", "GIF")),
        saved(image, "JPEG", progressive=True, comment=b"hello", icc_profile=bytes(200)),
        saved(image.convert("CMYK"), "JPEG"),
        saved(image.convert("P"), "PNG", transparency=0),
        saved(image.convert("L").convert("I;16"), "PNG"),
        saved(image.convert("RGBA"), "WEBP", lossless=True),
        *(saved(frames[0], kind, save_all=True, append_images=frames[1:]) for kind in ("GIF", "WEBP", "PNG")),
    ]
    try:
        import pillow_heif
    except ImportError:
        pass
    else:
        made = io.BytesIO()
        pillow_heif.from_pillow(image).save(made)
        photos.append(made.getvalue())
    return {
        "photo": photos,
        "zip": [zipped({"a.jpg": photos[0], "b/c.png": photos[1], "n.txt": b"hello"})],
        "weights": [file(lora(64, 2), metadata={"ss_tag": "zed"}), file({"emb_params": ("F32", [2, 64])})],
        "import": [zipped(packed()), zipped(peft_folder()), file(lora(64, 2))],
    }


def flipped(data: bytearray, rng: random.Random) -> None:
    for _ in range(rng.choice((1, 1, 3, 20))):
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)


def in_the_head(data: bytearray, rng: random.Random) -> None:
    for _ in range(rng.choice((1, 2, 4))):
        data[rng.randrange(min(200, len(data)))] = rng.choice((0, 1, 0x7F, 0x80, 0xFF, rng.randrange(256)))


def cut(data: bytearray, rng: random.Random) -> None:
    del data[rng.randrange(len(data)) :]


def holed(data: bytearray, rng: random.Random) -> None:
    at = rng.randrange(len(data))
    del data[at : at + rng.randrange(1, 64)]


def doubled(data: bytearray, rng: random.Random) -> None:
    at = rng.randrange(len(data))
    data[at:at] = data[at : at + rng.randrange(1, 200)]


def numbered(data: bytearray, rng: random.Random) -> None:
    at = rng.randrange(max(1, len(data) - 4))
    data[at : at + 4] = rng.choice(
        (b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", bytes(4), b"\x00\x00\x80\x00", b"\x80\0\0\0")
    )


DAMAGES: list[Callable[[bytearray, random.Random], None]] = [flipped, in_the_head, cut, holed, doubled, numbered]


def mutants(count: int, seed: int) -> Iterator[tuple[dict[str, Any], bytes]]:
    """Requests with damaged uploads; the seed and the number name each for ever."""
    rng, kinds = random.Random(seed), seeds()
    for number in range(count):
        what = rng.choices(["photo", "zip", "weights", "import"], [7, 1, 1, 1])[0]
        data = bytearray(rng.choice(kinds[what]))
        for damage in rng.sample(DAMAGES, rng.choice((1, 1, 2))):
            if data:
                damage(data, rng)
        yield {"do": what, "name": f"{number}.jpg", "size_px": 64}, bytes(data)


def codes_of(requests: Iterator[tuple[dict[str, Any], bytes]]) -> dict[str, Any]:
    """Run them in one confined process; a crash of it fails the test, naming where."""
    frames = b"".join(wire.encode(head, data) for head, data in requests)
    done = subprocess.run(
        [sys.executable, "-I", str(BATCH)],
        input=frames,
        capture_output=True,
        env=ENVIRONMENT,
        timeout=1800,
        check=False,
    )
    assert done.returncode == 0, f"ended with {done.returncode} after number {done.stderr[-300:]!r}"
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def check(told: dict[str, Any], count: int) -> None:
    catalogue = CATALOGUE.read_text("utf-8")
    codes = told["codes"]
    assert codes.pop("taken") > 0
    codes.pop("member", 0)
    assert {code for code in codes if f"\n{code} = " not in catalogue} == set()
    assert sum(codes.values()) > count // 4
    assert len(codes) >= 10
    assert told["slowest_s"] < 8


def test_seven_hundred_mutants_are_all_taken_or_coded() -> None:
    check(codes_of(mutants(700, SEED)), 700)


def test_every_sound_seed_is_taken_or_too_small() -> None:
    sound = ((what, data) for what, uploads in seeds().items() for data in uploads)

    told = codes_of(({"do": what, "name": "a.jpg", "size_px": 64}, data) for what, data in sound)

    assert set(told["codes"]) == {"taken", "member"}


def test_mutants_in_processes_of_their_own_end_well() -> None:
    for request, data in mutants(25, SEED + 1):
        frames, returncode = asked(request, data)

        assert returncode == 0
        assert frames[-1].head["last"] is True


@pytest.mark.slow
@pytest.mark.parametrize("part", range(10))
def test_twenty_thousand_mutants_are_all_taken_or_coded(part: int) -> None:
    check(codes_of(mutants(2_000, SEED + 100 + part)), 2_000)
