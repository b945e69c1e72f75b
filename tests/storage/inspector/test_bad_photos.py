"""Hostile and broken photos, each given to a real inspector: a code, in time, in memory."""

from __future__ import annotations

import io
import json
import struct
import subprocess
import sys
import time
import zlib
from typing import Any

import pytest
from PIL import Image

from storage import inspection_client, wire
from storage.errors import PhotoRejected
from storage.inspector import formats, pixels
from storage.texts import sentence
from tests.storage.inspector.uploads import black_png, chunk, code_of, picture, png, saved, scan_bomb

STRANGERS = {
    "text": b"I am no photo\n" * 50,
    "nothing": b"",
    "html": b"<!doctype html><script>alert(1)</script>",
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg"/>',
    "pdf": b"%PDF-1.7\n",
    "eps": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 100 100\n(/etc/passwd) run\n",
    "tiff": saved(picture(80, 80), "TIFF"),
    "ico": saved(picture(64, 64), "ICO"),
    "jp2": saved(picture(80, 80), "JPEG2000"),
    "bmp": saved(picture(80, 80), "BMP"),
    "zip": b"PK\x03\x04" + bytes(60),
    "program": b"\x7fELF" + bytes(60),
}


@pytest.mark.parametrize("data", STRANGERS.values(), ids=STRANGERS)
@pytest.mark.parametrize("name", ["photo.jpg"])
def test_what_is_no_photo_is_refused_whatever_its_name(data: bytes, name: str) -> None:
    with pytest.raises(PhotoRejected) as refusal:
        pixels.rebuild(data, name, 64)

    assert refusal.value.code == "E_FORMAT"
    assert "JPEG, PNG, WebP" in sentence("E_FORMAT", refusal.value.facts)
    assert "photo.jpg" in sentence("E_FORMAT", refusal.value.facts)


def test_a_text_file_named_jpg_is_refused_by_a_real_inspector() -> None:
    assert code_of(b"hello, I am text\n" * 100, "cat.jpg") == "E_FORMAT"


BOMBS = {
    "60 megapixels": (black_png(10_000, 6_000), "E_TOO_MANY_PIXELS"),
    "forged 60000 x 60000": (png(60_000, 60_000), "E_TOO_MANY_PIXELS"),
    "forged 2 ^ 31": (png(2**31 - 1, 2**31 - 1), "E_TOO_MANY_PIXELS"),
    "no pixels": (png(0, 0), "E_BAD_SHAPE"),
    "1 x 89000000": (png(1, 89_000_000), "E_BAD_SHAPE"),
    "longer than 12000": (black_png(12_001, 1_600), "E_TOO_MANY_PIXELS"),
    "nine to one": (black_png(900, 100), "E_BAD_SHAPE"),
}


@pytest.mark.parametrize(("data", "code"), BOMBS.values(), ids=BOMBS)
def test_bombs_are_refused_by_what_they_claim_to_be(data: bytes, code: str) -> None:
    began = time.process_time()

    with pytest.raises(PhotoRejected) as refusal:
        pixels.rebuild(data, "a.png", 64)

    assert refusal.value.code == code
    assert time.process_time() - began < 0.2


def test_a_bomb_of_sixty_megapixels_is_refused_in_every_format_that_can_hold_it() -> None:
    bomb = Image.new("L", (10_000, 6_000), 77)

    assert code_of(saved(bomb, "JPEG"), "bomb.jpg") == "E_TOO_MANY_PIXELS"
    assert (
        code_of(saved(Image.new("RGB", (10_000, 6_000), 77), "WEBP", quality=1, method=0), "bomb.webp")
        == "E_TOO_MANY_PIXELS"
    )
    assert code_of(saved(bomb.convert("P"), "GIF"), "bomb.gif") == "E_TOO_MANY_PIXELS"


@pytest.mark.parametrize("options", [{}, {"lossless": True}, {"exif": b"Exif\0\0MM\0*\0\0\0\x08\0\0"}])
def test_a_webp_tells_its_size_before_a_decoder_takes_memory_for_it(options: dict[str, Any]) -> None:
    assert formats.size_of(saved(picture(123, 77), "WEBP", **options), "WEBP") == (123, 77)


