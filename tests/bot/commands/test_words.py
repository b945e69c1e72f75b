from __future__ import annotations

import io
import json
import math
import zipfile
from dataclasses import replace

import numpy as np
import pytest
from safetensors.numpy import save

from bot import exports
from storage import aesthetics, hypernetworks, labels
from storage.records import Scope
from storage.torch_files import Numbers
from tests.bot.commands import engine_play
from tests.bot.commands.stage import FACTS, PNG, Stage, opened, photo, shown

pytestmark = pytest.mark.asyncio


async def test_words_are_listed_to_their_owner_alone(stage: Stage) -> None:
    await stage.taught("ana-dog")
    await stage.ana.press(await stage.report(5, word="ana-cup", kind="object"), "Train")

    mine = shown(await stage.ana.command("words mine"))
    theirs = shown(await stage.ben.command("words mine"))

    assert "**<ana-dog>** · an animal · LoRA · 1 KB" in mine.body
    assert "**<ana-cup>** · a thing · is being learned" in mine.body
    assert mine.is_ephemeral
    assert "You have not taught a word yet" in theirs.body


async def test_a_words_card_shows_its_sheet_and_versions(stage: Stage) -> None:
    await stage.taught()

    card = shown(await stage.ana.command("words card", word="<ana-dog>"))

    assert "a kind of *dog* · private, only you can use it" in card.body
    assert "Version 1 · LoRA · 1 KB" in card.body
    assert [await one.read() for one in card.files] == [PNG + b"sheet"]
    assert [button.label for button in card.buttons] == ["Try it", "Train a new version", "Compare", "Delete"]


async def test_own_words_are_completed(stage: Stage) -> None:
    await stage.taught()

    assert await stage.ana.complete("words card", word="dog") == [("<ana-dog>", "ana-dog")]
    assert await stage.ben.complete("words card", word="") == []


async def test_a_word_is_renamed(stage: Stage) -> None:
    await stage.taught("ana-dog")
    await stage.taught("ana-cat")

    renamed = shown(await stage.ana.command("words rename", word="ana-dog", name="Rex"))
    taken = shown(await stage.ana.command("words rename", word="rex", name="ana-cat"))
    ugly = shown(await stage.ana.command("words rename", word="rex", name="@here *"))

    assert "<ana-dog> is now <rex>" in renamed.body
    assert "You already have a word <ana-cat>" in taken.body
    assert "cannot be a word" in ugly.body
    assert await stage.concept("rex") is not None


@pytest.mark.parametrize("command", ["card", "delete", "export"])
async def test_a_word_that_is_not_ones_own_is_not_there(stage: Stage, command: str) -> None:
    await stage.taught()

    foreign = shown(await stage.ben.command(f"words {command}", word="ana-dog"))
    misspelt = shown(await stage.ana.command(f"words {command}", word="ana-dgo"))

    assert "There is no word <ana-dog> that you can use here" in foreign.body
    assert "Did you mean <ana-dog>?" in misspelt.body


async def test_a_word_is_deleted_after_a_question_and_its_pictures_stay(stage: Stage) -> None:
    await stage.taught()
    result = await stage.post((await stage.job()).id)
    grid = await stage.grid()

    card = shown(await stage.ana.command("words card", word="ana-dog"))
    question = shown(await stage.ana.press(card, "Delete"))
    answer = shown(await stage.ana.press(question, "Delete <ana-dog> for good"))
    again = await stage.forge(stage.ana, next(b.custom_id for b in question.buttons if b.custom_id))

    assert "pictures made with it stay" in question.body
    assert answer.body == "<ana-dog> is deleted."
    assert answer.id == question.id
    assert "There is no such thing of yours" in again
    there = [message.id for message in await stage.ben.read()]
    assert result.id not in there
    assert grid.id in there
    assert len(await stage.run(lambda rooms: rooms.images.of_owner(stage.id_of(stage.ana)))) == 4


async def test_weights_are_exported_as_a_file_that_other_programs_load(stage: Stage) -> None:
    await stage.taught()

    card = shown(await stage.ana.command("words export", word="ana-dog"))

    assert card.is_ephemeral
    assert "write `ana-dog dog`" in card.body
    (file,) = card.files
    assert file.name == "ana-dog.safetensors"
    assert labels.opened(await file.read()).metadata["modelspec.trigger_phrase"] == "ana-dog dog"


