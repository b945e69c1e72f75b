"""Each form of a difference: as peft computes it, as files hold it, and as a layer shows it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
import torch
from peft import LoHaConfig, LoKrConfig, LoraConfig, OFTConfig, PeftConfig
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from storage.errors import WeightsRefused
from tests.trainers.bases import applied
from trainers.adapter import Adapter
from trainers.deltas import Deltas
from trainers.differences import Difference, Hadamard, Kronecker, LowRank, Whole, read_difference, shortened
from trainers.layers import merged, new_layers, targets_of, trained
from trainers.method import Lesson, method_named, settings_for
from trainers.pipeline import Base
from trainers.weights import read_adapter, write_adapter

Lessons = Callable[..., Lesson]
LAYERS = {"linear": nn.Linear(12, 8), "one pixel": nn.Conv2d(12, 8, 1), "window": nn.Conv2d(12, 8, 3, 2, 1)}


def numbers(*shape: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(sum(shape))).half().float()


def samples(weight: Tensor) -> Sequence[Difference]:
    out, inputs = len(weight), weight[0].numel()
    down = numbers(4, *weight.shape[1:]) if weight[0, 0].numel() > 1 else numbers(4, inputs)
    second = numbers(4, 6, *weight.shape[2:])
    return [
        LowRank(down, numbers(out, 4), 0.5),
        Hadamard((numbers(out, 2), numbers(2, inputs)), (numbers(out, 3), numbers(3, inputs)), 2.0),
        Kronecker((numbers(2, 2),), (second,), 1.0),
        Kronecker((numbers(2, 2),), (numbers(4, 3), numbers(3, second[0].numel())), 0.5),
        Whole(numbers(*weight.shape)),
    ]


@pytest.mark.parametrize("layer", LAYERS.values(), ids=list(LAYERS))
def test_what_a_layer_shows_is_its_weight_with_the_difference(layer: nn.Linear | nn.Conv2d) -> None:
    hidden = numbers(2, 12, 6, 6) if isinstance(layer, nn.Conv2d) else numbers(2, 5, 12)
    for each in samples(layer.weight):
        assert each.fits(layer.weight)
        with torch.no_grad():
            plain = layer.weight.clone()
            layer.weight += 0.7 * each.of(plain)
            expected = layer(hidden)
            layer.weight.copy_(plain)
            torch.testing.assert_close(Deltas(layer, [(each, 0.7)])(hidden), expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("layer", LAYERS.values(), ids=list(LAYERS))
def test_a_file_gives_back_what_was_put_in(layer: nn.Linear | nn.Conv2d) -> None:
    for each in samples(layer.weight):
        read = read_difference(each.named(layer.weight))

        assert type(read) is type(each)
        torch.testing.assert_close(read.of(layer.weight), each.of(layer.weight))


def test_a_difference_of_another_layer_does_not_fit() -> None:
    for other in (torch.zeros(8, 13), torch.zeros(9, 12), torch.zeros(8, 12, 3, 3), torch.zeros(8)):
        assert not any(each.fits(other) for each in samples(LAYERS["linear"].weight))


def test_a_scale_that_other_programs_would_not_know_goes_into_the_numbers() -> None:
    """Of two whole matrices none knows one, and LyCORIS takes no such layer without an alpha (4.1)."""
    weight = torch.zeros(8, 12)
    both_whole = Kronecker((numbers(2, 2),), (numbers(4, 6),), 0.5)
    told = both_whole.named(weight)

    assert told["alpha"] == 1
    torch.testing.assert_close(torch.kron(told["lokr_w1"].float(), told["lokr_w2"].float()), both_whole.of(weight))
    torch.testing.assert_close(read_difference(told).of(weight), both_whole.of(weight))


def test_a_scale_that_other_programs_apply_once_or_twice_goes_into_the_numbers() -> None:
    """LyCORIS applies alpha / rank twice when it merges a LoHa (4.1), so it is 1 in our files."""
    weight = torch.zeros(8, 12)
    loha = Hadamard((numbers(8, 2), numbers(2, 12)), (numbers(8, 2), numbers(2, 12)), 0.25)
    told = loha.named(weight)
    first, second = (told[f"hada_w{n}_a"].float() @ told[f"hada_w{n}_b"].float() for n in (1, 2))

    assert told["alpha"] == len(told["hada_w1_b"]) == 2
    torch.testing.assert_close(first * second, loha.of(weight))


def test_a_whole_difference_of_low_rank_is_shortened_without_loss() -> None:
    for layer in LAYERS.values():
        low = samples(layer.weight)[0].of(layer.weight)
        short = shortened(low, 4)

        assert short.fits(layer.weight)
        torch.testing.assert_close(short.of(layer.weight), low, rtol=1e-4, atol=1e-4)
        assert (shortened(low, 2).of(layer.weight) - low).norm() > 0.1


CONFIGS: dict[str, Callable[[], PeftConfig]] = {
    "dora": lambda: LoraConfig(r=4, use_dora=True),
    "loha": lambda: LoHaConfig(r=2, alpha=4),
    "lokr": lambda: LoKrConfig(r=2, alpha=4, decompose_factor=2),
    "lora": lambda: LoraConfig(r=4, lora_alpha=8),
    "oft": lambda: OFTConfig(oft_block_size=4, use_cayley_neumann=False),
}


@pytest.mark.parametrize("name", CONFIGS)
def test_what_peft_merges_is_what_its_layers_do(base: Base, name: str) -> None:
    layers = new_layers(base, CONFIGS[name](), seed=1)
    with torch.no_grad():
        for value in trained(layers).values():
            value.add_(torch.randn(value.shape, generator=torch.Generator().manual_seed(2)) * 0.1)
    for module, layer in list(layers.items())[:3]:
        values = {part.rpartition(".")[2]: value for part, value in trained({"x": layer}).items()}
        plain = base.unet.get_submodule(module)
        size = (2, plain.weight.shape[1], *([4, 4] if isinstance(plain, nn.Conv2d) else []))
        hidden = numbers(*size)
        with torch.no_grad():
            expected = layer(hidden)
            ours = Deltas(plain, [(Whole(merged(layer, values)), 1.0)])(hidden)
        torch.testing.assert_close(ours, expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("name", ["loha", "lokr"])
def test_a_learned_word_in_lycoris_names_is_what_peft_has_learned(
    base: Base, a_lesson: Lessons, tmp_path: Path, name: str
) -> None:
    method, file = method_named(name), tmp_path / "zed.safetensors"
    short = {"min_steps": 3, "max_steps": 3, "points": 1, "rank": 2, "alpha": 4, "learning_rate": 0.05}
    for step in method.train(base, a_lesson(), settings_for(method, base, short)):
        if step.done == step.total:
            step.save_weights(file)
    parts = {key.partition(".")[2] for key in load_file(file)}
    adapter = read_adapter(file, base)

    assert parts <= {"alpha", "hada_w1_a", "hada_w1_b", "hada_w2_a", "hada_w2_b"} | {
        "lokr_w1", "lokr_w2", "lokr_w2_a", "lokr_w2_b",
    }  # fmt: skip
    assert adapter.linear.keys() == dict(targets_of(base.unet)).keys()
    assert all(each.of(base.unet.get_submodule(n).weight).abs().max() > 0 for n, each in adapter.linear.items())


def test_files_of_every_form_are_read_back_alike(base: Base, a_lesson: Lessons, tmp_path: Path) -> None:
    name, layer = targets_of(base.unet)[0]
    out, inputs = layer.weight.shape[:2]
    pixels = layer.weight.shape[2:]
    forms: Sequence[Difference] = [
        Hadamard((numbers(out, 2), numbers(2, inputs)), (numbers(out, 2), numbers(2, inputs)), 1.0),
        Kronecker((numbers(2, 2),), (numbers(out // 2, inputs // 2, *pixels),), 1.0),
        Whole(numbers(*layer.weight.shape)),
    ]
    for form in forms:
        word = Adapter("zed", "cat", form.algorithm, linear={name: form})
        write_adapter(tmp_path / "zed.safetensors", base, a_lesson(), form.algorithm, word)
        read = read_adapter(tmp_path / "zed.safetensors", base)

        assert read.fingerprint == word.fingerprint
        with torch.no_grad(), applied(base, [(read, 1.0)]):
            assert isinstance(base.unet.get_submodule(name), Deltas)


@pytest.mark.parametrize(
    "parts",
    [
        {"hada_w1_a": torch.zeros(4, 2)},
        {"lokr_w1": torch.zeros(4, 2)},
        {"lora_down.weight": torch.zeros(4, 2)},
        {"alpha": torch.zeros(())},
        {"lora_mid.weight": torch.zeros(4, 2)},
    ],
)
def test_a_form_with_a_part_missing_is_refused(base: Base, tmp_path: Path, parts: dict[str, Tensor]) -> None:
    key = "lora_unet_mid_block_attentions_0_proj_in"
    save_file({f"{key}.{part}": tensor for part, tensor in parts.items()}, tmp_path / "zed.safetensors")

    with pytest.raises(WeightsRefused, match="E_WEIGHTS_FOREIGN"):
        read_adapter(tmp_path / "zed.safetensors", base)
