"""Weights made elsewhere: what is taken in, in which layout, and each refusal with its reason."""

from __future__ import annotations

import hashlib
import json
import pickle
import random
from typing import Any

import pytest

from storage import packs
from storage.errors import WeightsRefused
from storage.inspection_client import inspect_import
from storage.inspector.imports import taken
from storage.packs import PackCard
from storage.texts import sentence
from tests.storage.inspector.test_weights import file, lora
from tests.storage.inspector.uploads import zipped

PEFT = {"peft_type": "LORA", "r": 4, "lora_alpha": 8}
ATTENTION = "base_model.model.down_blocks.0.attentions.0.transformer_blocks.0.attn2.to_k"
PEFT_LAYERS = {
    f"{ATTENTION}.lora_A.weight": ("F32", [4, 768]),
    f"{ATTENTION}.lora_B.weight": ("F32", [320, 4]),
}
CARD = PackCard(
    name="ana-dog", kind="animal", class_word="dog", trigger="zed", method="lora", base_model="b", base_revision="1"
)


def found(data: bytes, name: str = "zed.safetensors", **asked: Any) -> list[tuple[dict[str, Any], bytes]]:
    return list(taken(data, name, asked.get("width"), asked.get("base", "")))


def refused(data: bytes, name: str = "zed.zip", **asked: Any) -> WeightsRefused:
    with pytest.raises(WeightsRefused) as refusal:
        found(data, name, **asked)
    assert refusal.value.facts["file"] in sentence(refusal.value.code, refusal.value.facts)
    return refusal.value


def packed(**changes: Any) -> dict[str, Any]:
    """A pack's files, so that a test can change one behind the checksums' back."""
    files = {"ana-dog.safetensors": file(lora()), "card.json": json.dumps(CARD.told([])).encode(), **changes}
    sums = "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in files.items())
    return {**files, "SHA256SUMS": sums.encode()}


def peft_folder(config: Any = PEFT, layers: dict[str, Any] | None = None) -> dict[str, Any]:
    told = json.dumps(config).encode() if isinstance(config, dict) else config
    return {"my/adapter_config.json": told, "my/adapter_model.safetensors": file(layers or PEFT_LAYERS)}


def test_a_file_by_itself_is_checked_and_not_sent_back() -> None:
    (head, content), (about, _) = found(file(lora(), metadata={"modelspec.title": "Zed", "ss_session_id": "7"}))

    assert (head["role"], head["kind"], head["width"], content) == ("weights", "lora", 768, b"")
    assert head["said"] == {"modelspec.title": "Zed"}
    assert about == {"layout": "file"}


def test_notes_that_are_long_or_of_several_lines_are_not_passed_on() -> None:
    (head, _), _ = found(file(lora(), metadata={"modelspec.title": "a\nb", "tintype.word": "x" * 121}))

    assert head["said"] == {}


@pytest.mark.parametrize(
    ("down", "up"),
    [
        ("unet.x.attn2.to_k.lora_A.weight", "unet.x.attn2.to_k.lora_B.weight"),
        ("unet.x.attn2.to_k.lora.down.weight", "unet.x.attn2.to_k.lora.up.weight"),
        ("unet.x.attn2.processor.to_k_lora.down.weight", "unet.x.attn2.processor.to_k_lora.up.weight"),
    ],
)
def test_all_that_diffusers_has_written_over_the_years_is_a_lora(down: str, up: str) -> None:
    (head, _), _ = found(file({down: ("F32", [4, 1024]), up: ("F32", [320, 4])}))

    assert (head["kind"], head["family"], head["rank"]) == ("lora", "SD 2", 4)


def test_a_pack_of_ours_is_read_with_its_card() -> None:
    (head, content), (about, _) = found(zipped(packed()), "ana-dog.tintype.zip")

    assert (head["role"], head["name"]) == ("weights", "ana-dog.safetensors")
    assert content == file(lora())
    assert about["layout"] == "pack"
    assert about["card"]["class_word"] == "dog"


def test_what_we_pack_is_what_we_read() -> None:
    body = file(lora(), metadata={"modelspec.trigger_phrase": "zed dog"})

    heads = found(packs.packed(CARD, body, b"\x89PNG"), "x.zip")

    assert [head.get("role", head.get("layout")) for head, _ in heads] == ["weights", "pack"]
    assert heads[-1][0]["card"]["trigger"] == "zed dog"


def test_the_folder_that_peft_saves_is_read_with_its_scales() -> None:
    config = PEFT | {"use_rslora": True, "alpha_pattern": {"to_k": 16}, "rank_pattern": None}
    (head, _), (about, _) = found(zipped(peft_folder(config)), "zed.zip")

    assert head["rank"] == 4
    assert about["peft"] == {
        "r": 4, "lora_alpha": 8.0, "use_rslora": True, "rank_pattern": {}, "alpha_pattern": {"to_k": 16.0},
    }  # fmt: skip


def test_a_lora_in_a_zip_alone_is_a_file() -> None:
    assert found(zipped({"a/zed.safetensors": file(lora())}), "zed.zip")[-1][0] == {"layout": "file"}


@pytest.mark.parametrize("name", ["zed.pt", "zed.CKPT", "pytorch_lora_weights.bin", "zed.pkl", "zed.pth"])
def test_a_pickle_is_refused_by_its_name_with_the_way_to_convert_it(name: str) -> None:
    refusal = refused(file(lora()), name)

    assert refusal.code == "E_PICKLE"
    assert "https://huggingface.co/spaces/safetensors/convert" in sentence(refusal.code, refusal.facts)