async def test_weights_of_a_renamed_word_are_exported_with_the_name_they_were_learned_under(stage: Stage) -> None:
    await stage.taught()
    await stage.ana.command("words rename", word="ana-dog", name="rex")

    card = shown(await stage.ana.command("words export", word="rex"))

    assert "write `ana-dog dog`" in card.body
    (file,) = card.files
    assert file.name == "rex.safetensors"
    assert labels.opened(await file.read()).metadata["tintype.word"] == "rex"


async def test_an_embedding_is_exported_with_the_word_that_calls_it(stage: Stage) -> None:
    card = await stage.report(1, method="textual_inversion")
    await stage.ana.press(card, "Train")
    await stage.learn(await stage.job())

    exported = shown(await stage.ana.command("words export", word="ana-dog"))

    assert "folder of embeddings and write `ana-dog-emb`" in exported.body
    assert [file.name for file in exported.files] == ["ana-dog-emb.safetensors"]


async def test_a_word_of_layers_and_rows_is_exported_as_two_files(stage: Stage) -> None:
    await stage.ana.press(await stage.report(1, method="pivotal"), "Train")
    await stage.learn(await stage.job())

    exported = shown(await stage.ana.command("words export", word="ana-dog"))

    assert "as `ana-dog.safetensors` and `ana-dog-emb.safetensors`" in exported.body
    assert "write `ana-dog-emb`" in exported.body
    assert [file.name for file in exported.files] == ["ana-dog.safetensors", "ana-dog-emb.safetensors"]


def hypernetwork() -> bytes:
    layout = hypernetworks.Layout()
    numbers = {
        hypernetworks.key_of(1, side, part): Numbers("F16", shape, bytes(2 * math.prod(shape)))
        for side in hypernetworks.SIDES
        for part, shape in layout.shapes(1).items()
    }
    return hypernetworks.safetensors_of(numbers, {hypernetworks.NOTE: layout.told()})


def direction() -> bytes:
    return hypernetworks.safetensors_of({aesthetics.DIRECTION: Numbers("F32", (2,), bytes(8))}, {})


@pytest.mark.parametrize(
    ("weights", "file", "said"),
    [
        (hypernetwork(), "ana-dog.pt", "folder of hypernetworks, choose it there and write `ana-dog`"),
        (direction(), "ana-dog.safetensors", "the direction of a style"),
    ],
    ids=["hypernetwork", "aesthetic"],
)
async def test_what_is_no_lora_is_exported_with_where_it_works(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, weights: bytes, file: str, said: str
) -> None:
    monkeypatch.setattr(engine_play, "weights_of", lambda *_: weights)
    await stage.taught()

    exported = shown(await stage.ana.command("words export", word="ana-dog"))

    assert said in exported.body
    assert [sent.name for sent in exported.files] == [file]


async def test_a_word_is_exported_as_one_pack_that_names_nobody_but_who_is_credited(stage: Stage) -> None:
    await stage.taught()
    await stage.ana.command("words share", word="ana-dog", **{"with": "server", "licence": "cc-by"})

    card = shown(await stage.ana.command("words export", word="ana-dog", **{"as": "pack", "credit": "Ana of York"}))

    assert card.is_ephemeral
    assert "`ana-dog.tintype.zip`" in card.body
    assert "CC BY" in card.body
    (file,) = card.files
    pack = await file.read()
    with zipfile.ZipFile(io.BytesIO(pack)) as files:
        told = json.loads(files.read("card.json"))
        assert "credit to Ana of York" in files.read("LICENCE.txt").decode()
    assert (told["name"], told["kind"], told["licence"]) == ("ana-dog", "animal", "cc-by")
    assert told["settings"]["photos"] == 5
    for number in (stage.id_of(stage.ana), stage.guild, stage.channel()):
        assert str(number).encode() not in pack


async def test_a_pack_that_is_too_large_says_that_the_weights_alone_fit(stage: Stage) -> None:
    version = await stage.taught()
    next(iter(stage.box.guilds.values())).filesize_limit = version.bytes + 10

    answer = shown(await stage.ana.command("words export", word="ana-dog", **{"as": "pack"}))

    assert "without `as` gives the weights alone" in answer.body


