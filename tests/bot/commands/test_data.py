from __future__ import annotations

import asyncio
import io
import itertools
import json
import os
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import belongings
from bot.belongings import LIST_BYTES, MOST_PARTS, PART_BYTES, Piece, spread_over
from storage import hypernetworks
from storage.records import BlobId, JobState, Scope
from storage.torch_files import Numbers
from tests.bot.commands import engine_play
from tests.bot.commands.stage import Stage, custom_id_of, label_of, shown

pytestmark = pytest.mark.asyncio


async def everything(stage: Stage) -> None:
    """A word, its card and its pictures, another word in training, and a draft."""
    await stage.taught("ana-dog")
    await stage.post((await stage.job()).id)
    await stage.grid()
    await stage.ana.press(await stage.report(3, word="ana-cup"), "Train")
    await stage.report(4, word="ana-hat")


async def test_what_is_kept_is_counted_and_handed_out_as_a_zip(stage: Stage) -> None:
    await everything(stage)

    card = shown(await stage.ana.command("mydata"))
    part = shown(await stage.ana.press(card, "Download"))
    archive = zipfile.ZipFile(io.BytesIO(await part.files[0].read()))
    told = json.loads(archive.read("mydata.json"))

    assert "2 words, 4 pictures, 7 photos and 3 jobs of yours" in card.body
    assert card.is_ephemeral
    assert part.is_ephemeral
    assert "put them together" not in part.body
    assert part.files[0].name == "mydata-1.zip"
    assert archive.testzip() is None
    assert sorted(name.split("/")[0] for name in archive.namelist()) == (
        ["drawings"] * 2 + ["images"] * 4 + ["mydata.json"] + ["photos"] * 7 + ["words"] * 2
    )
    assert [name for name in archive.namelist() if name.split(".")[-1] not in {"png", "json", "safetensors"}] == []
    assert {word["word"] for word in told["words"]} == {"ana-dog", "ana-cup"}


async def test_files_above_the_limit_of_one_message_come_in_parts(stage: Stage) -> None:
    limit = LIST_BYTES + 1_500
    next(iter(stage.box.guilds.values())).filesize_limit = limit
    await everything(stage)

    card = shown(await stage.ana.command("mydata"))
    labels = [button.label for button in card.buttons if button.label.startswith("Download")]
    parts = [shown(await stage.ana.press(card, label)) for label in labels]
    archives = [zipfile.ZipFile(io.BytesIO(await part.files[0].read())) for part in parts]

    assert len(parts) > 1
    assert f"They come in {len(parts)} zips" in card.body
    assert f"Part 2 of {len(parts)}" in parts[1].body
    assert sum(len(archive.namelist()) for archive in archives) == 2 + 1 + 4 + 7 + 2
    assert all(part.files[0].size_bytes <= limit for part in parts)


async def test_a_part_that_is_not_there_any_more_is_told_so(stage: Stage) -> None:
    card = shown(await stage.ana.command("mydata"))

    told = await stage.forge(stage.ana, custom_id_of(card, "mydata").rsplit(":", 1)[0] + ":7")

    assert "There is no such thing of yours" in told


async def test_parts_never_exceed_the_limit_and_what_fits_nowhere_is_counted() -> None:
    files = [(f"{n}.png", BlobId(str(n))) for n in range(400)]
    sizes = [(n * 7919) % 300_000 for n in range(399)] + [10**9]
    limit = LIST_BYTES + 400_000

    spread = spread_over(files, sizes, limit)

    assert all(sum(piece.need_bytes for piece in part) <= limit for part in spread.parts)
    assert len(spread.parts) == MOST_PARTS
    assert sum(len(part) for part in spread.parts) + spread.left_out == 400
    assert not any(piece.is_cut for part in spread.parts for piece in part)


async def test_pieces_share_parts_with_others() -> None:
    files = [(f"{n}.safetensors", BlobId(str(n))) for n in range(3)]
    large, small = (spread_over(files, [85 * 10**6] * 3, limit) for limit in (PART_BYTES, 10 * 2**20))

    assert (large.left_out, len(large.parts)) == (0, 11)
    assert (small.left_out, len(small.parts)) == (1, 18)


