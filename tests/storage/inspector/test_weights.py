"""Weights files: refused by their header before any library sees them, each for its own reason."""

from __future__ import annotations

import json
import pickle
import struct
import time
from collections.abc import Sequence
from typing import Any

import pytest

from storage.errors import WeightsRefused
from storage.inspector.weights import HEADER_BYTES, check
from storage.texts import sentence
from tests.storage.inspector.uploads import asked, zipped

ATTENTION = "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k"


def file(tensors: dict[str, tuple[str, list[int]]], body: bytes | None = None, metadata: Any = None) -> bytes:
    """A safetensors file of zeros with its tensors one behind the other."""
    sizes = {"F16": 2, "BF16": 2, "F32": 4, "F64": 8}
    header: dict[str, Any] = {} if metadata is None else {"__metadata__": metadata}
    at = 0
    for key, (kind, shape) in tensors.items():
        count = 1
        for side in shape:
            count *= side
        header[key] = {"dtype": kind, "shape": shape, "data_offsets": [at, at := at + count * sizes[kind]]}
    return packed(header, bytes(at) if body is None else body)


def packed(header: Any, body: bytes = b"") -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + body


def lora(width: int = 768, rank: int = 4, kind: str = "F16") -> dict[str, tuple[str, list[int]]]:
    return {
        f"{ATTENTION}.lora_down.weight": (kind, [rank, width]),
        f"{ATTENTION}.lora_up.weight": (kind, [320, rank]),
        f"{ATTENTION}.alpha": (kind, [1]),
    }


def entry(shape: list[Any], offsets: list[Any], kind: Any = "F16") -> dict[str, Any]:
    return {"dtype": kind, "shape": shape, "data_offsets": offsets}


def refused(data: bytes, **asked_for: Any) -> str:
    with pytest.raises(WeightsRefused) as refusal:
        check(data, "zed.safetensors", **asked_for)
    assert "zed.safetensors" in sentence(refusal.value.code, refusal.value.facts)
    return refusal.value.code


@pytest.mark.parametrize(("width", "family"), [(768, "SD 1.5"), (1024, "SD 2"), (2048, "SDXL"), (64, None)])
def test_a_lora_tells_its_family_and_rank(width: int, family: str | None) -> None:
    found = check(file(lora(width)), "zed.safetensors")

    assert (found["kind"], found["family"], found["width"], found["rank"]) == ("lora", family, width, 4)


@pytest.mark.parametrize(
    ("keys", "kind"),
    [
        (("emb_params", "negative.emb_params"), "embedding"),
        (("clip_l", "clip_g", "negative.clip_l", "negative.clip_g"), "embedding"),
        (("clip_l", "clip_g", "negative.clip_l"), "other"),
        (("negative.emb_params",), "other"),
    ],
)
def test_rows_for_the_negative_prompt_lie_beside_those_for_the_prompt(keys: Sequence[str], kind: str) -> None:
    assert check(file({key: ("F32", [3, 768]) for key in keys}), "zed")["kind"] == kind


def test_an_embedding_tells_its_width() -> None:
    found = check(file({"emb_params": ("F32", [4, 768])}), "zed.safetensors", 768)

    assert (found["kind"], found["family"]) == ("embedding", "SD 1.5")


def test_a_lora_of_diffusers_own_keys_is_known_too() -> None:
    key = "unet.down_blocks.0.attentions.0.transformer_blocks.0.attn2.to_k"

    found = check(file({f"{key}.lora_A.weight": ("F16", [8, 1024]), f"{key}.lora_B.weight": ("F16", [320, 8])}), "zed")

    assert (found["kind"], found["width"], found["rank"]) == ("lora", 1024, 8)


def test_the_file_that_safetensors_itself_writes_is_taken() -> None:
    save = pytest.importorskip("safetensors.numpy").save
    numpy = pytest.importorskip("numpy")

    data = save({key: numpy.ones(shape, "float16") for key, (_, shape) in lora().items()}, {"ss_tag": "zed"})

    assert check(data, "zed.safetensors")["tensors"] == 3


@pytest.mark.parametrize("data", [pickle.dumps({"a": 1}), zipped({"archive/data.pkl": b"\x80\x02."}), b"PK\x03\x04"])
def test_a_pickle_is_refused_with_advice(data: bytes) -> None:
    assert refused(data) == "E_PICKLE"
    assert "safetensors" in sentence("E_PICKLE", {"file": "zed.pt"})