@pytest.mark.parametrize(
    "data",
    [
        pickle.dumps({"a": 1}),
        zipped({"archive/data.pkl": b"\x80\x02.", "archive/data/0": b"1"}),
        zipped({"my/adapter_config.json": b"{}", "my/adapter_model.bin": b"\x80\x02."}),
    ],
)
def test_a_pickle_is_refused_by_what_it_is(data: bytes) -> None:
    assert refused(data, "zed.safetensors").code == "E_PICKLE"


ZIPS = {
    "a zip in a zip": ({"a.safetensors": file(lora()), "b.zip": zipped({"a": b"1"})}, "E_IMPORT_ZIP"),
    "two of a name": ({"a/zed.safetensors": file(lora()), "b/zed.safetensors": file(lora())}, "E_IMPORT_ZIP"),
    "two loras": ({"a.safetensors": file(lora()), "b.safetensors": file(lora())}, "E_IMPORT_NOTHING"),
    "photos": ({"a.png": b"\x89PNG"}, "E_IMPORT_NOTHING"),
    "a card alone": ({"card.json": json.dumps(CARD.told([])).encode()}, "E_PACK_SUMS"),
    "no checksums": ({name: body for name, body in packed().items() if name != "SHA256SUMS"}, "E_PACK_SUMS"),
    "changed": (packed() | {"ana-dog.safetensors": file(lora(rank=8))}, "E_PACK_SUMS"),
    "a card of nonsense": (packed(**{"card.json": b"\xff\xfe"}), "E_PACK_CARD"),
    "a card without end": (packed(**{"card.json": random.Random(1).randbytes(300_000)}), "E_PACK_CARD"),
    "weights cut in half": (packed(**{"ana-dog.safetensors": file(lora())[:900]}), "E_WEIGHTS_TRUNCATED"),
    "peft without scales": (peft_folder({"r": 4}), "E_IMPORT_PEFT"),
    "peft's dora": (peft_folder(PEFT | {"use_dora": True}), "E_IMPORT_PEFT"),
    "peft's loha": (peft_folder(PEFT | {"peft_type": "LOHA"}), "E_IMPORT_PEFT"),
    "peft of patterns": (peft_folder(PEFT | {"alpha_pattern": {"a": "b"}}), "E_IMPORT_PEFT"),
    "peft of nonsense": (peft_folder(b"{"), "E_IMPORT_PEFT"),
    "a bomb": ({"a.safetensors": bytes(30_000_000)}, "E_IMPORT_ZIP"),
}


@pytest.mark.parametrize("what", ZIPS)
def test_a_zip_that_cannot_be_taken_says_why(what: str) -> None:
    files, code = ZIPS[what]

    assert refused(zipped(files)).code == code


def test_a_zip_cut_in_half_is_refused() -> None:
    whole = zipped(packed())

    assert refused(whole[: len(whole) // 2]).code == "E_IMPORT_ZIP"


@pytest.mark.parametrize(
    "key",
    [
        "lora_unet_x.dora_scale",
        "model.diffusion_model.input_blocks.0.0.weight",
        "lora_unet_x.oft_blocks",
    ],
)
def test_a_part_that_we_cannot_take_over_is_named(key: str) -> None:
    refusal = refused(file({key: ("F16", [4, 4, 1]), f"{key}b": ("F16", [4, 4, 1]), f"{key}c": ("F16", [1])}))

    assert (refusal.code, refusal.facts["part"]) == ("E_IMPORT_KEY", key)


@pytest.mark.parametrize(
    ("tensors", "made_for"),
    [
        (lora(2048), "SDXL"),
        (lora(1024), "SD 2"),
        ({"clip_l": ("F32", [2, 768]), "clip_g": ("F32", [2, 1280])}, "SDXL"),
        ({"lora_te2_a.lora_down.weight": ("F16", [4, 8]), "lora_te2_a.lora_up.weight": ("F16", [8, 4])}, "SDXL"),
    ],
)
def test_weights_for_another_base_are_named_politely(tensors: dict[str, Any], made_for: str) -> None:
    refusal = refused(file(tensors), "zed.safetensors", width=768, base="Stable Diffusion 1.x")

    assert refusal.code == "E_WEIGHTS_BASE"
    assert f"was made for {made_for}" in sentence(refusal.code, refusal.facts)


def test_a_real_inspector_takes_a_pack_and_refuses_a_pickle() -> None:
    taken_in = inspect_import(zipped(packed()), "ana-dog.tintype.zip")
    with pytest.raises(WeightsRefused, match="E_PICKLE"):
        inspect_import(pickle.dumps({}), "zed.pt")

    assert [(one.role, one.content) for one in taken_in.files] == [("weights", file(lora()))]
    assert (taken_in.layout, dict(taken_in.card or {})["name"]) == ("pack", "ana-dog")


def test_a_real_inspector_sends_the_bytes_of_one_file_no_second_time() -> None:
    taken_in = inspect_import(file(lora()), "zed.safetensors", 768, "Stable Diffusion 1.x")

    assert [one.content for one in taken_in.files] == [file(lora())]
    assert taken_in.files[0].facts["family"] == "SD 1.5"
