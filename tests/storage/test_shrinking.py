"""A LoRA too large to send keeps the strongest directions of its layers: it fits, and nothing smaller is nearer."""

from __future__ import annotations

import functools
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import load, save

from storage import labels
from storage.errors import WeightsRefused
from storage.shrinking import shrunk, singular

Arrays = Mapping[str, npt.NDArray[np.floating]]
RNG = np.random.default_rng(3)
WIDE, NARROW, PICTURE = "lora_unet_wide", "lora_unet_narrow", "lora_unet_picture"
ROWS = RNG.standard_normal((3, 16)).astype(np.float32)
TOLD = {"ss_network_dim": "8", "ss_network_alpha": "4", "tintype.word": "zed"}


def pair(stem: str, outputs: int, inputs: tuple[int, ...], rank: int = 8, alpha: float = 4) -> dict[str, npt.NDArray]:
    """A layer whose directions are of very different strength, as of a word that was learned."""
    strengths = 2.0 ** -np.arange(rank)
    ones = (1,) * (len(inputs) - 1)
    return {
        f"{stem}.lora_down.weight": RNG.standard_normal((rank, *inputs)).astype(np.float16),
        f"{stem}.lora_up.weight": (RNG.standard_normal((outputs, rank)) * strengths)
        .astype(np.float16)
        .reshape(outputs, rank, *ones),
        f"{stem}.alpha": np.array(alpha, np.float16),
    }


LORA: Arrays = pair(WIDE, 320, (640,)) | pair(NARROW, 64, (96,)) | pair(PICTURE, 64, (32, 3, 3))


def difference(parts: Arrays, stem: str) -> npt.NDArray[np.floating]:
    down, up = (parts[f"{stem}.lora_{part}.weight"].astype(np.float64) for part in ("down", "up"))
    return float(parts[f"{stem}.alpha"]) / len(down) * up.reshape(len(up), -1) @ down.reshape(len(down), -1)


@pytest.mark.parametrize("share", [0.25, 0.5, 0.75, 0.9])
def test_it_fits_and_says_how_much_it_keeps(share: float) -> None:
    whole = save(dict(LORA), TOLD)

    found = shrunk(whole, int(share * len(whole)))

    assert found
    parts = load(found.content)
    assert len(found.content) <= share * len(whole)
    assert parts.keys() == LORA.keys()
    lost = sum(
        float(((difference(LORA, stem) - difference(parts, stem)) ** 2).sum()) for stem in (WIDE, NARROW, PICTURE)
    )
    had = sum(float((difference(LORA, stem) ** 2).sum()) for stem in (WIDE, NARROW, PICTURE))
    assert found.kept == pytest.approx(1 - lost / had, abs=2e-3)
    assert found.kept > (0.7 if share == 0.25 else 0.95)


