"""A UNet in eight bits: half the memory, nearly the same pictures, and words are learned and shown on it as ever."""

from __future__ import annotations

import copy
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from storage.beside import AUTO, INT8, OFF, Beside
from tests.trainers.bases import TEXT_WIDTH, TINY, Fingerprints, base_for, tiny_pipeline
from tests.trainers.layouts import sample
from trainers.advertise import advertised
from trainers.bench.peak import denoiser_of
from trainers.families import families
from trainers.imagine import Drawing, finished, imagine
from trainers.memory import LARGEST, Memory, fit_of, kept_sizes, sizes_in, sizes_of
from trainers.method import Lesson, Method, methods, settings_for
from trainers.pipeline import Base, load_base, with_words
from trainers.quantised import BLOCKS, LEVELS, Layer, Packed, in_eight_bits, outline_of, pack_blocks, packed, plain
from trainers.weights import read_adapter, read_metadata, write_adapter

LAYERS = [
    (nn.Linear(16, 24), (2, 5, 16)),
    (nn.Linear(16, 24, bias=False), (2, 16)),
    (nn.Conv2d(8, 12, 3, stride=2, padding=1), (2, 8, 9, 9)),
    (nn.Conv2d(8, 12, 1), (2, 8, 4, 4)),
]
LATENTS, TEXT = [torch.ones(8, 1, 16, 16)], [torch.ones(5, TEXT_WIDTH)]
each_layer = pytest.mark.parametrize(("layer", "shape"), LAYERS, ids=lambda value: type(value).__name__)


@pytest.fixture
def int8() -> Base:
    return base_for("int8")


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_no_number_is_further_off_than_half_a_step_of_its_row(dtype: torch.dtype) -> None:
    weight = torch.randn(12, 8, 3, 3, generator=torch.Generator().manual_seed(1)).to(dtype)
    numbers, scale = packed(weight)
    largest = weight.float().abs().amax((1, 2, 3), keepdim=True)

    assert numbers.dtype == torch.int8
    assert scale.shape == (12, 1, 1, 1)
    assert numbers.abs().amax((1, 2, 3)).tolist() == [LEVELS] * 12
    off = (numbers * scale.float() - weight.float()).abs()
    assert bool((off <= largest / LEVELS * (0.51 if dtype == torch.float32 else 0.8)).all())


def test_a_row_of_nothing_stays_nothing() -> None:
    numbers, scale = packed(torch.zeros(2, 3))

    assert torch.equal(numbers * scale, torch.zeros(2, 3))


@each_layer
def test_a_packed_layer_says_and_leads_back_what_its_own_weight_would(layer: Layer, shape: tuple[int, ...]) -> None:
    own = in_eight_bits(layer)
    given = torch.randn(shape, requires_grad=True)
    said, meant = own(given), plain(own)(given)
    ours, theirs = (torch.autograd.grad(made.square().sum(), given)[0] for made in (said, meant))

    assert isinstance(own, type(layer))
    assert torch.equal(said, meant)
    assert torch.allclose(ours, theirs, atol=1e-6)
    assert torch.equal(copy.deepcopy(own).weight, own.weight)


@each_layer
def test_nothing_but_bits_is_kept_for_the_way_back(layer: Layer, shape: tuple[int, ...]) -> None:
    kept: list[Tensor] = []
    with torch.autograd.graph.saved_tensors_hooks(lambda value: kept.append(value) or value, lambda value: value):
        in_eight_bits(layer)(torch.randn(shape, requires_grad=True))

    assert kept == []


@each_layer
def test_under_autocast_it_computes_in_bfloat16_and_the_gradient_fits_what_was_given(
    layer: Layer, shape: tuple[int, ...]
) -> None:
    own = in_eight_bits(copy.deepcopy(layer).to(torch.bfloat16))
    given = torch.randn(shape, requires_grad=True)
    with torch.autocast("cpu", torch.bfloat16):
        said = own(given)
    said.float().sum().backward()

    assert said.dtype == torch.bfloat16
    assert given.grad is not None
    assert given.grad.dtype == torch.float32


