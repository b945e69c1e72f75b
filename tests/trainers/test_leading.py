"""Styles as directions: a copy of the text encoder is led, the base is not, and what it takes is asked for plainly."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from PIL import Image
from torch import nn
from transformers import CLIPConfig, CLIPModel

from storage.errors import TintypeError, WeightsRefused
from storage.inspection_client import inspect_import
from storage.texts import sentence
from tests.trainers.bases import (
    CLIP_WIDTH,
    Fingerprints,
    base_for,
    draw_photo,
    half_base,
    text_config,
    tiny_clip,
    tiny_tokenizer,
)
from tests.trainers.layouts import sample
from tests.trainers.models.conftest import hub  # noqa: F401  a fixture
from tests.trainers.models.hub import NAME, REPO, Hub
from trainers import leading
from trainers.adapter import Adapter
from trainers.aesthetics import Direction, towards
from trainers.clips import Clip, ClipSource, clip_of, fetched_clip
from trainers.conditioning import Said
from trainers.dataset import prepared
from trainers.differences import LowRank
from trainers.fetching import fetch, plan_of
from trainers.leading import Kept, agreement, encode_led, on_host
from trainers.method import Lesson, method_named, settings_for
from trainers.models import installed
from trainers.pipeline import Base
from trainers.taking import Order, taken
from trainers.text import encode_prompt, spoken
from trainers.weights import read_adapter

PROMPT = "a <zed> drawing of a mug"


@pytest.fixture(autouse=True)
def kept(monkeypatch: pytest.MonkeyPatch) -> Kept:
    kept = Kept(3)
    monkeypatch.setattr(leading, "KEPT", kept)
    return kept


def style(word: str = "zed", seed: int = 1, steps: int = 5, rate: float = 1e-3, width: int = CLIP_WIDTH) -> Adapter:
    vector = torch.nn.functional.normalize(torch.randn(width, generator=torch.Generator().manual_seed(seed)), dim=0)
    return Adapter(word, "pastel", "aesthetic", direction=Direction(vector, steps, rate))


def test_a_prompt_comes_to_mean_more_of_the_style_and_the_base_stays_as_it_is(base: Base) -> None:
    before, said = Fingerprints.of(base), spoken(base, PROMPT, [(style(), 1.0)])
    agreed = []
    for steps in (1, 5, 20):
        direction = style(steps=steps).direction
        assert direction is not None
        agreed.append(agreement(base, said, [], direction))
        encode_led(base, PROMPT, [(style(steps=steps), 1.0)])

    assert agreed == sorted(set(agreed))
    assert Fingerprints.of(base) == before


def test_each_style_moves_a_prompt_by_itself_as_far_as_it_is_strong(base: Base) -> None:
    zed, ivo, prompt = style(), style("ivo", seed=2), "a <zed> <ivo> mug"
    plain = encode_prompt(base, prompt, [(zed, 1.0), (ivo, 1.0)]).hidden

    def moved(*strengths: float) -> torch.Tensor:
        return encode_led(base, prompt, list(zip((zed, ivo), strengths, strict=True))).hidden - plain

    torch.testing.assert_close(moved(0.5, 0.0), 0.5 * moved(1.0, 0.0))
    torch.testing.assert_close(moved(1.0, 0.5), moved(1.0, 0.0) + moved(0.0, 0.5))
    other_way = encode_led(base, prompt, [(ivo, 0.5), (zed, 1.0)]).hidden - plain
    assert torch.equal(moved(1.0, 0.5), other_way)
    assert not moved(0.0, 0.0).any()


def test_rows_and_layers_of_other_words_are_read_by_the_led_copy(base: Base) -> None:
    rows = Adapter("ivo", "cat", "textual_inversion", rows=(torch.randn(2, 16),))
    words = [(style(), 1.0), (rows, 1.0), (sample(base.unet), 1.0)]
    prompt = "a <zed> drawing of <ivo>"

    led = encode_led(base, prompt, words).hidden
    plain = encode_prompt(base, prompt, words).hidden

    assert led.shape == plain.shape
    assert not torch.equal(led, plain)


@pytest.mark.parametrize("what", ["epsilon", "sdxl", "bfloat16"])
def test_any_base_is_led_and_told_in_its_own_numbers(what: str) -> None:
    base = base_for(what) if what != "bfloat16" else _half()

    led = encode_led(base, PROMPT, [(style(rate=1e-2), 1.0)])

    assert led.hidden.dtype == base.dtype
    assert not torch.equal(led.hidden, encode_prompt(base, PROMPT, [(style(), 1.0)]).hidden)


def _half() -> Base:
    base = half_base()
    return replace(base, family=replace(base.family, clip=ClipSource("tiny", CLIP_WIDTH, tiny_clip)))


@pytest.fixture
def led(monkeypatch: pytest.MonkeyPatch) -> list[Base]:
    """The bases that are led from now on."""
    found, real = list[Base](), leading.leading

    def counted(base: Base, *asked: object) -> Iterator[Base]:
        found.append(base)
        return real(base, *asked)  # type: ignore[arg-type]

    monkeypatch.setattr(leading, "leading", counted)
    return found


def test_what_was_led_serves_every_strength_of_the_style_and_of_words_that_are_not_heard(
    base: Base, led: list[Base]
) -> None:
    drawn = replace(sample(base.unet), word="ivo")
    for strength in (1.0, 0.25, 0.0):
        encode_led(base, PROMPT, [(style(), strength), (drawn, strength)])
    encode_led(base, PROMPT, [(drawn, 1.0), (style(), 1.0)])

    assert len(led) == 1


def test_what_was_led_serves_no_other_strength_of_rows_or_of_layers_that_are_heard(base: Base, led: list[Base]) -> None:
    rows = Adapter("ivo", "cat", "textual_inversion", rows=(torch.randn(2, 16),))
    modules = base.encoders[0].model.named_modules()
    name, layer = next((name, module) for name, module in modules if isinstance(module, nn.Linear))
    heard = LowRank(torch.randn(2, layer.in_features), torch.randn(layer.out_features, 2), 1.0)
    layers = Adapter("mia", "cat", "lora", linear={f"text_encoder.{name}": heard})
    for word in (rows, layers):
        for strength in (1.0, 0.5):
            encode_led(base, "a <zed> <ivo> mug", [(style(), 1.0), (word, strength)])

    assert len(led) == 4


def test_what_was_led_of_one_word_is_not_taken_for_another_in_the_same_place(base: Base) -> None:
    ivo, mia = (Adapter(word, "cat", "textual_inversion", rows=(torch.randn(2, 16),)) for word in ("ivo", "mia"))
    first = encode_led(base, "a <ivo> mug", [(style(), 1.0), (ivo, 1.0), (mia, 1.0)])
    other = encode_led(base, "a <mia> mug", [(style(), 1.0), (mia, 1.0), (ivo, 1.0)])

    assert not torch.equal(first.hidden, other.hidden)
    assert torch.equal(other.hidden, encode_led(base, "a <mia> mug", [(style(), 1.0), (mia, 1.0)]).hidden)


def test_the_same_prompt_is_led_once_and_only_the_last_few_are_kept(base: Base, kept: Kept, led: list[Base]) -> None:
    first = encode_led(base, PROMPT, [(style(), 1.0)])
    again = encode_led(base, PROMPT, [(style(), 1.0)])
    assert (len(led), torch.equal(first.hidden, again.hidden)) == (1, True)

    for number in range(3):
        encode_led(base, f"{PROMPT} {number}", [(style(), 1.0)])
    encode_led(base, PROMPT, [(style(), 1.0)])
    encode_led(base, PROMPT, [(style(seed=9), 1.0)])

    assert len(led) == 6
    assert len(kept._found) == 3


def test_where_memory_ends_the_prompt_is_led_on_the_processor(
    base: Base, kept: Kept, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    real, asked, before = leading.leading, list[Base](), Fingerprints.of(base)
    undisturbed = encode_led(base, PROMPT, [(style(), 1.0)])
    kept._found.clear()

    def scarce(base: Base, *told: object) -> Iterator[Base]:
        asked.append(base)
        yield base
        if len(asked) == 1:
            raise torch.OutOfMemoryError
        yield from real(base, *told)  # type: ignore[arg-type]

    monkeypatch.setattr(leading, "leading", scarce)

    assert torch.equal(encode_led(base, PROMPT, [(style(), 1.0)]).hidden, undisturbed.hidden)
    assert [one.device for one in asked] == [base.device, torch.device("cpu")]
    assert asked[1].encoders[0].model is not base.encoders[0].model
    assert "led on the processor" in caplog.text
    assert Fingerprints.of(base) == before


def test_a_prompt_that_is_led_on_the_processor_is_read_there_and_asks_nothing_more_of_the_device(
    base: Base, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, read_on = leading.encoded, list[Base]()

    def scarce(tuned: Base, *told: object) -> Said:
        read_on.append(tuned)
        if len(read_on) == 1:
            monkeypatch.setattr(nn.Module, "to", _full)
            raise torch.OutOfMemoryError
        return real(tuned, *told)  # type: ignore[arg-type]

    monkeypatch.setattr(leading, "encoded", scarce)
    encode_led(base_for("sdxl"), PROMPT, [(style(), 1.0)])

    assert [one.device for one in read_on] == [base.device, torch.device("cpu")]
    assert not {one.model for one in read_on[1].encoders} & {one.model for one in base_for("sdxl").encoders}


def _full(*told: object) -> None:
    raise torch.OutOfMemoryError


def test_a_copy_for_the_processor_is_never_one_on_the_device(base: Base, monkeypatch: pytest.MonkeyPatch) -> None:
    model = base.encoders[0].model
    with monkeypatch.context() as patched:
        patched.setattr(nn.Parameter, "__deepcopy__", _full)
        patched.setattr(torch.Tensor, "__deepcopy__", _full)
        copied = on_host(model)
        patched.setattr(leading, "HOST", torch.device("meta"))
        elsewhere = on_host(model)

    assert {value.device.type for value in (*elsewhere.parameters(), *elsewhere.buffers())} == {"meta"}
    before, after = model.state_dict(), copied.state_dict()
    assert all(torch.equal(before[name], after[name]) for name in before | after)
    assert not {id(value) for value in model.parameters()} & {id(value) for value in copied.parameters()}
    assert not {value.data_ptr() for value in before.values()} & {value.data_ptr() for value in after.values()}


def test_what_is_no_lack_of_memory_is_not_tried_again(base: Base, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(base: Base, *told: object) -> Iterator[Base]:
        yield base
        raise RuntimeError("another thing")

    monkeypatch.setattr(leading, "leading", broken)
    with pytest.raises(RuntimeError, match="another thing"):
        encode_led(base, PROMPT, [(style(), 1.0)])


def test_learned_from_photos_it_is_the_mean_of_what_clip_sees(base: Base, tmp_path: Path) -> None:
    photos = [draw_photo(tmp_path / f"{number}.png", number) for number in range(1, 4)]
    lesson = Lesson(photos=photos, word="zed", class_word="pastel", kind="style", seed=3)
    method = method_named("aesthetic")
    *_, last = method.train(
        base, lesson, settings_for(method, base, {"min_steps": 10, "max_steps": 10, "lead_steps": 1})
    )
    last.save_weights(tmp_path / "zed.safetensors")
    direction = read_adapter(tmp_path / "zed.safetensors", base).direction
    whole = tiny_clip().image_features([prepared(path, base.family) for path in photos])

    [handed_in] = inspect_import((tmp_path / "zed.safetensors").read_bytes(), "zed.safetensors").files
    found = taken(base, Order(word="ivo", class_word="pastel", files=[tmp_path / "zed.safetensors"], name="zed"))

    assert handed_in.facts["kind"] == found.adapter.method == "aesthetic"
    assert direction is not None
    assert found.adapter.direction is not None
    assert found.adapter.direction.digest() == direction.digest()
    assert torch.linalg.vector_norm(direction.vector) == pytest.approx(1)
    mean = torch.nn.functional.normalize(whole.mean(0), dim=0)
    assert towards(mean[None], direction.vector) > 0.9


def test_a_style_of_another_clip_and_a_broken_one_are_refused(base: Base) -> None:
    with pytest.raises(WeightsRefused, match="E_WRONG_BASE"):
        encode_led(base, PROMPT, [(style(width=7), 1.0)])
    for note in ("", "[]", '{"steps": 5}', '{"steps": 5000, "learning_rate": 1}'):
        with pytest.raises(ValueError, match=r"no direction|Expecting"):
            Direction.read(torch.ones(3), note)


# --- where a CLIP is found -------------------------------------------------------------------------------------------


def test_a_family_without_a_clip_and_one_whose_clip_is_not_here_say_so(
    base: Base, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trainers.models._MODELS_DIR", [tmp_path])
    cases: list[tuple[ClipSource | None, str]] = [
        (None, "E_CLIP_NONE"),
        (fetched_clip(REPO, 8), "E_NO_CLIP"),
        (ClipSource("wide", 3, lambda: Clip(torch.zeros(3, 99), lambda images: torch.zeros(1, 3))), "E_CLIP_FITS"),
    ]
    for source, code in cases:
        with pytest.raises(TintypeError, match=code) as refused:
            clip_of(replace(base, family=replace(base.family, clip=source)))
        assert sentence(code, refused.value.facts)


def test_a_fetched_clip_is_listed_as_one_and_sees_pictures(
    hub: Hub,  # noqa: F811
    base: Base,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    vision = {"hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2}
    vision |= {"image_size": 32, "patch_size": 16}
    config = CLIPConfig(text_config=text_config(tiny_tokenizer()).to_dict(), vision_config=vision, projection_dim=8)
    model = CLIPModel(config)
    model.save_pretrained(tmp_path / "clip")
    hub.files = {path.name: path.read_bytes() for path in (tmp_path / "clip").iterdir()} | {
        "pytorch_model.bin": b"evil"
    }
    plan = plan_of(NAME, hub.endpoint)
    fetch(plan, tmp_path / "models", hub.endpoint)
    monkeypatch.setattr("trainers.models._MODELS_DIR", [tmp_path / "models"])

    clip = clip_of(replace(base, family=replace(base.family, clip=fetched_clip(REPO, 8))))
    features = clip.image_features([Image.new("RGB", (50, 40), "red"), Image.new("RGB", (40, 40), "blue")])

    assert (plan.is_clip, plan.is_vae) == (True, False)
    assert [(model.is_clip, model.is_vae) for model in installed(tmp_path / "models")] == [(True, False)]
    assert "pytorch_model.bin" not in hub.fetched
    assert torch.equal(clip.text_projection, model.text_projection.weight)
    assert features.shape == (2, 8)
    torch.testing.assert_close(features.norm(dim=1), torch.ones(2))