@given(st.lists(st.integers(0, 3_000_000), max_size=9), st.integers(300_000, 900_000))
async def test_a_file_larger_than_a_part_comes_in_pieces_that_are_all_of_it_or_not_at_all(
    sizes: list[int], room: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(belongings, "PIECE_BYTES", 280_000)
        spread = spread_over([(f"{n}.bin", BlobId(str(n))) for n in range(len(sizes))], sizes, LIST_BYTES + room)

    found: dict[int, list[Piece]] = {}
    for piece in itertools.chain(*spread.parts):
        found.setdefault(int(piece.blob), []).append(piece)
    assert len(found) + spread.left_out == len(sizes)
    for n, pieces in found.items():
        whole = bytes(sizes[n])
        assert b"".join(whole[piece.first : piece.last] for piece in pieces) == whole
        assert len(pieces) == 1 or [piece.name for piece in pieces] == [
            f"{n}.bin.{k:03}" for k in range(1, len(pieces) + 1)
        ]


async def test_a_word_larger_than_a_part_is_put_together_from_its_pieces(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    weights = hypernetworks.safetensors_of({"lora_unet_x.diff": Numbers("F32", (2500,), os.urandom(10_000))}, {})
    monkeypatch.setattr(engine_play, "weights_of", lambda *_: weights)
    monkeypatch.setattr(belongings, "PIECE_BYTES", 3_000)
    await stage.taught()
    next(iter(stage.box.guilds.values())).filesize_limit = LIST_BYTES + 4_000

    card = shown(await stage.ana.command("mydata"))
    labels = [button.label for button in card.buttons if button.label.startswith("Download")]
    parts = [shown(await stage.ana.press(card, label)) for label in labels]
    archives = [zipfile.ZipFile(io.BytesIO(await part.files[0].read())) for part in parts]
    pieces = {
        name: archive.read(name) for archive in archives for name in archive.namelist() if ".safetensors." in name
    }

    assert "left out" not in card.body
    assert "put them together in this order" in parts[-1].body
    assert [name[-4:] for name in sorted(pieces)] == [f".{n:03}" for n in range(1, len(pieces) + 1)]
    assert b"".join(pieces[name] for name in sorted(pieces)) == weights


async def test_nobody_gets_anothers_data(stage: Stage) -> None:
    await everything(stage)
    card = shown(await stage.ana.command("mydata"))

    told = await stage.forge(stage.ben, custom_id_of(card, "mydata"))

    assert "That button is for another member's data" in told


async def test_forgetting_everything_is_asked_first_and_ends_with_a_receipt(stage: Stage) -> None:
    await everything(stage)
    me, before = stage.id_of(stage.ana), stage.woken

    question = shown(await stage.ana.command("forget"))
    receipt = shown(await stage.ana.press(question, "Delete everything for good"))

    assert "This cannot be undone" in question.body
    assert "7 photos, 2 words with one version and 0 checkpoints, 4 pictures" in receipt.body
    assert "One job was stopped." in receipt.body
    assert "Your key is destroyed" in receipt.body
    assert await stage.jobs() == []
    assert await stage.run(lambda rooms: rooms.vault.held(me)) == []
    assert stage.woken == before + 1


async def test_our_own_messages_about_a_forgotten_member_are_taken_down(stage: Stage) -> None:
    await everything(stage)
    await stage.ana.command("show", public=True, job=(await stage.jobs())[1].id)
    question = shown(await stage.ana.command("forget"))

    assert len(await stage.ben.read()) == 3
    await stage.ana.press(question, "Delete everything for good")

    for _ in range(100):
        if not (left := await stage.ben.read()):
            break
        await asyncio.sleep(0.02)
    assert left == []


async def test_what_an_outage_hides_is_taken_down_at_the_next_start(idle: Stage) -> None:
    async with idle.running():
        await everything(idle)
        idle.box.faults.add({"action": "status", "status": 503, "method": "DELETE", "path": "/channels/.*", "times": 9})
        question = shown(await idle.ana.command("forget"))
        await idle.ana.press(question, "Delete everything for good")
        while len(await idle.run(lambda rooms: rooms.privacy.takedowns.owed())) < 2:
            await asyncio.sleep(0.01)
        standing = await idle.ben.read()
    idle.box.faults.clear()
    async with idle.running():
        while await idle.run(lambda rooms: rooms.privacy.takedowns.owed()):
            await asyncio.sleep(0.01)

    assert len(standing) == 2
    assert await idle.ben.read() == []


async def test_what_discord_refuses_to_take_down_stays_owed(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    await everything(stage)
    stage.box.faults.add({"action": "status", "status": 403, "method": "DELETE", "path": "/channels/.*", "times": None})
    question = shown(await stage.ana.command("forget"))

    await stage.ana.press(question, "Delete everything for good")
    while caplog.text.count("could not be taken down") < 2:
        await asyncio.sleep(0.01)

    assert await stage.run(lambda rooms: rooms.db["notes"].count_where("name like 'takedown:%'")) == 2


async def test_a_message_that_is_gone_already_stops_nothing(stage: Stage) -> None:
    await everything(stage)
    first = next(message for message in stage.box.messages.values() if message.visible_to is None)
    stage.box.delete(first)
    question = shown(await stage.ana.command("forget"))

    receipt = shown(await stage.ana.press(question, "Delete everything for good"))

    assert "Receipt" in receipt.body


async def test_one_word_is_forgotten_with_its_pictures_and_the_rest_stays(stage: Stage) -> None:
    await stage.taught("ana-cat")
    await stage.grid("<ana-cat>")
    await everything(stage)
    await stage.ana.command("imagine", prompt="<ana-dog> waits")

    question = shown(await stage.ana.command("forget", word="ana-dog"))
    receipt = shown(await stage.ana.press(question, "Delete <ana-dog> for good"))
    images = await stage.run(lambda rooms: rooms.images.of_owner(stage.id_of(stage.ana)))
    waiting = await stage.job()

    assert "one word with one version and 0 checkpoints, 4 pictures" in receipt.body
    assert "Your key stays, for your other words." in receipt.body
    assert await stage.concept("ana-dog") is None
    assert await stage.concept("ana-cat") is not None
    assert len(images) == 4
    assert waiting.state is JobState.CANCELLED


async def test_the_question_says_whose_pictures_go_with_a_word(stage: Stage) -> None:
    version = await stage.taught("ana-dog")
    await stage.taught("ana-me", "person")
    await stage.run(lambda rooms: rooms.sharing.share(version.concept, Scope.GUILD, stage.guild))
    await stage.ben.command("imagine", prompt="<ana-dog>", count=2)
    await stage.draw(await stage.job(stage.ben))
    await stage.grid("<ana-dog>")

    thing = shown(await stage.ana.command("forget", word="ana-dog"))
    person = shown(await stage.ana.command("forget", word="ana-me"))
    await stage.ana.press(thing, label_of(thing, "forget_word"))

    assert "the pictures that you made with it. Pictures that others made with it stay theirs" in thing.body
    assert "the pictures made with it, also those that others made" in person.body
    left = [await stage.run(lambda rooms, who=who: rooms.images.of_owner(stage.id_of(who))) for who in ("ana", "ben")]
    assert [len(images) for images in left] == [0, 2]


async def test_pictures_made_from_a_forgotten_words_pictures_go_too(stage: Stage) -> None:
    await stage.taught("ana-dog")
    grid = await stage.grid(count=1)
    form = await stage.ana.press(grid, "Edit prompt")
    await stage.ana.submit(form, {"prompt": "without any word"})
    await stage.draw(await stage.job())
    question = shown(await stage.ana.command("forget", word="ana-dog"))

    await stage.ana.press(question, label_of(question, "forget_word"))

    assert await stage.run(lambda rooms: rooms.images.of_owner(stage.id_of(stage.ana))) == []


async def test_deletions_of_others_are_refused(stage: Stage) -> None:
    await everything(stage)
    all_of_ana = custom_id_of(shown(await stage.ana.command("forget")), "forget_all")
    word_of_ana = custom_id_of(shown(await stage.ana.command("forget", word="ana-dog")), "forget_word")

    told = [await stage.forge(stage.ben, one) for one in (all_of_ana, word_of_ana)]
    unknown = shown(await stage.ben.command("forget", word="ana-dog"))

    assert "That button is for another member's data" in told[0]
    assert "There is no such thing of yours" in told[1]
    assert "There is no word <ana-dog>" in unknown.body
    assert await stage.concept("ana-dog") is not None


async def test_who_was_forgotten_can_begin_anew(stage: Stage) -> None:
    await everything(stage)
    question = shown(await stage.ana.command("forget"))
    await stage.ana.press(question, "Delete everything for good")

    await stage.taught("ana-dog")

    assert len(await stage.jobs()) == 1


async def test_privacy_names_the_rights_that_were_really_granted(stage: Stage) -> None:
    card = shown(await stage.ana.command("privacy"))

    assert "Granted intents: guilds." in card.body
    assert "Send Messages" in card.body
    assert "never does" in card.body
