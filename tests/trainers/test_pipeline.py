from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import pytest
import torch
from torch import Tensor

from storage.beside import Beside
from storage.errors import TintypeError
from tests.trainers.bases import TEXT_WIDTH, Fingerprints, applied, base_for, half_base, tiny_pipeline
from trainers.adapter import Adapter
from trainers.differences import LowRank
from trainers.layers import targets_of
from trainers.pipeline import Base, load_base
from trainers.precision import device_named, dtype_for, dtype_on, processor_has_bfloat16, remark_on

MAPPED = Path("/proc/self/maps")


def word(base: Base, seed: int, name: str = "zed") -> Adapter:
    generator = torch.Generator().manual_seed(seed)
    linear = {
        path: LowRank(
            torch.randn(2, layer.weight.shape[1], generator=generator),
            torch.randn(layer.weight.shape[0], 2, generator=generator) * 0.1,
            1.0,
        )
        for path, layer in targets_of(base.unet)
    }
    return Adapter(name, "cat", "lora", linear=linear)


@torch.no_grad()
def said(base: Base) -> Tensor:
    generator = torch.Generator().manual_seed(1)
    latents, text = torch.randn(1, 8, 16, 16, generator=generator), torch.randn(1, 5, TEXT_WIDTH, generator=generator)
    made: Tensor = base.unet(latents, torch.tensor(300), text).sample
    return made


def test_inside_pictures_change_and_after_it_the_base_is_what_it_was(base: Base) -> None:
    before, plain = Fingerprints.of(base), said(base)
    with applied(base, [(word(base, 1), 1.0)]):
        assert not torch.equal(said(base), plain)

    assert torch.equal(said(base), plain)
    assert Fingerprints.of(base) == before


def test_an_error_inside_leaves_the_base_as_it_was(base: Base) -> None:
    before = Fingerprints.of(base)
    with pytest.raises(ZeroDivisionError), applied(base, [(word(base, 1), 1.0)]):
        raise ZeroDivisionError

    assert Fingerprints.of(base) == before


def test_the_order_of_words_makes_no_difference(base: Base) -> None:
    first, second = (word(base, 1), 0.7), (word(base, 2, "ivo"), 1.1)
    with applied(base, [first, second]):
        one_way = said(base)
    with applied(base, [second, first]):
        assert torch.equal(said(base), one_way)


def test_strength_zero_changes_nothing_and_more_changes_more(base: Base) -> None:
    plain, far = said(base), []
    for strength in (0.0, 0.5, 1.0):
        with applied(base, [(word(base, 1), strength)]):
            far.append(float((said(base) - plain).abs().mean()))

    assert far[0] == 0
    assert far[0] < far[1] < far[2]


@pytest.mark.parametrize("name", ["no.such.layer", "conv_in", "conv_norm_out"])
def test_a_word_of_another_base_is_refused(base: Base, name: str) -> None:
    other = Adapter("zed", "cat", "lora", linear={name: LowRank(torch.zeros(2, 8), torch.zeros(8, 2), 1.0)})
    with pytest.raises(TintypeError, match="E_WRONG_BASE"), applied(base, [(other, 1.0)]):
        pass


