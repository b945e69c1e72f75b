"""The file of merged words: whose rows it holds, what it says of itself, and where it can go."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from storage.errors import TintypeError, WeightsRefused
from storage.inspection_client import inspect_import
from storage.labels import exported
from storage.packs import PackCard, packed
from tests.trainers.bases import TEXT_WIDTH, Fingerprints, base_for
from tests.trainers.mergers import some, total, two, whole, word, written
from trainers.adapter import Adapter
from trainers.merging import Merged, Parent, Way, merged
from trainers.pipeline import Base
from trainers.taking import Order, taken
from trainers.weights import read_adapter, read_metadata

# --- rows ------------------------------------------------------------------------------------------------------------


def test_each_words_rows_lie_under_its_own_name(base: Base, tmp_path: Path) -> None:
    parents = [replace(parent, weight=1.0) for parent in two(base, vectors=2)]
    file = written(base, tmp_path, parents)
    tensors = load_file(file)

    for parent in parents:
        key = f"bundle_emb.{parent.adapter.word}.string_to_param.*"
        assert torch.equal(tensors[key], parent.adapter.rows[0])
    assert torch.equal(
        read_adapter(file, base).rows[0], torch.cat([parents[1].adapter.rows[0], parents[0].adapter.rows[0]])
    )
    assert read_metadata(file)["modelspec.trigger_phrase"] == "ivo zed"


def test_handed_out_each_word_is_an_embedding_of_its_own(any_base: Base, tmp_path: Path) -> None:
    file = written(any_base, tmp_path, two(any_base, vectors=2))

    parts = exported(file.read_bytes(), "duo")

    assert [part.name for part in parts] == ["duo.safetensors", "ivo-emb.safetensors", "zed-emb.safetensors"]
    assert parts[0].trigger == "ivo-emb zed-emb"
    for part in parts[1:]:
        (tmp_path / part.name).write_bytes(part.content)
        assert len(read_adapter(tmp_path / part.name, any_base).rows) == len(any_base.encoders)


def test_versions_of_one_word_are_added_up(base: Base, tmp_path: Path) -> None:
    first, second = (word(base, "zed", seed, vectors=2) for seed in (1, 7))
    file = written(base, tmp_path, [Parent(first, 0.5), Parent(second, 0.5)])
    rows = read_adapter(file, base).rows

    torch.testing.assert_close(rows[0], (first.rows[0] + second.rows[0]) / 2, rtol=0, atol=1e-6)


def test_versions_of_different_lengths_are_refused(base: Base) -> None:
    with pytest.raises(TintypeError, match="E_MERGE_VECTORS"):
        merged(base, "duo", [Parent(word(base, "zed", n, vectors=n), 1.0) for n in (1, 2)], Way())


def test_one_words_rows_alone_are_an_ordinary_embedding(base: Base, tmp_path: Path) -> None:
    rows = Adapter("zed", "cat", "textual_inversion", rows=(some(1, 2, TEXT_WIDTH),))

    assert list(load_file(written(base, tmp_path, [Parent(rows, 1.0)]))) == ["emb_params"]


# --- the file --------------------------------------------------------------------------------------------------------


def test_the_file_says_what_went_into_it_and_how(base: Base, tmp_path: Path) -> None:
    parents = two(base)
    file = written(base, tmp_path, parents, Way(how="dare", density=0.4, rank=5, seed=3))
    told = read_metadata(file)

    assert [(each["word"], each["weight"]) for each in json.loads(told["tintype.merged"])] == [
        ("zed", 0.8),
        ("ivo", 0.6),
    ]
    assert told["tintype.merged_how"] == "dare, density 0.4, rank 5, seed 3"
    assert (told["tintype.method"], told["tintype.kind"], told["tintype.class_word"]) == ("merge", "animal", "cat")
    assert (told["ss_network_module"], told["ss_network_dim"]) == ("networks.lora", "5")
    assert told["modelspec.trigger_phrase"] == "zed cat ivo cat"
    assert str(tmp_path) not in file.read_bytes().decode("latin-1")


def test_of_a_person_is_what_a_person_went_into(base: Base) -> None:
    (zed, ivo), adapter = two(base), Adapter("duo", "", "merge")

    def kind(*parents: Parent) -> str:
        return Merged(adapter=adapter, rows={}, parents=parents, way=Way()).kind

    assert kind(zed, replace(ivo, kind="person")) == "person"
    assert kind(replace(zed, kind="style"), ivo) == "animal"
    assert kind(replace(zed, kind="")) == "object"


def test_it_is_taken_over_as_any_other(any_base: Base, tmp_path: Path) -> None:
    file = written(any_base, tmp_path, two(any_base, vectors=2), is_half=True)

    found = taken(any_base, Order(word="duo", class_word="cat", files=[file], name=file.name)).adapter

    assert (found.method, found.fingerprint) == ("pivotal", read_adapter(file, any_base).fingerprint)


def test_a_pack_of_it_holds_it_whole_and_is_taken_over_too(base: Base, tmp_path: Path) -> None:
    file = written(base, tmp_path, two(base, vectors=2), is_half=True)
    card = PackCard(
        name="duo", kind="animal", class_word="cat", trigger="", method="merge", base_model="", base_revision=""
    )
    handed_in = inspect_import(packed(card, file.read_bytes()), "duo.tintype.zip")
    (unpacked,) = handed_in.files
    (tmp_path / "unpacked.safetensors").write_bytes(unpacked.content)

    found = taken(
        base, Order(word="duo", class_word="cat", files=[tmp_path / "unpacked.safetensors"], name="duo")
    ).adapter

    assert found.fingerprint == read_adapter(file, base).fingerprint


def test_half_precision_is_half_the_size_and_off_by_a_thousandth(base: Base, tmp_path: Path) -> None:
    parents = two(base)
    exact = written(base, tmp_path, parents).stat().st_size
    half = written(base, tmp_path, parents, is_half=True)

    assert half.stat().st_size < 0.7 * exact  # the header stays
    for name, difference in read_adapter(half, base).linear.items():
        theirs = total(base, name, parents)
        torch.testing.assert_close(whole(base, name, difference), theirs, rtol=0, atol=float(theirs.abs().max()) / 1000)


def test_numbers_that_are_none_are_never_written(base: Base, tmp_path: Path) -> None:
    broken = Adapter("zed", "cat", "x", rows=(torch.full((1, TEXT_WIDTH), float("nan")),))
    with pytest.raises(WeightsRefused, match="E_WEIGHTS_NAN"):
        written(base, tmp_path, [Parent(broken, 1.0)])

    assert list(tmp_path.iterdir()) == []


def test_more_text_than_files_may_ask_for_is_refused(base: Base) -> None:
    words = [replace(word(base, "zed", at), said=str(at) * 70) for at in (1, 2)]
    with pytest.raises(TintypeError, match="E_MERGE_TEXT"):
        merged(base, "duo", [Parent(each, 1.0) for each in words], Way())


def test_merging_leaves_the_base_as_it_was() -> None:
    base = base_for("sdxl")
    before = Fingerprints.of(base)
    merged(base, "duo", two(base, vectors=2), Way(how="ties"))

    assert Fingerprints.of(base) == before
