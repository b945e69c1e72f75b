"""The bot's side of the inspector: real processes, killed when they must be, and every end a code."""

from __future__ import annotations

import asyncio
import io
import os
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from bot import inspection
from storage.database import open_database
from storage.errors import PhotoRejected, WeightsRefused
from storage.photo_report import PhotoFacts
from storage.photos import Photos
from storage.records import ChannelId, Kind, MemberId
from storage.vault import Vault
from tests.storage.clocks import HandClock
from tests.storage.inspector.test_weights import file, lora
from tests.storage.inspector.uploads import SIZE_PX, overlapping_zip, picture, saved, scan_bomb, zipped

PHOTO = saved(picture(200, 150), "JPEG")


def photo(data: bytes, name: str = "cat.jpg", size_px: int = SIZE_PX) -> inspection.InspectedPhoto:
    return asyncio.run(inspection.inspect_photo(data, name, size_px=size_px))


def refused(data: bytes, name: str = "cat.jpg", size_px: int = SIZE_PX) -> PhotoRejected:
    with pytest.raises(PhotoRejected) as refusal:
        photo(data, name, size_px)
    return refusal.value


def inspector_that(program: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inspection, "command", lambda: [sys.executable, "-I", "-c", program])


def test_a_photo_comes_back_rebuilt_with_thumbnail_and_facts() -> None:
    found = photo(PHOTO, "Holiday/cat.jpg")

    assert Image.open(io.BytesIO(found.image)).size == (found.width_px, found.height_px) == (200, 150)
    assert Image.open(io.BytesIO(found.thumbnail)).format == "WEBP"
    assert found.name == "cat.jpg"
    assert set(found.facts) >= {"format", "phash", "sharpness", "luminance", "remarks"}


def test_what_comes_back_is_what_the_store_keeps(tmp_path: Path) -> None:
    clock, db = HandClock(), open_database(tmp_path / "tintype.db")
    photos = Photos(db, Vault(tmp_path / "blobs", tmp_path / "keys", tmp_path / "master.key"), clock)
    ana = MemberId(1)
    draft = photos.open_draft(
        ana, None, ChannelId(2), word="zed", kind=Kind.ANIMAL, class_word=None, method=None, consent_text=None
    )
    found = photo(PHOTO)

    kept = photos.add(
        draft, found.name, found.image, found.thumbnail,
        width_px=found.width_px, height_px=found.height_px, sha256=found.sha256, facts=found.facts,
    )  # fmt: skip

    assert PhotoFacts.of(kept).phash == found.facts["phash"]
    db.conn.close()


def test_a_bad_photo_is_refused_by_name_with_what_the_sentence_needs() -> None:
    assert (refused(b"text", "a/note.jpg").code, refused(b"text", "a/note.jpg").facts) == (
        "E_FORMAT",
        {"photo": "note.jpg"},
    )
    small = refused(saved(picture(30, 40)), "tiny.png")
    assert (small.code, small.facts) == ("E_TOO_SMALL", {"photo": "tiny.png", "width": 30, "height": 40, "need": 32})


def test_the_bot_goes_on_serving_while_a_bomb_is_looked_at() -> None:
    async def slowest_wait() -> float:
        work = asyncio.create_task(inspection.inspect_photo(scan_bomb(1000, 1000, 90), "bomb.jpg", size_px=64))
        slowest = 0.0
        while not work.done():
            began = time.monotonic()
            await asyncio.sleep(0.001)
            slowest = max(slowest, time.monotonic() - began)
        assert not isinstance(work.exception(), (TypeError, AssertionError))
        return slowest

    assert asyncio.run(slowest_wait()) < 0.5