def test_a_folder_in_diffusers_layout_is_loaded_frozen(
    tmp_path: Path, base: Base, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny_pipeline("v_prediction").save_pretrained(tmp_path)
    monkeypatch.setattr("trainers.miniature.WEIGHTS", tmp_path)

    loaded = load_base("miniature", "cpu")

    torch.testing.assert_close(said(loaded), said(base), rtol=0, atol=1e-6)
    assert loaded.scheduler.config.prediction_type == "v_prediction"
    assert not any(value.requires_grad for part in loaded.parts for value in part.parameters())


@pytest.mark.skipif(not MAPPED.exists(), reason="only Linux tells which files are in memory")
def test_the_file_that_a_denoiser_came_from_does_not_stay_in_memory_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny_pipeline("epsilon").save_pretrained(tmp_path)
    monkeypatch.setattr("trainers.miniature.WEIGHTS", tmp_path)

    loaded = load_base("miniature", "cpu")

    assert loaded.denoiser.conv_in.weight.is_contiguous(memory_format=torch.channels_last)
    mapped = {line.split()[-1] for line in MAPPED.read_text("utf-8").splitlines()}
    kept = {Path(path).parent.name for path in mapped if path.startswith(str(tmp_path))}
    assert kept == {"text_encoder", "vae"}


def test_a_folders_base_is_named_without_its_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "ana" / "my-base"
    tiny_pipeline("epsilon").save_pretrained(folder)
    family = base_for("epsilon").family
    monkeypatch.setattr("trainers.pipeline.family_of", lambda *told: family)

    loaded = load_base(str(folder), "cpu")

    assert loaded.id == "local/my-base"
    assert re.fullmatch("[0-9a-f]{12}", loaded.revision)
    assert load_base(f"{folder}@mine", "cpu").revision == "mine"


@pytest.mark.parametrize(
    ("device", "has_bfloat16", "dtype"),
    [
        ("cuda", True, torch.bfloat16),
        ("cuda", False, torch.float32),
        ("cpu", True, torch.bfloat16),
        ("cpu", False, torch.float32),
        ("mps", True, torch.float32),
    ],
)
def test_bfloat16_is_for_cards_and_processors_that_compute_in_it(
    device: str, has_bfloat16: bool, dtype: torch.dtype
) -> None:
    assert dtype_for(device, has_bfloat16=has_bfloat16) == dtype


@pytest.mark.parametrize(
    ("can", "wanted", "dtype"),
    [
        (True, "", torch.bfloat16),
        (False, "", torch.float32),
        (True, "float32", torch.float32),
        (False, "bfloat16", torch.bfloat16),
    ],
)
def test_a_processor_computes_in_what_it_can_or_in_what_is_wanted(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, can: bool, wanted: str, dtype: torch.dtype
) -> None:
    tiny_pipeline("epsilon").save_pretrained(tmp_path)
    family = base_for("epsilon").family
    monkeypatch.setattr("trainers.pipeline.family_of", lambda *told: family)
    monkeypatch.setattr("trainers.precision.processor_has_bfloat16", lambda: can)

    loaded = load_base(str(tmp_path), "cpu", beside=Beside(precision=wanted))

    assert {part.dtype for part in loaded.parts} == {dtype}


def test_what_is_made_in_other_numbers_is_another_bases() -> None:
    usual, half = base_for("epsilon"), half_base()

    assert usual.key == f"{usual.id}@{usual.revision}"
    assert half.key == f"{half.id}@{half.revision}, bfloat16"


def test_on_a_processor_the_miniature_stays_in_float32_unless_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trainers.precision.processor_has_bfloat16", lambda: True)

    assert load_base("miniature", "cpu").dtype == torch.float32
    assert load_base("miniature", "cpu", beside=Beside(precision="bfloat16")).dtype == torch.bfloat16


def test_what_torch_does_not_tell_of_a_processor_it_does_not_have(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"avx512_bf16": False, "amx_bf16": True}, raising=False)
    assert processor_has_bfloat16()
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"avx2": True})
    assert not processor_has_bfloat16()
    monkeypatch.delattr(torch.cpu, "get_capabilities")
    assert not processor_has_bfloat16()


def test_an_old_card_is_told_why_it_takes_twice_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda including_emulation: False)

    assert dtype_on(torch.device("cuda")) == torch.float32
    assert "does not compute in bfloat16" in str(remark_on(torch.device("cuda")))
    assert remark_on(torch.device("cuda"), "bfloat16") is None
    assert remark_on(torch.device("cpu")) is None


def test_a_base_that_is_not_here_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(TintypeError, match="E_BASE_LOAD"):
        load_base(str(tmp_path), "cpu")


def test_a_device_that_is_not_here_is_a_sentence() -> None:
    with pytest.raises(TintypeError, match="E_NO_DEVICE"):
        device_named("cuda:99")
    with pytest.raises(TintypeError, match="E_NO_DEVICE"):
        device_named("abacus")


def test_the_cpu_is_always_there() -> None:
    assert device_named("cpu").type == "cpu"


@pytest.mark.parametrize("name", ["auto", "cpu", "meta"])
def test_a_device_is_called_as_numbers_that_lie_there_call_it(name: str) -> None:
    device = device_named(name)

    assert torch.nn.Linear(1, 1, device=device).weight.device == device


def test_a_card_is_called_by_its_number(monkeypatch: pytest.MonkeyPatch) -> None:
    class OnCard(NamedTuple):
        device: torch.device

    monkeypatch.setattr(torch, "empty", lambda *size, device: OnCard(torch.device(device, 0)))

    assert device_named("cuda") == torch.device("cuda:0")
