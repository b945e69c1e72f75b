"""What a member handed in, wrote and made is nowhere once they are forgotten: neither on the disk nor in a backup."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import gzip
import shutil
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bot import control
from bot.sandbox import Sandbox, serve
from bot.sandbox.client import Member, Modal
from storage.backup import restore
from storage.clock import SystemClock
from storage.errors import TintypeError
from storage.records import BlobId
from storage.vault import Vault
from tests.bot.runtime.whole import photo, press, running, say

CANARY = "quokka7f3a"
WORD, PROMPT, NAME = f"{CANARY}-dog", f"{CANARY} wears a hat", f"{CANARY}.png"
SLICE_BYTES = 24  # of a file, from its middle: long enough to stand nowhere by chance
UNPACKED_BYTES = 2**22


def forms(canary: bytes) -> Iterator[bytes]:
    """A content as it might lie somewhere: as it is, in hex, in UTF-16, in base64 wherever it begins there."""
    yield canary
    yield canary.hex().encode()
    if canary.isascii():
        yield canary.decode().encode("utf-16-le")
    for shift in range(3):
        yield base64.b64encode(bytes(shift) + canary)[shift + 2 : -4]


def unpacked(content: bytes) -> Iterator[bytes]:
    """The content, and whatever in it begins like a packed stream."""
    yield content
    for mark, bits in ((b"\x1f\x8b\x08", 31), (b"\x78\x9c", 15), (b"\x78\xda", 15)):
        at = content.find(mark)
        while at >= 0:
            with contextlib.suppress(zlib.error):  # it only looked like one
                yield zlib.decompressobj(bits).decompress(content[at:], UNPACKED_BYTES)
            at = content.find(mark, at + 1)


def found(canaries: Iterable[bytes], folder: Path) -> set[str]:
    """The files under a folder in which one of them stands, in any form."""
    wanted = [form for canary in canaries for form in forms(canary)]
    contents = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    return {
        str(path.relative_to(folder))
        for path, content in contents.items()
        if any(form in piece for piece in unpacked(content) for form in wanted)
    }


def middle(content: bytes) -> bytes:
    return content[len(content) // 2 :][:SLICE_BYTES]


def opened_by(keys: Path, blobs: Path, master: Path, owner: int) -> list[str]:
    """The files of a member that these keys open, each member's key tried on them."""
    vault = Vault(blobs, keys, master)
    opened = []
    for path in (blobs / str(owner)).rglob("*"):
        for key in keys.glob("*.key"):
            try:
                vault.open(BlobId(path.name.replace(str(owner), key.stem, 1)))
            except TintypeError:
                continue
            opened.append(path.name)
    return opened


def test_the_search_finds_what_is_packed_or_written_otherwise(tmp_path: Path) -> None:
    for number, content in enumerate(
        [
            PROMPT.encode(),
            b"x" + base64.b64encode(b"some " + PROMPT.encode() + b" more"),
            gzip.compress(b"a" * 50 + PROMPT.encode()),
            b"--" + zlib.compress(PROMPT.encode()),
            PROMPT.encode("utf-16-le"),
            PROMPT.encode().hex().encode(),
            b"nothing",
        ]
    ):
        (tmp_path / str(number)).write_bytes(content)

    assert found([PROMPT.encode()], tmp_path) == set("012345")


async def lived(member: Member, url: str) -> list[bytes]:
    """A member does a bit of everything; the middles of the files that they handed in and were given."""
    photos = {f"photo{n}": (NAME, photo(n)) for n in range(1, 5)}
    report = await say(member, "train", word=WORD, kind="animal", **photos)
    await press(member, report, "Train")
    await member.wait_for(lambda one: f"<{WORD}> is learned" in one.text and not one.is_ephemeral, 60)
    await say(member, "words share", word=WORD, **{"with": "server"}, about=CANARY)
    await say(member, "styles search", text=CANARY)
    await say(member, "settings save", name=CANARY, prompt=CANARY)
    await say(member, "imagine", prompt=f"<{WORD}> {PROMPT}", count=1, negative=f"no {CANARY}")
    grid = await member.wait_for(lambda one: "Again" in one.text, 30)
    await press(member, grid, next(one.label for one in grid.buttons if one.custom_id.startswith("t1:star")))
    await reported(member, url)
    exported = await say(member, "words export", word=WORD)
    files = [await file.read() for message in (grid, exported) for file in message.files]
    return [middle(content) for content in files] + [middle(data) for _, data in photos.values()]


async def reported(member: Member, url: str) -> None:
    """Somebody else's pictures are reported by them."""
    async with Member.connect(url, "ben") as ben:
        await say(ben, "imagine", prompt="a house", count=1)
        await ben.wait_for(lambda one: "Again" in one.text and "house" in one.text, 30)
    theirs = await member.wait_for(lambda one: "Again" in one.text and "house" in one.text, 30)
    form = await member.press(theirs, "Report")
    assert isinstance(form, Modal)
    await member.submit(form, {"reason": f"it shows {CANARY}"})


async def training_again(member: Member, data: Path) -> list[bytes]:
    """Begin a training that is under way when they are forgotten: its photos lie readable in its folder."""
    photos = {f"photo{n}": (NAME, photo(n + 5)) for n in range(1, 5)}
    report = await say(member, "train", word=f"{CANARY}-cat", kind="animal", **photos)
    await press(member, report, "Train")
    await member.wait_for(lambda one: "Step" in one.text and not one.is_ephemeral, 30)
    return [middle(path.read_bytes()) for path in (data / "run").rglob("*") if path.suffix == ".png"]


async def asked(data: Path, **request: Any) -> dict[str, Any]:
    answer = await asyncio.to_thread(control.ask, data, request)
    assert answer is not None
    return answer


@pytest.mark.asyncio
async def test_nothing_of_a_forgotten_member_is_left_anywhere(tmp_path: Path) -> None:
    data, box = tmp_path / "data", Sandbox()
    async with serve(box) as url, Member.connect(url, "ana") as ana:
        async with running(data, url, STEP_S=0.004):
            canaries = [CANARY.encode(), *await lived(ana, url)]
        async with running(data, url, STEP_S=0.5):
            canaries += await training_again(ana, data)
            there = found(canaries, data)
            made = await asked(data, do="backup", to=str(data / "backups"))
            shutil.copytree(data, tmp_path / "stolen", ignore=shutil.ignore_patterns("*.sock"))
            sure = await say(ana, "forget")
            receipt = await press(ana, sure, sure.buttons[0].label)
            async with asyncio.timeout(20):
                while any((data / "run").iterdir()):
                    await asyncio.sleep(0.05)
    owner, master = box.person("ana").id, data / "master.key"

    assert {name.partition("/")[0] for name in there} >= {"tintype.db", "run"}
    assert "key" in receipt.text
    assert found(canaries, data) == set()
    wrapped = (tmp_path / "stolen" / "keys" / f"{owner}.key").read_bytes()
    assert found([wrapped], data) == set()
    assert opened_by(data / "keys", tmp_path / "stolen" / "blobs", master, owner) == []
    assert opened_by(tmp_path / "stolen" / "keys", tmp_path / "stolen" / "blobs", master, owner) != []

    assert restore(Path(made["folder"]), tmp_path / "new", master, SystemClock()) == [owner]
    assert found(canaries, tmp_path / "new") == set()
    assert not (tmp_path / "new" / "blobs" / str(owner)).exists()