def test_another_layer_is_its_own_plain_one() -> None:
    layer = nn.Linear(2, 2)

    assert plain(layer) is layer


def test_a_layer_that_is_made_by_a_packed_ones_class_is_trained_as_any_other() -> None:
    made = type(in_eight_bits(nn.Conv2d(8, 12, 3)))(8, 4, 3, bias=False)
    made(torch.randn(1, 8, 5, 5)).sum().backward()

    assert plain(made) is made
    assert made.get_parameter("weight").grad is not None


def test_nearly_all_numbers_of_a_real_unet_are_packed_and_the_largest_layer_is_counted() -> None:
    unet = denoiser_of("sd1", with_lora=False, in_int8=True)
    numbers = [layer.numbers.numel() for layer in unet.modules() if isinstance(layer, Packed)]
    rest = [value for name, value in unet.named_parameters()]

    assert sum(numbers) > 0.996 * (sum(numbers) + sum(value.numel() for value in rest))
    assert LARGEST / 2 < max(numbers) <= LARGEST
    assert all(name.startswith(BLOCKS) for name, layer in unet.named_modules() if isinstance(layer, Packed))


@torch.no_grad()
def test_a_transformer_is_packed_as_well() -> None:
    whole, small = TINY["z_image"]().transformer, TINY["z_image"]().transformer
    pack_blocks(small)
    kept = [layer for layer in small.modules() if isinstance(layer, nn.Linear) and not isinstance(layer, Packed)]

    assert sum(isinstance(layer, Packed) for layer in small.modules()) > 2 * len(kept) > 0
    before, after = (part(LATENTS, torch.tensor([0.5]), TEXT).sample[0] for part in (whole, small))
    assert 0 < float((before - after).abs().mean()) < 0.1 * float(before.abs().mean())


# --- a base ----------------------------------------------------------------------------------------------------------


def pictures(base: Base, prompt: str, *files: Path) -> Tensor:
    words = [(read_adapter(file, base), 1.0) for file in files]
    (picture,) = finished(imagine(base, Drawing(prompt=prompt, seeds=(3,), adapters=words, steps=3)))
    return torch.frombuffer(bytearray(picture.tobytes()), dtype=torch.uint8).float()


def test_pictures_are_nearly_those_of_the_whole_base(base: Base, int8: Base) -> None:
    whole, small = pictures(base, "a cat"), pictures(int8, "a cat")

    assert 0 < float((whole - small).abs().mean()) < 2
    assert float((whole - small).abs().mean()) < 0.1 * float((whole - whole.mean()).abs().mean())


def test_its_memory_is_counted_with_what_the_bits_spare(base: Base, int8: Base) -> None:
    whole, small = sizes_in(base), sizes_in(int8)

    assert small.unet + small.spared == pytest.approx(whole.unet, rel=0.05)  # tiny rows have a scale each, too
    assert small.unet < whole.unet / 3
    assert small.largest == 4 * max(layer.numbers.numel() for layer in int8.unet.modules() if isinstance(layer, Packed))
    told = advertised(int8)
    assert told["base_model"]["quantised"] == INT8
    assert [one["what"] for one in told["fits"]["train"]["savings"]] == ["quantised"]


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[Packed]:
    """The layers whose weights are made meanwhile."""
    made, real = list[Packed](), Packed.__getattr__

    def counted(layer: Packed, name: str) -> object:
        if name == "weight" and layer.is_packed:
            made.append(layer)
        return real(layer, name)

    monkeypatch.setattr(Packed, "__getattr__", counted)
    return made


@each_layer
def test_a_layers_outline_is_its_weights_and_takes_no_memory(layer: Layer, shape: tuple[int, ...]) -> None:
    own = in_eight_bits(layer)
    outline, weight = outline_of(own), own.weight

    assert (outline.shape, outline.dtype, outline.device) == (weight.shape, weight.dtype, weight.device)
    assert outline.untyped_storage().nbytes() == own.scale.nbytes
    assert outline_of(layer) is layer.weight


