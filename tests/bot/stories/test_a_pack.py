"""A pack's story from the members' side, and its page in docs/stories."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from bot.sandbox.client import Member
from bot.sandbox.views import Message
from storage import packs
from storage.packs import PackCard
from tests.bot.stories.telling import story
from tests.storage.inspector.test_weights import file, lora

pytestmark = pytest.mark.asyncio

WEIGHTS = file(lora(), metadata={"tintype.word": "rex", "modelspec.trigger_phrase": "rex dog"})
CARD = PackCard(
    name="rex", kind="animal", class_word="dog", trigger="rex dog", method="lora", base_model="fake",
    base_revision="1", licence="cc-by", credits=["Cleo"], scores={"pick": 0.8},
)  # fmt: skip


def card(answer: object) -> Message:
    assert isinstance(answer, Message)
    return answer


async def test_a_pack_is_taken_over_looked_at_enabled_and_handed_on(tmp_path: Path) -> None:
    async with (
        story(tmp_path, "a-pack", "A pack from another Tintype becomes a word", STEPS=60, STEP_S=0.2) as tale,
        Member.connect(tale.url, "ana") as ana,
        Member.connect(tale.url, "ben") as ben,
    ):
        tale.tell("Cleo, of another server, has sent Ana files. The first one is of a kind that nobody should open.")
        await tale.types(ana, "words import", file=("rex.pt", pickle.dumps({"weights": [1.0]})))
        tale.tell("The second is a pack. It says itself what it shows, so nothing is asked.")
        pack = packs.packed(CARD, WEIGHTS, b"\x89PNG\r\n\x1a\n")
        queued = card(await tale.types(ana, "words import", file=("rex.tintype.zip", pack)))
        await ana.wait_for(lambda one: one.id == queued.id and "%" in one.text)
        await tale.killed(STEPS=5, STEP_S=0.01)
        tale.tell("What was handed in is still there, and so is the answer that Ana was given.")
        waits = await tale.sees(ben, "waits for")
        trial = await ana.wait_for(lambda one: one.id == queued.id and "First pictures" in one.text)
        tale.tell("Nobody but Ana sees its pictures, and not even she can draw with it yet.")
        await tale.presses(ben, waits, "Look")
        await tale.types(ana, "imagine", prompt="<rex> in the snow")
        await tale.presses(ana, waits, "Look")
        await tale.presses(ana, trial, "Enable")
        await ana.command("imagine", prompt="<rex> in the snow", count=1)
        await tale.sees(ben, "Enlarge")
        tale.tell("Ana can hand it on; whom she got it from stays on it.")
        await tale.types(ana, "words export", word="rex", **{"as": "pack"})


async def test_a_person_from_a_file_agrees_first_and_can_take_it_back(tmp_path: Path) -> None:
    async with (
        story(tmp_path, "a-likeness", "A likeness from a file, agreed to and taken back", STEPS=60, STEP_S=0.2) as tale,
        Member.connect(tale.url, "ana") as ana,
    ):
        me = ("me.safetensors", file(lora()))
        asked = card(await tale.types(ana, "words import", file=me, word="ana"))
        asked = card(await tale.presses(ana, asked, "A person"))
        await tale.presses(ana, asked, "It shows somebody else")
        tale.tell("Nothing of it is kept. Of herself she may take it over.")
        asked = card(await tale.types(ana, "words import", file=me, word="ana", kind="person"))
        queued = card(await tale.presses(ana, asked, "It is me, and I agree"))
        await ana.wait_for(lambda one: one.id == queued.id and "%" in one.text)
        await tale.killed(STEPS=5, STEP_S=0.01)
        tale.tell("That she agreed is kept, and nobody else has seen anything of it.")
        waits = await tale.sees(ana, "waits for")
        trial = await tale.sees(ana, "First pictures")
        papers = card(await tale.types(ana, "privacy"))
        await tale.presses(ana, papers, "Take back <ana>")
        await tale.presses(ana, trial, "Enable")
        await tale.presses(ana, waits, "Look")
        await tale.presses(ana, waits, "Discard")