def test_a_file_cut_in_half_is_called_that() -> None:
    whole = file(lora())

    assert {refused(whole[: len(whole) // 2]), refused(whole[:-1])} == {"E_WEIGHTS_TRUNCATED"}
    assert refused(whole[:60]) == "E_WEIGHTS_TRUNCATED"
    assert refused(whole[:8]) == "E_WEIGHTS_HEADER"
    assert refused(b"") == "E_WEIGHTS_HEADER"


def test_a_real_inspector_says_so_too() -> None:
    whole = file(lora())

    frames, _ = asked({"do": "weights", "name": "zed.safetensors"}, whole[: len(whole) // 2])

    assert (frames[0].head["ok"], frames[0].head["code"]) == (False, "E_WEIGHTS_TRUNCATED")


@pytest.mark.parametrize("length", [2**63, 2**64 - 1, 99_000_000, HEADER_BYTES + 1, 0, 1])
def test_an_impossible_length_is_refused_at_once(length: int) -> None:
    began = time.process_time()

    assert refused(struct.pack("<Q", length) + b"{}") == "E_WEIGHTS_HEADER"
    assert time.process_time() - began < 0.01


def test_nine_hundred_thousand_tensors_are_refused_at_once() -> None:
    header = (
        b"{" + b",".join(b'"%d":{"dtype":"F16","shape":[0],"data_offsets":[0,0]}' % n for n in range(900_000)) + b"}"
    )
    began = time.process_time()

    assert refused(packed(header)) == "E_WEIGHTS_HEADER"
    assert time.process_time() - began < 0.1


def test_too_many_tensors_in_a_header_of_legal_size_are_refused() -> None:
    assert refused(packed({str(n): 0 for n in range(5001)})) == "E_WEIGHTS_MANY"


BAD_HEADERS = {
    "no json": b"{nonsense",
    "a list": b"[1, 2]",
    "deep": b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
    "twice": b"{%s,%s}" % ((b'"a":{"dtype":"F16","shape":[1],"data_offsets":[0,2]}',) * 2),
    "empty": {},
    "metadata alone": {"__metadata__": {"a": "b"}},
    "metadata of numbers": {"__metadata__": {"a": 1}, "a": entry([1], [0, 2])},
    "metadata of lists": {"__metadata__": [], "a": entry([1], [0, 2])},
    "number": {"a": 1},
    "a field more": {"a": entry([1], [0, 2]) | {"more": 1}},
    "a field less": {"a": {"dtype": "F16", "shape": [1]}},
    "unknown kind": {"a": entry([1], [0, 2], "F13")},
    "kind of list": {"a": entry([1], [0, 2], ["F16"])},
    "negative": {"a": entry([-1], [0, 2])},
    "negative offset": {"a": entry([1], [-2, 0])},
    "fraction": {"a": entry([1.0], [0, 2])},
    "truth": {"a": entry([True], [0, 2])},
}


@pytest.mark.parametrize("header", BAD_HEADERS.values(), ids=BAD_HEADERS)
def test_a_header_that_is_none_is_refused(header: Any) -> None:
    assert refused(packed(header, bytes(2))) == "E_WEIGHTS_HEADER"


BAD_SHAPES = {
    "none and 2 ^ 40": [entry([0, 2**40], [0, 0])],
    "too long": [entry([65_537], [0, 131_074])],
    "six dimensions": [entry([1] * 6, [0, 2])],
    "product": [entry([3], [0, 4])],
    "backwards": [entry([1], [2, 0])],
    "three offsets": [entry([1], [0, 2, 4])],
    "overlap": [entry([2], [0, 4]), entry([2], [2, 6])],
    "hole": [entry([1], [0, 2]), entry([1], [4, 6])],
    "late": [entry([2], [2, 6])],
    "trailing": [entry([2], [0, 4])],
}


@pytest.mark.parametrize("entries", BAD_SHAPES.values(), ids=BAD_SHAPES)
def test_tensors_that_do_not_fit_their_bytes_are_refused(entries: list[Any]) -> None:
    assert refused(packed(dict(zip("abc", entries, strict=False)), bytes(6))) == "E_WEIGHTS_SHAPE"


def test_large_metadata_is_refused_and_small_is_not() -> None:
    assert refused(file(lora(), metadata={"ss_tags": "x" * 65_536})) == "E_WEIGHTS_METADATA"
    assert check(file(lora(), metadata={"ss_tags": "x" * 60_000}), "zed")["kind"] == "lora"


@pytest.mark.parametrize("key", ["../../etc/passwd", "a\u202eb", "a b", "", "a" * 257, "..", "a\0", "a\n"])
def test_a_name_that_no_layer_has_is_refused(key: str) -> None:
    assert refused(file({key: ("F16", [1])})) == "E_WEIGHTS_NAMES"


def test_half_a_lora_is_refused() -> None:
    whole = lora()
    down, up = f"{ATTENTION}.lora_down.weight", f"{ATTENTION}.lora_up.weight"

    assert refused(file({down: whole[down]})) == "E_WEIGHTS_INCOMPLETE"
    assert refused(file({up: whole[up]})) == "E_WEIGHTS_INCOMPLETE"
    assert refused(file({down: whole[down], up: ("F16", [320, 5])})) == "E_WEIGHTS_INCOMPLETE"


def test_weights_for_another_base_name_both() -> None:
    with pytest.raises(WeightsRefused) as refusal:
        check(file(lora(2048)), "zed.safetensors", 768, "")

    assert refusal.value.code == "E_WEIGHTS_BASE"
    assert "SDXL (cross-attention 2048)" in sentence("E_WEIGHTS_BASE", refusal.value.facts)
    assert "SD 1.5 (cross-attention 768)" in sentence("E_WEIGHTS_BASE", refusal.value.facts)


NUMBERS = {"F16": ("<e", 1.0), "F32": ("<f", 1.0), "F64": ("<d", 1.0)}


@pytest.mark.parametrize("kind", NUMBERS)
@pytest.mark.parametrize("wild", [float("nan"), float("inf"), float("-inf")])
def test_values_that_are_no_numbers_are_refused(kind: str, wild: float) -> None:
    form = NUMBERS[kind][0]
    good = b"".join(struct.pack(form, value) for value in (0.0, 1.0, -3.5, 1e-4))

    assert check(file({"emb_params": (kind, [4])}, good), "zed")["kind"] == "embedding"
    assert refused(file({"emb_params": (kind, [5])}, good + struct.pack(form, wild))) == "E_WEIGHTS_NAN"


def test_sixteen_bit_brain_floats_are_looked_through_too() -> None:
    one, infinite = struct.pack("<f", 1.0)[2:], struct.pack("<f", float("inf"))[2:]

    assert check(file({"emb_params": ("BF16", [2])}, one * 2), "zed")["tensors"] == 1
    assert refused(file({"emb_params": ("BF16", [2])}, one + infinite)) == "E_WEIGHTS_NAN"