def test_what_an_engine_says_of_it_is_said_without_making_a_weight(base: Base, int8: Base, made: list[Packed]) -> None:
    told = advertised(int8)
    sizes = {
        name: [method.file_bytes(of, settings_for(method, of)) for of in (base, int8)]
        for name, method in methods().items()
    }

    assert told["methods"]
    assert all(whole == small > 0 for whole, small in sizes.values())
    assert made == []


def test_a_words_file_is_read_and_put_in_without_making_a_weight(
    base: Base, int8: Base, made: list[Packed], a_lesson: Callable[..., Lesson], tmp_path: Path
) -> None:
    file = tmp_path / "zed.safetensors"
    write_adapter(file, int8, a_lesson(), "lora", sample(base.unet))
    found = read_adapter(file, int8)

    assert any(isinstance(int8.unet.get_submodule(name), Packed) for name in found.linear)
    assert len(with_words(int8, [(found, 1.0)])) == len(found.linear)
    assert made == []


def test_what_is_made_with_it_is_told_apart_but_words_are_the_same_bases(base: Base, int8: Base) -> None:
    assert int8.key == f"{base.key}, int8"
    assert (int8.id, int8.revision) == (base.id, base.revision)


@pytest.fixture(scope="module")
def without() -> Tensor:
    return pictures(base_for("int8"), "a zed cat")


@pytest.mark.parametrize(("name", "method"), sorted(methods().items()))
def test_every_method_learns_on_it_and_its_word_is_shown_by_it(
    name: str, method: Method, int8: Base, without: Tensor, a_lesson: Callable[..., Lesson], tmp_path: Path
) -> None:
    file, before = tmp_path / "zed.safetensors", Fingerprints.of(int8)
    wanted = {"min_steps": 2, "max_steps": 2, "points": 1, "learning_rate": 0.02}
    with closing(method.train(int8, a_lesson(), settings_for(method, int8, wanted))) as steps:
        for progress in steps:
            if progress.done == progress.total:
                progress.save_weights(file)

    assert read_metadata(file)["tintype.base_quantised"] == INT8
    assert not torch.equal(pictures(int8, "a <zed>", file), without)
    assert Fingerprints.of(int8) == before


# --- whether ---------------------------------------------------------------------------------------------------------

SDXL = families()["sdxl"]


@pytest.mark.parametrize(("gigabytes", "in_int8"), [(6, True), (8, True), (12, False), (24, False)])
def test_a_base_is_kept_in_eight_bits_only_where_a_word_cannot_be_learned_otherwise(
    gigabytes: int, in_int8: bool
) -> None:
    sizes = kept_sizes(SDXL, torch.bfloat16, "cuda", gigabytes * 1024)

    assert bool(sizes.spared) is in_int8


def test_an_operator_may_have_it_always_or_never() -> None:
    def spared(gigabytes: int, wanted: str) -> int:
        return kept_sizes(SDXL, torch.bfloat16, "cuda", gigabytes * 1024, wanted).spared

    assert spared(8, OFF) == 0 < spared(8, AUTO) == spared(24, INT8)


def test_what_eight_bits_spare_is_said_first() -> None:
    found = fit_of(SDXL, sizes_of(SDXL, torch.bfloat16, "cuda", in_int8=True), 7 * 1024)

    assert found.is_enough
    assert str(found.savings[0]) == "most of the base model is kept in eight bits (−2,449 MiB)"


@pytest.mark.parametrize(
    ("wanted", "total_mib", "quantised"), [(AUTO, 10**5, ""), (AUTO, 20, INT8), (OFF, 20, ""), (INT8, 10**5, INT8)]
)
def test_a_base_is_packed_as_it_is_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wanted: str, total_mib: int, quantised: str
) -> None:
    monkeypatch.setattr("trainers.keeping.memory_of", lambda device: Memory(total_mib, total_mib))
    monkeypatch.setattr("trainers.pipeline.family_of", lambda *about: families()["miniature"])
    tiny_pipeline("epsilon").save_pretrained(tmp_path)

    base = load_base(str(tmp_path), "cpu", beside=Beside(quantise=wanted))

    assert base.quantised == quantised
    assert any(isinstance(layer, Packed) for layer in base.unet.modules()) is bool(quantised)
    assert pictures(replace(base, output_check=None), "a cat").numel() == 64 * 64 * 3
