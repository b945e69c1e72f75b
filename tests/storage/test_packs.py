"""A pack holds all of a word and nothing of its owner; one that was changed on its way is refused."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest

from storage import packs
from storage.errors import WeightsRefused
from storage.labels import File, closed, opened
from storage.packs import PackCard
from storage.sharing import Licence

CARD = PackCard(
    name="ana-dog",
    kind="animal",
    class_word="dog",
    trigger="ana-dog",
    method="pivotal",
    base_model="/home/ana/models/base",
    base_revision="1",
    licence="cc-by",
    credits=["Ana"],
    settings={"steps": 300, "prompt": "a secret", "is_fast": True},
    scores={"pick": 0.8},
)


def weights() -> bytes:
    def entry(begin: int, end: int) -> dict[str, Any]:
        return {"dtype": "F32", "shape": [1, (end - begin) // 4], "data_offsets": [begin, end]}

    tensors = {"lora_unet_x.lora_down.weight": entry(0, 8), "bundle_emb.zed.string_to_param.*": entry(8, 16)}
    return closed(File(tensors, {"tintype.word": "zed", "modelspec.trigger_phrase": "zed"}, bytes(range(16))))


def unzipped(pack: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(pack)) as files:
        return {name: files.read(name) for name in files.namelist()}


def test_a_pack_holds_weights_embedding_samples_card_licence_and_checksums() -> None:
    files = unzipped(packs.packed(CARD, weights(), b"\x89PNG"))

    assert list(files) == [
        "ana-dog.safetensors",
        "ana-dog-emb.safetensors",
        "samples.png",
        "card.json",
        "LICENCE.txt",
        "SHA256SUMS",
    ]
    sums = files.pop("SHA256SUMS").decode()
    packs.checked_sums(sums, files, "zed")
    assert opened(files["ana-dog.safetensors"]).body == bytes(range(8))
    assert opened(files["ana-dog-emb.safetensors"]).body == bytes(range(8, 16))
    assert "credit to Ana" in files["LICENCE.txt"].decode()
    assert "creativecommons.org/licenses/by/4.0" in files["LICENCE.txt"].decode()


def test_the_card_tells_figures_and_no_text_of_members_and_no_folder() -> None:
    told = json.loads(unzipped(packs.packed(CARD, weights()))["card.json"])

    assert told["settings"] == {"steps": 300}
    assert told["base_model"] == {"id": "base", "revision": "1"}
    assert told["trigger"] == "ana-dog-emb"
    assert (told["licence"], told["credits"], told["made_by"]) == ("cc-by", ["Ana"], "Tintype")


def test_the_same_word_gives_the_same_pack() -> None:
    assert packs.packed(CARD, weights()) == packs.packed(CARD, weights())


def test_a_card_is_read_as_it_was_written() -> None:
    read = packs.card_of(unzipped(packs.packed(CARD, weights()))["card.json"].decode(), "x.zip")

    assert (read.name, read.kind, read.class_word, read.method) == ("ana-dog", "animal", "dog", "pivotal")
    assert (read.credits, read.scores) == (["Ana"], {"pick": 0.8})


@pytest.mark.parametrize(
    ("entry", "value"),
    [
        ("name", "../evil"),
        ("name", 7),
        ("kind", "robot"),
        ("class_word", "x" * 200),
        ("trigger", "two\nlines"),
        ("method", "Not One"),
        ("licence", "mine"),
        ("credits", ["x"] * 11),
        ("credits", "Ana"),
        ("base_model", "miniature"),
    ],
)
def test_a_card_with_a_wrong_entry_is_refused_by_its_name(entry: str, value: object) -> None:
    told = CARD.told([]) | {entry: value}
    with pytest.raises(WeightsRefused, match="E_PACK_CARD") as refused:
        packs.card_of(json.dumps(told), "x.zip")

    assert refused.value.facts["entry"] == entry


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"tintype_pack": 1}', "[" * 5000])
def test_what_is_no_card_is_refused(text: str) -> None:
    with pytest.raises(WeightsRefused, match="E_PACK_CARD"):
        packs.card_of(text, "x.zip")


def test_a_card_of_a_newer_tintype_is_called_that() -> None:
    with pytest.raises(WeightsRefused, match="E_PACK_NEWER"):
        packs.card_of(json.dumps(CARD.told([]) | {"tintype_pack": 2}), "x.zip")


@pytest.mark.parametrize("change", [{"card.json": b"{}"}, {"more.txt": b""}])
def test_a_file_that_is_not_what_its_checksum_says_is_named(change: dict[str, bytes]) -> None:
    files = unzipped(packs.packed(CARD, weights()))
    sums = files.pop("SHA256SUMS").decode()
    with pytest.raises(WeightsRefused, match="E_PACK_SUMS") as refused:
        packs.checked_sums(sums, files | change, "x.zip")

    assert refused.value.facts["part"] == next(iter(change))


def test_a_file_that_has_a_checksum_and_is_not_there_is_named() -> None:
    files = unzipped(packs.packed(CARD, weights()))
    sums = files.pop("SHA256SUMS").decode()
    del files["card.json"]
    with pytest.raises(WeightsRefused, match=r"card\.json"):
        packs.checked_sums(sums, files, "x.zip")


def test_a_pack_knows_the_licences_that_words_are_shared_under() -> None:
    assert tuple(packs.LICENCES) == tuple(Licence)
