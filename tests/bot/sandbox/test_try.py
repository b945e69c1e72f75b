"""`tintype try`: what a member reads at the keyboard when something is missing, deleted, another's, or gone."""

from __future__ import annotations

import argparse
import asyncio
import io
import queue
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from bot.cli import try_ as try_command
from bot.sandbox import Sandbox, serve, try_
from bot.sandbox.client import Member
from tests.bot.sandbox.conftest import Raw
from tests.bot.sandbox.little_bot import PNG, running

pytestmark = pytest.mark.asyncio


class Keyboard:
    """Lines are typed one after the other, and what is shown is read in between."""

    def __init__(self) -> None:
        self._typed: queue.Queue[str] = queue.Queue()
        self._shown, self._read = io.StringIO(), 0

    def readline(self) -> str:
        return self._typed.get()

    def write(self, text: str) -> None:
        self._shown.write(text)

    def flush(self) -> None:
        pass

    def types(self, *lines: str) -> None:
        for line in lines:
            self._typed.put(f"{line}\n")

    async def sees(self, text: str) -> str:
        """All that came since the last look, as soon as it holds the text."""
        async with asyncio.timeout(10):
            while text not in self._shown.getvalue()[self._read :]:
                await asyncio.sleep(0.01)
        new = self._shown.getvalue()[self._read :]
        self._read += new.index(text) + len(text)
        return new


@asynccontextmanager
async def at_the_keyboard(url: str, name: str = "ana") -> AsyncIterator[Keyboard]:
    keyboard: Any = Keyboard()
    trying = asyncio.create_task(try_.main(url, name, keyboard, keyboard))
    try:
        await keyboard.sees("> ")
        yield keyboard
    finally:
        keyboard.types("quit")
        await asyncio.wait_for(trying, 10)


def card(owner: int, text: str) -> dict[str, Any]:
    gallery = {"type": 12, "items": [{"media": {"url": "attachment://a.png"}, "description": "a dog"}]}
    shown = {"type": 10, "content": f"{text} for <@{owner}>"}
    row = {"type": 1, "components": [{"type": 2, "style": 2, "label": "Again", "custom_id": f"again:{text}"}]}
    inside = [shown, gallery, row]
    return {"flags": 1 << 15, "allowed_mentions": {"parse": []}, "components": [{"type": 17, "components": inside}]}


async def test_save_takes_ones_own_newest_card_or_the_one_of_a_button(raw: Raw, tmp_path: Path) -> None:
    async with at_the_keyboard(raw.url) as keyboard, Member.connect(raw.url, "ben"):
        ana, ben = (person.id for name in ("ana", "ben") if (person := raw.box.person(name)))
        for owner, text, data in ((ana, "mine", PNG + b"1"), (ben, "theirs", PNG + b"2")):
            await raw.send(card(owner, text), {"a.png": data})
            await keyboard.sees(f"{text} for")
        keyboard.types(f"save {tmp_path}/mine", f"save {tmp_path}/theirs 2", f"save {tmp_path}/all all")
        for _ in range(4):
            await keyboard.sees("saved")

    kept = {folder.name: sorted(path.read_bytes()[-1:] for path in folder.iterdir()) for folder in tmp_path.iterdir()}
    assert kept == {"mine": [b"1"], "theirs": [b"2"], "all": [b"1", b"2"]}


async def test_without_a_card_of_ones_own_save_says_how_to_name_one(url: str, tmp_path: Path) -> None:
    async with at_the_keyboard(url) as keyboard:
        keyboard.types(f"save {tmp_path}/out")
        await keyboard.sees("! no card of yours shows pictures")


async def test_a_channel_that_is_not_there_is_answered_with_those_that_are(url: str) -> None:
    async with at_the_keyboard(url) as keyboard:
        keyboard.types("channel nosuch", "channel", "channel after-dark", "channel")
        await keyboard.sees("! there is no channel nosuch; there are: general, after-dark, dm")
        await keyboard.sees("You are in general. There are: general, after-dark, dm")
        await keyboard.sees("You are in after-dark.")


async def test_a_card_that_is_deleted_is_told(raw: Raw) -> None:
    async with at_the_keyboard(raw.url) as keyboard:
        sent = await raw.send(card(1, "first"), {"a.png": PNG})
        await keyboard.sees("first")
        await raw("DELETE", f"/channels/{raw.channel}/messages/{sent.body['id']}")
        told = await keyboard.sees("· deleted ·\n│ first for")

    assert "[1]" not in told.split("· deleted ·")[1]