def test_each_layer_is_as_near_as_its_rank_allows() -> None:
    whole = save(dict(LORA), TOLD)
    found = shrunk(whole, len(whole) // 2)
    assert found
    parts = load(found.content)

    for stem in (WIDE, NARROW, PICTURE):
        rank = len(parts[f"{stem}.lora_down.weight"])
        u, sizes, v = np.linalg.svd(difference(LORA, stem), full_matrices=False)
        best = u[:, :rank] * sizes[:rank] @ v[:rank]
        assert np.abs(difference(parts, stem) - best).max() < 2e-3 * sizes[0]


def test_all_layers_bear_one_alpha_and_the_file_says_that_ranks_differ() -> None:
    whole = save(dict(LORA), TOLD)
    found = shrunk(whole, len(whole) // 2)
    assert found
    parts, file = load(found.content), labels.opened(found.content)

    assert len({float(part) for name, part in parts.items() if name.endswith("alpha")}) == 1
    assert {len(part) for name, part in parts.items() if "down" in name} != {8}
    assert (file.metadata["ss_network_dim"], file.metadata["tintype.word"]) == ("Dynamic", "zed")
    assert labels.hashed(file).metadata == file.metadata


def test_what_is_no_pair_stays_to_the_bit() -> None:
    rest = {"bundle_emb.zed.string_to_param.*": ROWS, "lora_unet_norm.diff": ROWS[0]}
    whole = save(dict(LORA) | rest, TOLD)

    found = shrunk(whole, len(whole) // 2)

    assert found
    parts = load(found.content)
    assert all(
        parts[name].tobytes() == part.tobytes() and parts[name].dtype == part.dtype for name, part in rest.items()
    )


def test_a_file_of_float32_is_first_of_all_halved() -> None:
    whole = save({name: part.astype(np.float32) for name, part in LORA.items()}, TOLD)

    found = shrunk(whole, len(whole) * 6 // 10)

    assert found
    assert found.kept > 1 - 1e-6


def test_bfloat16_is_read() -> None:
    as_32 = {
        name: np.asarray(part.astype(np.float32).view(np.uint32) >> 16 << 16).view(np.float32)
        for name, part in LORA.items()
    }
    file = labels.opened(save(as_32, TOLD))
    names = list(file.tensors)
    pieces = [(as_32[name].view(np.uint32) >> 16).astype(np.uint16).tobytes() for name in names]
    ends = np.cumsum([len(piece) for piece in pieces]).tolist()
    tensors = {
        name: {"dtype": "BF16", "shape": file.tensors[name]["shape"], "data_offsets": [end - len(piece), end]}
        for name, piece, end in zip(names, pieces, ends, strict=True)
    }
    whole = labels.closed(labels.File(tensors, TOLD, b"".join(pieces)))

    found = shrunk(whole, len(whole) + 2048)

    assert found
    parts = load(found.content)
    for stem in (WIDE, NARROW, PICTURE):
        assert np.abs(difference(parts, stem) - difference(as_32, stem)).max() < 5e-3


def test_a_pair_by_pefts_names_is_one_with_an_alpha_and_without() -> None:
    names = {"lora_down": "lora_A", "lora_up": "lora_B"}
    pairs = {
        functools.reduce(lambda told, name: told.replace(name, names[name]), names, name): part
        for name, part in LORA.items()
        if name != f"{WIDE}.alpha"
    }
    whole = save(pairs, TOLD)

    found = shrunk(whole, len(whole) // 2)

    assert found
    parts = load(found.content)
    assert parts.keys() == pairs.keys()
    down, up = (parts[f"{WIDE}.lora_{half}.weight"].astype(np.float64) for half in "AB")
    expected = difference(LORA | {f"{WIDE}.alpha": np.array(8)}, WIDE)
    u, sizes, v = np.linalg.svd(expected, full_matrices=False)
    assert np.abs(up @ down - u[:, : len(down)] * sizes[: len(down)] @ v[: len(down)]).max() < 2e-3 * sizes[0]


@pytest.mark.parametrize(
    "parts",
    [
        pair(WIDE, 320, (640,)) | {f"{WIDE}.lora_up.weight": np.zeros((320, 7), np.float16)},
        pair(WIDE, 320, (640,)) | {f"{WIDE}.lora_up.weight": np.full((320, 8), np.nan, np.float16)},
        pair(WIDE, 320, (640,)) | {f"{WIDE}.lora_up.weight": np.zeros((320, 8), np.uint8)},
        pair(WIDE, 320, (640,)) | {f"{WIDE}.lora_down.weight": np.zeros((), np.float16)},
        {
            f"{WIDE}.lora_down.weight": np.zeros((0, 640), np.float16),
            f"{WIDE}.lora_up.weight": np.zeros((320, 0), np.float16),
        },
    ],
    ids=["ranks", "nan", "dtype", "no dimension", "no rank"],
)
def test_what_is_no_sound_file_is_refused(parts: Arrays) -> None:
    whole = save(dict(parts), TOLD)

    with pytest.raises(WeightsRefused, match="E_WEIGHTS_BROKEN"):
        shrunk(whole, len(whole) // 2)


def test_an_alpha_may_be_a_whole_number() -> None:
    whole = save(dict(LORA) | {f"{WIDE}.alpha": np.array(4, np.int64)}, TOLD)

    found = shrunk(whole, len(whole) // 2)

    assert found
    assert found.kept > 0.9


@pytest.mark.parametrize(
    "parts",
    [
        {"emb_params": ROWS},
        {f"{WIDE}.hada_w1_a": ROWS, f"{WIDE}.alpha": ROWS[0]},
        pair(WIDE, 320, (640,)) | {f"{WIDE}.dora_scale": ROWS},
        pair(WIDE, 320, (640,)) | {f"{WIDE}.lora_mid.weight": ROWS},
    ],
    ids=["rows", "loha", "dora", "tucker"],
)
def test_another_form_is_left_to_its_refusal(parts: Arrays) -> None:
    whole = save(dict(parts), TOLD)

    assert shrunk(whole, len(whole) // 2) is None


def test_where_not_one_direction_of_each_layer_fits_there_is_none() -> None:
    assert shrunk(save(dict(LORA), TOLD), 4000) is None


@given(st.integers(1, 6), st.integers(1, 6), st.integers(1, 6))
def test_singular_values_are_those_of_the_product(outputs: int, rank: int, inputs: int) -> None:
    up, down = (RNG.standard_normal(shape).astype(np.float32) for shape in ((outputs, rank), (rank, inputs)))

    left, sizes, right = singular(up, down)

    assert np.allclose(left * sizes @ right, up @ down, atol=1e-5)
    assert np.allclose(sizes, np.linalg.svd(up @ down, compute_uv=False)[: len(sizes)], atol=1e-5)
