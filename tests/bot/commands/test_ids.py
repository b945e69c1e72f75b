"""No file that leaves Tintype says who made it: no id of a member, a server, a channel or a row."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator

import pytest

from bot.attempts import plan_of
from bot.sandbox.client import Message
from storage.records import Scope
from tests.bot.commands.stage import FACTS, Stage, label_of, shown

pytestmark = pytest.mark.asyncio


def inside(content: bytes) -> Iterator[bytes]:
    """A file, and the files in it where it is a zip."""
    yield content
    if zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name in archive.namelist():
                yield name.encode()
                yield archive.read(name)


async def named_in(message: Message, ids: dict[str, int]) -> set[str]:
    """Whose ids stand in the files of a message, or in their names."""
    contents = [part for file in message.files for part in (file.name.encode(), *inside(await file.read()))]
    return {
        who
        for who, number in ids.items()
        for form in (str(number), f"{number:x}")
        if any(form.encode() in content.lower() for content in contents)
    }


async def ids_of(stage: Stage) -> dict[str, int]:
    return {"ana": stage.id_of("ana"), "ben": stage.id_of("ben"), "server": stage.guild, "channel": stage.channel()}


@pytest.mark.parametrize("form", ["files", "pack"])
async def test_an_exported_word_says_nothing_of_who_taught_it_or_where(stage: Stage, form: str) -> None:
    await stage.taught()

    answer = shown(await stage.ana.command("words export", word="ana-dog", **{"as": form}))

    assert answer.files
    assert await named_in(answer, await ids_of(stage)) == set()


async def test_a_members_data_says_nothing_of_other_members(stage: Stage) -> None:
    version = await stage.taught()
    await stage.run(lambda rooms: rooms.sharing.share(version.concept, Scope.GUILD, stage.guild))
    await stage.ben.command("imagine", prompt="<ana-dog> in the snow", count=1)
    await stage.draw(await stage.job("ben"))
    kept = shown(await stage.ben.command("mydata"))

    answer = shown(await stage.ben.press(kept, label_of(kept, "mydata")))

    assert "ana" not in await named_in(answer, await ids_of(stage))


@pytest.mark.parametrize("kind", ["animal", "person"])
async def test_an_engine_is_told_no_id_but_who_has_agreed(stage: Stage, kind: str) -> None:
    report = await stage.report(3, kind=kind)
    await stage.ana.press(report, label_of(report, "train"))
    training = await stage.job()
    plans = [await stage.run(lambda rooms: plan_of(rooms, training, FACTS))]
    await stage.learn(training)
    await stage.ana.command("imagine", prompt="<ana-dog> in the snow", count=1)
    drawing = await stage.job()
    plans.append(await stage.run(lambda rooms: plan_of(rooms, drawing, FACTS)))

    told = str([(dict(plan.order) | {"consent": None}, list(plan.files)) for plan in plans])
    assert {who for who, number in (await ids_of(stage)).items() if str(number) in told} == set()