@pytest.mark.parametrize(("kind", "mode"), [("PNG", "RGBA"), ("JPEG", "CMYK"), ("PNG", "I;16"), ("WEBP", "RGBA")])
def test_fifty_megapixels_are_within_the_limits_of_time_and_memory(kind: str, mode: str) -> None:
    image = Image.new(mode, (8_600, 5_800))
    options = {"lossless": True, "method": 0, "quality": 0} if kind == "WEBP" else {}

    assert code_of(saved(image, kind, **options)) == "taken"


def test_a_scan_bomb_is_refused_before_it_is_decoded() -> None:
    began = time.process_time()

    with pytest.raises(PhotoRejected) as refusal:
        pixels.rebuild(scan_bomb(4_000, 4_000, 5_000), "a.jpg", 64)

    assert refusal.value.code == "E_TOO_SLOW"
    assert time.process_time() - began < 0.5


def test_scans_are_counted_as_they_are() -> None:
    plain, progressive = saved(picture(), "JPEG"), saved(picture(), "JPEG", progressive=True)

    assert formats.scans_of(plain) == 1
    assert formats.scans_of(progressive) == 10
    assert formats.scans_of(scan_bomb(64, 64, 50)) == formats.scans_of(scan_bomb(64, 64, 49)) + 1
    assert formats.scans_of(plain + b"\xff\xda\x00\x02" * 500) == 1, "a phone's film behind the photo is no scan"


def test_a_decoder_that_runs_on_is_stopped_and_called_too_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    endless = "import resource; resource.setrlimit(resource.RLIMIT_CPU, (1, 2))\nwhile True: pass"
    monkeypatch.setattr(inspection_client, "command", lambda: [sys.executable, "-I", "-c", endless])

    with pytest.raises(PhotoRejected) as refusal:
        inspection_client.inspect_photo(b"x", "slow.jpg", 64)

    assert refusal.value.code == "E_TOO_SLOW"


@pytest.mark.parametrize("last_words", ["", "garbage that is no frame", "\\0" * 8, "\\0\\0\\0\\2\\0\\0\\0\\0{}"])
def test_an_inspector_that_dies_or_talks_nonsense_refuses_the_photo(
    last_words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = f"import os, sys; sys.stdout.write('{last_words}'); sys.stdout.flush(); os.abort()"
    monkeypatch.setattr(inspection_client, "command", lambda: [sys.executable, "-I", "-c", program])

    with pytest.raises(PhotoRejected) as refusal:
        inspection_client.inspect_photo(b"x", "evil.jpg", 64)

    assert refusal.value.code == "E_CORRUPT"
    assert refusal.value.facts["photo"] == "evil.jpg"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
@pytest.mark.parametrize("part", [0.3, 0.5, 0.9])
def test_a_file_cut_short_is_called_that(kind: str, part: float) -> None:
    whole = saved(picture(), kind)

    with pytest.raises(PhotoRejected) as refusal:
        pixels.rebuild(whole[: int(len(whole) * part)], "a.jpg", 64)

    assert refusal.value.code in {"E_TRUNCATED", "E_CORRUPT"}
    if kind in {"JPEG", "PNG"}:
        assert refusal.value.code == "E_TRUNCATED"


def test_metadata_that_unpacks_to_hundreds_of_megabytes_is_refused() -> None:
    text = zlib.compress(bytes(200_000_000), 9)
    inside = [chunk(b"zTXt", b"Comment\0\0" + text), chunk(b"iCCP", b"icc\0\0" + text)]

    for metadata in inside:
        whole = saved(picture(80, 80))
        assert code_of(whole[:33] + metadata + whole[33:], "a.png") == "E_BAD_METADATA"


def test_many_texts_together_are_refused() -> None:
    text = chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(1_000_000), 9))
    whole = saved(picture(80, 80))

    assert code_of(whole[:33] + text * 200 + whole[33:], "a.png") == "E_BAD_METADATA"


