"""A weights file handed out says what its word is called today; its numbers are the same bits, its hashes kohya's."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import load, save

from storage import labels
from storage.errors import WeightsRefused

Arrays = Mapping[str, npt.NDArray[np.floating]]
LAYER = "lora_unet_mid_block_attentions_0_proj_in"
RNG = np.random.default_rng(1)
LORA: Arrays = {
    f"{LAYER}.lora_down.weight": RNG.standard_normal((4, 400_000)).astype(np.float16),
    f"{LAYER}.lora_up.weight": RNG.standard_normal((16, 4)).astype(np.float16),
    f"{LAYER}.alpha": np.array(4, np.float16),
}
ROWS = RNG.standard_normal((3, 16)).astype(np.float32)
TOLD = {
    "ss_network_dim": "4",
    "ss_num_train_images": "5",
    "ss_output_name": "zed",
    "modelspec.title": "zed",
    "modelspec.architecture": "stable-diffusion-v1/lora",
    "modelspec.trigger_phrase": "zed cat",
    "tintype.word": "zed",
    "tintype.class_word": "cat",
    "tintype.base_model": "/home/ana/models/my-base",
}


def same(one: Arrays, other: Arrays) -> bool:
    return one.keys() == other.keys() and all(one[name].tobytes() == other[name].tobytes() for name in one)


def test_a_lora_bears_its_words_present_name_and_is_said_as_it_was_learned() -> None:
    (part,) = labels.exported(save(dict(LORA), TOLD), "rex")
    told = labels.opened(part.content).metadata

    assert (part.name, part.trigger, part.is_embedding) == ("rex.safetensors", "zed cat", False)
    assert {told[name] for name in ("tintype.word", "modelspec.title", "ss_output_name")} == {"rex"}
    assert told["modelspec.trigger_phrase"] == "zed cat"
    assert json.loads(told["ss_tag_frequency"]) == {"tintype": {"zed cat": 5}}
    assert told["tintype.class_word"] == "cat"
    assert same(load(part.content), LORA)


def test_an_embedding_is_called_by_the_name_of_its_file() -> None:
    (part,) = labels.exported(save({"emb_params": ROWS}, TOLD), "rex")
    told = labels.opened(part.content).metadata

    assert (part.name, part.trigger, part.is_embedding) == ("rex-emb.safetensors", "rex-emb", True)
    assert told["modelspec.trigger_phrase"] == "rex-emb"
    assert load(part.content)["emb_params"].tobytes() == ROWS.tobytes()


def test_a_word_with_layers_and_rows_becomes_a_lora_and_an_embedding() -> None:
    both = save({**LORA, "bundle_emb.zed.string_to_param.*": ROWS}, TOLD)
    lora, embedding = labels.exported(both, "rex")

    assert same(load(lora.content), LORA)
    assert same(load(embedding.content), {"emb_params": ROWS})
    assert lora.trigger == embedding.trigger == "rex-emb"
    assert (
        labels.opened(embedding.content).metadata["modelspec.architecture"] == "stable-diffusion-v1/textual-inversion"
    )
    assert "ss_network_dim" not in labels.opened(embedding.content).metadata


def test_what_belongs_into_the_negative_prompt_becomes_an_embedding_of_its_own() -> None:
    prompted, negative = labels.exported(save({"emb_params": ROWS, "negative.emb_params": ROWS + 1}, TOLD), "rex")
    told = labels.opened(negative.content).metadata

    assert [part.name for part in (prompted, negative)] == ["rex-emb.safetensors", "rex-neg.safetensors"]
    assert same(load(prompted.content), {"emb_params": ROWS})
    assert same(load(negative.content), {"emb_params": ROWS + 1})
    assert (told["modelspec.is_negative_embedding"], told["modelspec.trigger_phrase"]) == ("true", "rex-neg")
    assert "modelspec.is_negative_embedding" not in labels.opened(prompted.content).metadata


def test_the_rows_of_each_word_that_went_into_a_merged_file_are_an_embedding_of_its_name() -> None:
    other = ROWS + 1
    rows = {"bundle_emb.zed.string_to_param.*": ROWS, "bundle_emb.ivo.string_to_param.*": other}
    merged = save({**LORA, **rows}, TOLD | {labels.MERGED: "[]"})
    lora, ivo, zed = labels.exported(merged, "rex")

    assert [part.name for part in (lora, ivo, zed)] == ["rex.safetensors", "ivo-emb.safetensors", "zed-emb.safetensors"]
    assert lora.trigger == "ivo-emb zed-emb"
    assert same(load(lora.content), LORA)
    assert same(load(ivo.content), {"emb_params": other})
    assert same(load(zed.content), {"emb_params": ROWS})
    assert labels.MERGED not in labels.opened(zed.content).metadata


def test_no_name_in_a_file_becomes_a_path() -> None:
    rows = {f"bundle_emb.{name}.string_to_param.*": ROWS for name in ("/etc/x", "zed")}

    assert [part.name for part in labels.exported(save(rows, {}), "rex")] == [
        "rex-1-emb.safetensors",
        "zed-emb.safetensors",
    ]


def test_no_path_of_this_machine_leaves_it() -> None:
    (part,) = labels.exported(save(dict(LORA), TOLD), "rex")

    assert labels.opened(part.content).metadata["tintype.base_model"] == "my-base"
    assert b"/home/ana" not in part.content


@pytest.mark.parametrize(
    ("name", "shown"),
    [("miniature", "miniature"), ("ana/base", "ana/base"), ("./base", "base"), ("~/m/base/", "base"), ("", "")],
)
def test_a_base_model_is_named_without_its_folder(name: str, shown: str) -> None:
    assert labels.public_base(name) == shown


@pytest.mark.parametrize("word", ["zed", "a-much-longer-word"])
def test_the_hashes_are_those_that_other_programs_compute(word: str) -> None:
    (part,) = labels.exported(save(dict(LORA), TOLD), word)
    file = labels.opened(part.content)
    trained = {name: value for name, value in file.metadata.items() if name.startswith("ss_")}
    legacy = save(dict(LORA), trained)[0x100000:0x110000]

    assert len(legacy) == 0x10000
    assert file.metadata["sshs_model_hash"] == hashlib.sha256(file.body).hexdigest()
    assert file.metadata["sshs_legacy_hash"] == hashlib.sha256(legacy).hexdigest()[:8]


@given(st.dictionaries(st.text(max_size=9), st.text(max_size=30), min_size=1, max_size=5))
def test_a_file_is_as_long_as_the_library_writes_it_whatever_it_says(metadata: dict[str, str]) -> None:
    content = save({"emb_params": ROWS}, metadata)

    ours = labels.closed(labels.opened(content))

    assert len(ours) == len(content)
    assert labels.opened(ours) == labels.opened(content)


def test_a_file_made_elsewhere_keeps_what_it_says() -> None:
    (part,) = labels.exported(save({"emb_params": ROWS}, {"name": "theirs"}), "rex")
    told = labels.opened(part.content).metadata

    assert {name: value for name, value in told.items() if not name.startswith("sshs_")} == {"name": "theirs"}


@pytest.mark.parametrize(
    "content",
    [b"", b"weights", b"\x02\0\0\0\0\0\0\0[]", b"\xff" * 40, save({"emb_params": ROWS})[:-4], save({"a": ROWS}) + b"0"],
)
def test_what_is_no_whole_file_is_refused(content: bytes) -> None:
    with pytest.raises(WeightsRefused, match="E_WEIGHTS_BROKEN"):
        labels.exported(content, "rex")
