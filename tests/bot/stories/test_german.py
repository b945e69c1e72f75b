"""A story among Germans, in which no English sentence shows, and its page in docs/stories."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.sandbox.client import Member
from bot.sandbox.views import Answer, Message, Modal
from tests.bot.english import english_in, read_in
from tests.bot.runtime.whole import PHOTOS
from tests.bot.stories.telling import story

pytestmark = pytest.mark.asyncio

PROMPT = "<mein-hund> on the beach"  # a base model reads English


def card(answer: Answer) -> Message:
    assert isinstance(answer, Message)
    return answer


def form(answer: Answer) -> Modal:
    assert isinstance(answer, Modal)
    return answer


def read_by(*readers: Member | Modal) -> list[str]:
    """All that members have read in messages and forms, without the prompt that they typed."""
    seen = [event for reader in readers if isinstance(reader, Member) for event in reader.events]
    seen += [reader.raw for reader in readers if isinstance(reader, Modal)]
    return [text.replace("on the beach", "") for text in read_in(seen)]


async def test_a_german_word(tmp_path: Path) -> None:
    async with (
        story(tmp_path, "ein-wort", "Ein Wort wird gelernt, benutzt und vergessen", language="de", STEP_S=0.02) as tale,
        Member.connect(tale.url, "jonas", locale="de") as jonas,
        Member.connect(tale.url, "lena", locale="de") as lena,
        Member.connect(tale.url, "maja", locale="de", is_manager=True) as maja,
    ):
        await tale.types(jonas, "help")
        empty = form(await tale.types(jonas, "train"))
        files = {"photos": list(PHOTOS.values())}
        report = card(await tale.fills(jonas, empty, {"word": "mein-hund", "kind": "animal"}, **files))
        await tale.presses(jonas, report, "Trainieren")
        await tale.killed(STEP_S=0.02)
        tale.tell("Was erst lange nach dem Befehl kommt, spricht trotzdem Jonas’ Sprache.")
        await tale.sees(jonas, "<mein-hund> ist gelernt")
        await tale.types(lena, "imagine", prompt=PROMPT)
        await tale.types(jonas, "words share", word="mein-hund", **{"with": "server", "licence": "cc-by"})
        await tale.types(lena, "styles browse")
        await tale.types(lena, "imagine", prompt=PROMPT, count=2, seed=7)
        grid = await tale.sees(lena, "2 vergrößern")
        await tale.presses(lena, grid, "Rezept")
        tale.tell("Wer den Server verwalten darf, kann Bilder entfernen.")
        asked = card(await tale.presses(maja, await maja.wait_for(lambda one: one.id == grid.id), "Löschen"))
        await tale.presses(maja, asked, "Endgültig löschen")
        tale.tell("Jonas nimmt das Wort zurück.")
        await tale.types(jonas, "words unshare", word="mein-hund")
        await tale.types(lena, "imagine", prompt=PROMPT)
        await tale.types(jonas, "mydata")
        sure = card(await tale.types(jonas, "forget"))
        await tale.presses(jonas, sure, sure.buttons[0].label)

        assert english_in(read_by(jonas, lena, maja, empty), "de") == []
        assert len(read_by(jonas)) > 50