ENDS = {
    "silent": ("import sys; sys.stdin.buffer.read()", "E_CORRUPT"),
    "crashing": ("import os; os.abort()", "E_CORRUPT"),
    "killed": ("import os; os.kill(os.getpid(), 9)", "E_TOO_SLOW"),
    "out of time": ("import os, signal; os.kill(os.getpid(), signal.SIGXCPU)", "E_TOO_SLOW"),
    "babbling": ("print('x' * 100_000)", "E_CORRUPT"),
    "a lying length": ("import sys; sys.stdout.buffer.write(b'\\xff' * 8)", "E_CORRUPT"),
    "an empty answer": ("import sys; sys.stdout.buffer.write(b'\\0\\0\\0\\2\\0\\0\\0\\0{}')", "E_CORRUPT"),
    "half an answer": (
        "import sys; sys.stdout.buffer.write(b'\\0\\0\\0\\x0b\\0\\0\\0\\0' + b'{\"ok\":true}')",
        "E_CORRUPT",
    ),
}


@pytest.mark.parametrize(("program", "code"), ENDS.values(), ids=ENDS)
def test_however_an_inspector_ends_the_member_gets_a_code(
    program: str, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    inspector_that(program, monkeypatch)

    assert refused(bytes(3_000_000)).code == code


def test_one_that_hangs_is_killed_when_its_time_is_over(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    inspector_that(
        f"import os, time; open({str(pid_file)!r}, 'w').write(str(os.getpid())); time.sleep(600)", monkeypatch
    )
    monkeypatch.setattr(inspection, "TIMEOUT_S", 0.5)

    assert refused(PHOTO).code == "E_TOO_SLOW"

    with pytest.raises(ProcessLookupError):
        os.kill(int(pid_file.read_text()), 0)


def test_an_inspector_ends_with_the_command_that_waited_for_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    inspector_that(
        f"import os, time; open({str(pid_file)!r}, 'w').write(str(os.getpid())); time.sleep(600)", monkeypatch
    )

    async def give_up() -> None:
        work = asyncio.create_task(inspection.inspect_photo(PHOTO, "a.jpg", size_px=64))
        while not (pid_file.exists() and pid_file.read_text()):
            await asyncio.sleep(0.01)
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)

    asyncio.run(give_up())

    with pytest.raises(ProcessLookupError):
        os.kill(int(pid_file.read_text()), 0)


def test_an_inspector_that_cannot_be_started_is_not_the_photos_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inspection, "command", lambda: ["/no/such/python"])

    assert refused(PHOTO).code == "E_INSPECTOR"


def test_never_more_than_two_inspectors_run(monkeypatch: pytest.MonkeyPatch) -> None:
    running, most = 0, 0
    start = asyncio.create_subprocess_exec

    async def counted(*command: str, **options: Any) -> Any:
        nonlocal running, most
        running += 1
        most = max(most, running)
        process = await start(*command, **options)
        asyncio.ensure_future(process.wait()).add_done_callback(ended)
        return process

    def ended(_: Any) -> None:
        nonlocal running
        running -= 1

    async def six() -> list[inspection.InspectedPhoto]:
        return await asyncio.gather(*(inspection.inspect_photo(PHOTO, f"{n}.jpg", size_px=64) for n in range(6)))

    monkeypatch.setattr(asyncio, "create_subprocess_exec", counted)

    found = asyncio.run(six())

    assert [one.name for one in found] == [f"{n}.jpg" for n in range(6)]
    assert most == 2


def test_a_zip_gives_its_photos_in_order_and_each_refusal() -> None:
    data = zipped({
        "1.jpg": PHOTO, "b/2.png": saved(picture(seed=2)), "note.jpg": b"text", "readme.txt": b"hello",
        "more.zip": zipped({"x.jpg": PHOTO}), "3.webp": saved(picture(seed=3), "WEBP"),
    })  # fmt: skip

    found = asyncio.run(inspection.inspect_zip(data, "all.zip", size_px=SIZE_PX, most=40))

    assert [one.name for one in found.photos] == ["1.jpg", "2.png", "3.webp"]
    assert [(one.code, one.facts["photo"]) for one in found.rejected] == [
        ("E_FORMAT", "note.jpg"), ("E_ZIP_NESTED", "more.zip"),
    ]  # fmt: skip
    assert found.skipped == 1