async def test_a_field_that_must_be_filled_in_is_asked_again(box: Sandbox, url: str, tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(PNG)
    async with running(box, url), at_the_keyboard(url) as keyboard:
        keyboard.types("/form", "", "dog", "", f"{tmp_path}/*.gif", f"{tmp_path}/*.png", "yes")
        await keyboard.sees("│ this must be filled in\n│ Word: │ Photos")
        await keyboard.sees("│ this must be filled in\n│ Photos")
        await keyboard.sees("│ no file")
        await keyboard.sees("dog: [29] True")


async def test_one_becomes_a_manager_and_no_manager(box: Sandbox, url: str) -> None:
    async with running(box, url), at_the_keyboard(url) as keyboard:
        keyboard.types("/rules channel:general name:a also:b", "manager", "/rules channel:general name:a also:b")
        await keyboard.sees("! no command /rules")
        await keyboard.sees("You are ana, who may manage the server.")
        await keyboard.sees("rules of general a b")
        keyboard.types("manager no", "/rules channel:general name:a also:b")
        await keyboard.sees("You are ana.")
        await keyboard.sees("! no command /rules")


async def test_the_command_line_says_who_one_is(url: str) -> None:
    parser = argparse.ArgumentParser()
    try_command.add(parser.add_subparsers())
    told = try_command.about(parser.parse_args(["try", "--manager", "--role", "artists", "--role", "cooks"]))
    async with Member.connect(url, "ana", **told) as ana:
        assert try_.described(ana) == "ana, who may manage the server, with the roles artists, cooks"

    async with Member.connect(url, "ana", **try_command.about(parser.parse_args(["try"]))) as ana:
        assert ana.about["is_manager"]


async def test_one_becomes_another_member(box: Sandbox, url: str) -> None:
    async with running(box, url), at_the_keyboard(url) as keyboard:
        keyboard.types("as", "as mia --boss", "as mia --manager", "/rules channel:general name:a also:b", "as ana")
        await keyboard.sees("! as whom?")
        await keyboard.sees("! as whom?")
        await keyboard.sees("You are mia, who may manage the server.")
        await keyboard.sees("rules of general a b")
        await keyboard.sees("You are ana.")
        keyboard.types("/rules channel:general name:a also:b", "role artists", "role -artists", "role -")
        await keyboard.sees("! no command /rules")
        await keyboard.sees("You are ana, with the role artists.")
        await keyboard.sees("You are ana.")
        await keyboard.sees("! which role?")

    person = box.person("mia")
    assert person is not None
    assert person.is_manager


async def test_options_may_be_called_like_the_clients_own(box: Sandbox, url: str) -> None:
    async with running(box, url), at_the_keyboard(url) as keyboard:
        keyboard.types("manager", "/rules channel:after-dark name:me also:them", "?/rules name:me also:tea")
        await keyboard.sees("rules of after-dark me them")
        await keyboard.sees("  teax")


async def test_menus_offer_what_the_server_has_and_send_what_is_chosen(box: Sandbox, url: str) -> None:
    async with running(box, url), Member.connect(url, "ben", roles=["artists"]), at_the_keyboard(url) as keyboard:
        keyboard.types("manager", "/rules channel:general name:a also:b")
        await keyboard.sees("[1] Roles ▾")
        for number, offered, said, sent in (
            ("1", "@everyone · artists", "Artists", "artists"),
            ("1", "@everyone · artists", "none", "nothing"),
            ("3", "general · after-dark", "general, after-dark", "general+after-dark"),
            ("4", "30 days   (now: 30 days)", "30 days", "30"),
        ):
            keyboard.types(number, said)
            await keyboard.sees(f"│ {offered}\n")
            await keyboard.sees(f"chosen: {sent}\n")
        keyboard.types("2", "ben", "2", "zed", "2", "")
        await keyboard.sees("chosen: ben\n")
        await keyboard.sees("! zed is not offered; there are")
        await keyboard.sees("└ left as it is")


async def test_moments_are_told_as_dates_here_and_from_now(box: Sandbox, url: str) -> None:
    async with running(box, url), at_the_keyboard(url) as keyboard:
        keyboard.types("manager", "/rules channel:general name:a also:b")
        here = datetime.fromtimestamp(86400).astimezone()
        shown = await keyboard.sees(f"({here:%Y-%m-%d %H:%M})")

    assert re.search(r"until \d+ years ago \(", shown.replace("\n│ ", " "))


async def test_a_stand_in_that_starts_again_is_told_and_found_again() -> None:
    async with AsyncExitStack() as first, AsyncExitStack() as visit, AsyncExitStack() as second:
        url = await first.enter_async_context(serve(Sandbox()))
        keyboard = await visit.enter_async_context(at_the_keyboard(url))
        await first.aclose()
        await keyboard.sees("· connection lost, reconnecting ·")
        keyboard.types("channel")
        await keyboard.sees("! the stand-in does not answer; it is tried again")
        await second.enter_async_context(serve(Sandbox(), int(url.rsplit(":", 1)[1])))
        await keyboard.sees("· connected again ·")
        keyboard.types("channel")
        await keyboard.sees("You are in general.")
        await visit.aclose()