def layers_of_rank_16() -> bytes:
    rng, layer = np.random.default_rng(5), "lora_unet_mid_block_attentions_0_proj_in"
    down, up = rng.standard_normal((16, 640)), rng.standard_normal((640, 16))
    parts = {f"{layer}.lora_down.weight": down, f"{layer}.lora_up.weight": up}
    return save({name: part.astype(np.float16) for name, part in parts.items()})


@pytest.mark.parametrize("form", ["files", "pack"])
async def test_weights_above_the_servers_limit_are_shortened_and_say_what_is_left(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    monkeypatch.setattr(engine_play, "weights_of", lambda *_: layers_of_rank_16())
    await stage.taught()
    limit = next(iter(stage.box.guilds.values())).filesize_limit = 30_000

    answer = shown(await stage.ana.command("words export", word="ana-dog", **{"as": form}))

    assert "The whole of it has" in answer.body
    (file,) = answer.files
    assert 20_000 < len(await file.read()) <= limit


async def test_what_is_too_large_to_be_read_at_once_is_refused_unread(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_play, "weights_of", lambda *_: layers_of_rank_16())
    monkeypatch.setattr(exports, "READ_BYTES", 35_000)
    await stage.taught()
    next(iter(stage.box.guilds.values())).filesize_limit = 30_000

    answer = shown(await stage.ana.command("words export", word="ana-dog"))

    assert "more than Discord takes here (30 KB)" in answer.body


async def test_a_pack_of_weights_that_fit_alone_is_not_shortened(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_play, "weights_of", lambda *_: layers_of_rank_16())
    version = await stage.taught()
    next(iter(stage.box.guilds.values())).filesize_limit = version.bytes + 10

    answer = shown(await stage.ana.command("words export", word="ana-dog", **{"as": "pack"}))

    assert "without `as` gives the weights alone" in answer.body


async def test_weights_above_the_servers_limit_are_refused_with_a_way_out(stage: Stage) -> None:
    await stage.taught()
    next(iter(stage.box.guilds.values())).filesize_limit = 10

    answer = shown(await stage.ana.command("words export", word="ana-dog"))

    assert "more than Discord takes here" in answer.body


async def test_a_word_that_is_not_learned_yet_cannot_be_exported(stage: Stage) -> None:
    await stage.ana.press(await stage.report(5), "Train")

    answer = shown(await stage.ana.command("words export", word="ana-dog"))

    assert "<ana-dog> is not learned yet" in answer.body


async def test_a_word_for_another_base_model_is_learned_anew_under_its_name(stage: Stage) -> None:
    old = await stage.taught()
    stage.facts = replace(FACTS, base_revision="2")
    refused = shown(await stage.ana.command("imagine", prompt="<ana-dog>"))
    card = shown(await stage.ana.command("words card", word="ana-dog"))

    form = opened(await stage.ana.press(card, "Train again"))
    values = {"word": form.fields[0][1]["value"], "kind": "animal"}
    files = [(f"{n}.png", photo(n)) for n in range(3)]
    report = shown(await stage.ana.submit(form, values, {"photos": files}))
    await stage.ana.press(report, "Train")
    new = await stage.learn(await stage.job())

    assert "was made for miniature, and this studio runs another base model" in refused.body
    assert "Version 1 was made for miniature" in card.body
    assert (new.concept, new.n) == (old.concept, 2)
    assert "queued" in shown(await stage.ana.command("imagine", prompt="<ana-dog>")).body


async def test_who_may_use_a_word_is_told_whose_it_is_and_who_may_not_is_told_nothing(stage: Stage) -> None:
    version = await stage.taught("ana-cup")
    await stage.bot.studio.names.settle()
    commands = [("words share", {"with": "This server"}), ("words delete", {}), ("words rename", {"name": "bens"})]
    before = [shown(await stage.ben.command(name, word="ana-cup", **more)).body for name, more in commands]
    await stage.run(lambda rooms: rooms.sharing.share(version.concept, Scope.GUILD, stage.guild))

    after = [shown(await stage.ben.command(name, word="ana-cup", **more)).body for name, more in commands]

    assert ["There is no word <ana-cup> that you can use here" in told for told in before] == [True] * 3
    whose = await stage.run(lambda rooms: rooms.names.of(stage.guild, stage.id_of("ana")))
    assert [f"<ana-cup> is a word of {whose}; only its owner can do that" in told for told in after] == [True] * 3