def test_of_a_zip_with_more_photos_than_are_kept_the_rest_stays_packed(monkeypatch: pytest.MonkeyPatch) -> None:
    data = zipped({f"{n}.jpg": saved(picture(seed=n)) for n in range(9)} | {"a.txt": b"a"})
    start, started = asyncio.create_subprocess_exec, []

    async def counted(*command: str, **options: Any) -> Any:
        started.append(command)
        return await start(*command, **options)

    monkeypatch.setattr(asyncio, "create_subprocess_exec", counted)
    found = asyncio.run(inspection.inspect_zip(data, "all.zip", size_px=SIZE_PX, most=3))

    assert [one.name for one in found.photos] == ["0.jpg", "1.jpg", "2.jpg"]
    assert [(one.code, one.facts) for one in found.rejected] == [("E_TOO_MANY_PHOTOS", {"have": 3, "most": 3})]
    assert len(started) == 1 + 4


def test_a_zip_with_just_as_many_photos_as_are_kept_is_taken_whole() -> None:
    data = zipped({"0.jpg": PHOTO, "1.jpg": saved(picture(seed=1)), "a.txt": b"a"})

    found = asyncio.run(inspection.inspect_zip(data, "all.zip", size_px=SIZE_PX, most=2))

    assert (len(found.photos), found.rejected, found.skipped) == (2, (), 1)


def test_a_bomb_in_a_zip_costs_only_itself() -> None:
    data = zipped({"1.jpg": PHOTO, "bomb.png": saved(Image.new("1", (9000, 7000))), "2.jpg": PHOTO})

    found = asyncio.run(inspection.inspect_zip(data, "all.zip", size_px=SIZE_PX, most=40))

    assert [one.name for one in found.photos] == ["1.jpg", "2.jpg"]
    assert [one.code for one in found.rejected] == ["E_TOO_MANY_PIXELS"]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"PK\x03\x04 not really", "E_ZIP_BAD"),
        (overlapping_zip(40, 1000), "E_ZIP_BAD"),
        (zipped({"a.txt": b"a"}), "E_ZIP_EMPTY"),
        (zipped({"a.jpg": bytes(50_000_000)}), "E_ZIP_TOO_BIG"),
    ],
)
def test_a_bad_zip_is_refused_as_a_whole(data: bytes, code: str) -> None:
    with pytest.raises(PhotoRejected) as refusal:
        asyncio.run(inspection.inspect_zip(data, "all.zip", size_px=SIZE_PX, most=40))

    assert (refusal.value.code, refusal.value.facts["photo"]) == (code, "all.zip")


def test_a_weights_file_is_checked_and_half_of_it_refused() -> None:
    whole = file(lora(768))

    found = asyncio.run(inspection.inspect_weights(whole, "zed.safetensors", width=768, base="SD 1.5"))
    with pytest.raises(WeightsRefused) as refusal:
        asyncio.run(inspection.inspect_weights(whole[: len(whole) // 2], "zed.safetensors"))

    assert (found["kind"], found["width"]) == ("lora", 768)
    assert (refusal.value.code, refusal.value.facts) == ("E_WEIGHTS_TRUNCATED", {"file": "zed.safetensors"})


def test_nothing_is_left_in_the_temporary_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    photo(PHOTO)
    refused(b"text")

    assert list(tmp_path.iterdir()) == []


def test_neither_the_bot_nor_the_store_loads_pillow() -> None:
    program = (
        "import sys; sys.path.insert(0, sys.argv[1]); import bot.inspection, storage.photo_report;"
        "sys.exit(any(name.split('.')[0] in {'PIL', 'pillow_heif', 'numpy', 'torch'} for name in sys.modules))"
    )

    async def run() -> int:
        root = str(Path(inspection.__file__).parents[1])
        process = await asyncio.create_subprocess_exec(sys.executable, "-I", "-c", program, root)
        return await process.wait()

    assert asyncio.run(run()) == 0