def test_a_wrong_checksum_is_corrupt() -> None:
    whole = bytearray(saved(picture()))
    whole[30] ^= 1

    with pytest.raises(PhotoRejected) as refusal:
        pixels.rebuild(bytes(whole), "a.png", 64)

    assert refusal.value.code == "E_CORRUPT"


def test_without_its_extra_a_heic_photo_gets_the_phones_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pillow_heif", None)

    with pytest.raises(PhotoRejected) as refusal:
        pixels.rebuild(struct.pack(">I4s4sI4s4s", 24, b"ftyp", b"heic", 0, b"mif1", b"heic") + bytes(50), "a.heic", 64)

    assert refusal.value.code == "E_HEIC"
    assert "Most Compatible" in sentence("E_HEIC", refusal.value.facts)


def test_an_inspector_has_neither_environment_nor_files_nor_much_memory() -> None:
    asks = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from storage.inspector import confinement as c; c.confine()\n"
        "import os, resource, json\n"
        "def fails(f):\n"
        "    try: f()\n"
        "    except (OSError, MemoryError): return True\n"
        "    return False\n"
        "def write():\n"
        "    import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "    with open('/tmp/tintype-inspector-canary', 'wb', 0) as f: f.write(b'x')\n"
        "status = open('/proc/self/status').read()\n"
        "print(json.dumps({'write': fails(write), 'memory': fails(lambda: bytearray(2 * 2**30)),\n"
        " 'privileges': 'NoNewPrivs:\\t1' in status, 'environment': sorted(os.environ),\n"
        " 'core': resource.getrlimit(resource.RLIMIT_CORE), 'cpu': resource.getrlimit(resource.RLIMIT_CPU)}))\n"
    )
    program = [sys.executable, "-I", "-c", asks, inspection_client.command()[-1]]
    done = subprocess.run(program, env=inspection_client.ENVIRONMENT, capture_output=True, text=True, check=True)

    told = json.loads(done.stdout)
    assert told["write"]
    assert told["memory"]
    assert told["privileges"]
    assert set(told["environment"]) <= {"MALLOC_ARENA_MAX", "LC_CTYPE"}
    assert told["core"] == [0, 0]
    assert told["cpu"] == [8, 9]


def test_a_refused_bomb_takes_hardly_any_memory() -> None:
    program = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from storage import wire; from storage.inspector.__main__ import answers\n"
        "print(*(head['code'] for head, _ in answers(wire.read(sys.stdin.buffer))))\n"
        "print([line for line in open('/proc/self/status') if line.startswith('VmHWM')][0].split()[1])\n"
    )
    request = wire.encode({"do": "photo", "name": "a.png", "size_px": 64}, black_png(11_000, 9_500))

    done = subprocess.run(
        [sys.executable, "-I", "-c", program, inspection_client.command()[-1]],
        input=request,
        capture_output=True,
        check=True,
    )

    code, peak_kib = done.stdout.split()
    assert code == b"E_TOO_MANY_PIXELS"
    assert int(peak_kib) < 100 * 1024


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd.jpg", "passwd.jpg"),
        ("C:\\photos\\cat.png", "cat.png"),
        ("a\u202egnp.exe", "agnp.exe"),
        ("x\0y\n.jpg", "xy.jpg"),
        ("", "unnamed"),
        ("n" * 300 + ".jpeg", "n" * 47 + "…nnnnnnn.jpeg"),
    ],
)
def test_names_are_shown_without_folders_and_tricks(name: str, shown: str) -> None:
    assert formats.plain_name(name) == shown


def test_an_io_error_of_a_decoder_is_no_crash() -> None:
    broken = saved(picture(), "JPEG").replace(b"\xff\xc0", b"\xff\xcf")

    with pytest.raises(PhotoRejected):
        pixels.rebuild(broken, "a.jpg", 64)

    assert io.BytesIO(broken).read(2) == b"\xff\xd8"
