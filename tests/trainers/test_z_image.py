"""What is Z-Image's own: a transformer in the UNet's place, a chat model's text, straight lines to noise."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers import AutoencoderKL, FlowMatchEulerDiscreteScheduler, ZImageTransformer2DModel
from PIL import Image
from torch import Tensor
from transformers import Qwen3Config, Qwen3Model

from storage.errors import TintypeError
from tests.trainers import test_every_method as contract
from tests.trainers.bases import base_for, tiny_z_image
from tests.trainers.jobs.attempts import attempt_of, ran, training_of
from trainers.adapter import Adapter
from trainers.conditioning import predicted, together, whole
from trainers.diffusion import Flow, FlowEuler
from trainers.families import families, family_of
from trainers.imagine import Drawing, finished, imagine
from trainers.layers import targets_of
from trainers.likeness import features_of
from trainers.method import Lesson, method_named, method_on, methods, methods_on, settings_for
from trainers.pipeline import Base, base_of, load_base
from trainers.text import encode_prompt, left_out
from trainers.thrift import checkpointed
from trainers.weights import read_adapter

taught = contract.taught  # a fixture

Lessons = Callable[..., Lesson]
FAMILY = families()["z_image"]
METHODS = ("lora", "lokr")
CONFIG = {"cap_feat_dim": 2560, "siglip_feat_dim": None}
SCHEDULER = {"shift": 6.0, "use_dynamic_shifting": False}
SIZE = 64

each_method = pytest.mark.parametrize("name", METHODS)


@pytest.fixture
def flow() -> Base:
    return base_for("z_image")


@pytest.fixture(scope="module")
def pipeline() -> Any:
    made = tiny_z_image()
    made.set_progress_bar_config(disable=True)
    return made


def noise(count: int = 1) -> Tensor:
    return torch.randn(count, 8, 16, 16, generator=torch.Generator().manual_seed(1))


def asked_of(base: Base, *prompts: str) -> Tensor:
    """What the denoiser says of one noise to these prompts."""
    said = together([encode_prompt(base, prompt, ()) for prompt in prompts])
    with torch.no_grad():
        return predicted(base, noise(len(prompts)), torch.tensor(700.0), said, [whole(SIZE, SIZE)] * len(prompts))


def learned(base: Base, name: str, lesson: Lesson, out: Path, **chosen: Any) -> Path:
    method = method_named(name)
    told = {"min_steps": 3, "max_steps": 3, "points": 1, "batch_size": 2, "learning_rate": 0.01} | chosen
    for step in method.train(base, lesson, settings_for(method, base, told)):
        if step.done == step.total:
            step.save_weights(out)
    return out


# --- which it is -----------------------------------------------------------------------------------------------------


def test_it_is_recognised_by_its_settings() -> None:
    assert family_of("Tongyi-MAI/Z-Image", CONFIG, SCHEDULER) is FAMILY


@pytest.mark.parametrize(
    ("config", "scheduler"),
    [
        ({}, {"shift": 3.0}),  # Z-Image-Turbo
        ({"siglip_feat_dim": 1152}, {}),  # hears pictures, too
        ({"cap_feat_dim": 2304}, {}),
        ({}, {"use_dynamic_shifting": True}),
        ({}, {"beta_schedule": "linear"}),
    ],
)
def test_what_only_looks_like_it_is_refused(config: Mapping[str, Any], scheduler: Mapping[str, Any]) -> None:
    with pytest.raises(TintypeError, match="E_NO_FAMILY"):
        family_of("someones/other", CONFIG | config, SCHEDULER | scheduler)


def test_it_has_as_many_numbers_as_its_family_says() -> None:
    with torch.device("meta"):
        transformer = ZImageTransformer2DModel()
        encoder = Qwen3Model(
            Qwen3Config(
                vocab_size=151_936,
                hidden_size=2560,
                intermediate_size=9728,
                num_hidden_layers=36,
                num_attention_heads=32,
                num_key_value_heads=8,
                head_dim=128,
            )
        )
        vae = AutoencoderKL(
            down_block_types=("DownEncoderBlock2D",) * 4,
            up_block_types=("UpDecoderBlock2D",) * 4,
            block_out_channels=(128, 256, 512, 512),
            layers_per_block=2,
            latent_channels=16,
            use_quant_conv=False,
            use_post_quant_conv=False,
        )
    counts = [sum(p.numel() for p in part.parameters()) for part in (transformer, vae, encoder)]
    layers = targets_of(transformer, FAMILY.targets)

    assert [sum(counts), *counts[1:]] == [FAMILY.numbers, FAMILY.vae_numbers, FAMILY.encoder_numbers]
    assert len(layers) == 34 * 7
    assert sum(16 * (sum(layer.weight.shape)) for _, layer in layers) == FAMILY.lora_numbers


def test_a_folder_of_it_is_loaded_with_all_its_parts(
    flow: Base, pipeline: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline.save_pretrained(tmp_path)
    monkeypatch.setattr("trainers.pipeline.family_of", lambda *told: flow.family)
    loaded, asked = load_base(str(tmp_path), "cpu"), Drawing(prompt="a cat", steps=2)

    assert finished(imagine(loaded, asked))[0].tobytes() == finished(imagine(flow, asked))[0].tobytes()


# --- text ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("prompt", ["a cat at sea", ""])
def test_text_is_what_diffusers_pipeline_makes_of_it(flow: Base, pipeline: Any, prompt: str) -> None:
    (features,), _ = pipeline.encode_prompt(prompt, do_classifier_free_guidance=False)
    said = encode_prompt(flow, prompt, ())

    torch.testing.assert_close(said.hidden[0], features, rtol=0, atol=1e-6)
    assert said.lengths == (len(features),)


def test_a_word_is_the_text_that_stands_for_it(flow: Base) -> None:
    word = Adapter("zed", "cat", "lora")
    said = encode_prompt(flow, "a <zed:0.5> at <ivo>", [(word, 1.0)])

    assert torch.equal(said.hidden, encode_prompt(flow, "a zed cat at ivo", ()).hidden)


def test_what_lies_beyond_the_last_token_is_told(flow: Base) -> None:
    around = encode_prompt(flow, "", ()).lengths[0]
    heard = encode_prompt(flow, "b" * 600, ())

    assert heard.lengths == (512,)
    assert left_out(flow, "b" * (512 - around) + "", ()) == ""
    assert set(rest := left_out(flow, "b" * 600 + " dog", ())) == set("b dog")
    assert rest.endswith("b dog")


def test_prompts_of_different_lengths_are_heard_as_if_each_were_alone(flow: Base) -> None:
    prompts = "a cat", "a cat that sits at the sea and looks at all the ships"
    both, alone = asked_of(flow, *prompts), torch.cat([asked_of(flow, prompt) for prompt in prompts])
    said = together([encode_prompt(flow, prompt, ()) for prompt in prompts])

    torch.testing.assert_close(both[:1], alone[:1], rtol=0, atol=1e-5)
    assert [one.lengths for one in said.each()] == [(length,) for length in said.lengths]
    assert said.repeated(2).lengths == (said.lengths[0],) * 2 + (said.lengths[1],) * 2
    assert said.silenced().lengths == said.lengths


# --- drawing ---------------------------------------------------------------------------------------------------------


def test_pictures_are_those_of_diffusers_pipeline(flow: Base, pipeline: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trainers.imagine.decoded", lambda base, latents, **more: latents)
    asked = Drawing(prompt="a cat", negative_prompt="a dog at sea", seeds=(3, 4), steps=4, guidance_scale=3.0)
    begun = [torch.randn(8, 16, 16, generator=torch.Generator().manual_seed(seed)) for seed in asked.seeds]
    theirs = pipeline(
        prompt=[asked.prompt] * 2, negative_prompt=[asked.negative_prompt] * 2, latents=torch.stack(begun),
        num_inference_steps=4, guidance_scale=2.0, height=SIZE, width=SIZE, output_type="latent",
    ).images  # fmt: skip

    torch.testing.assert_close(finished(imagine(flow, asked)), theirs, rtol=0, atol=1e-4)


def test_pixels_are_those_of_diffusers_pipeline(flow: Base, pipeline: Any) -> None:
    begun = torch.randn(1, 8, 16, 16, generator=torch.Generator().manual_seed(3))
    theirs = pipeline(
        prompt="a cat", latents=begun, num_inference_steps=2, guidance_scale=2.0, height=SIZE, width=SIZE
    ).images[0]
    (ours,) = finished(imagine(flow, Drawing(prompt="a cat", seeds=(3,), steps=2, guidance_scale=3.0)))

    assert max(abs(one - other) for one, other in zip(ours.tobytes(), theirs.tobytes(), strict=True)) <= 1


def test_a_parent_is_left_as_far_as_was_asked(flow: Base) -> None:
    parent = Image.linear_gradient("L").resize((SIZE, SIZE)).convert("RGB")

    def left(strength: float) -> float:
        asked = Drawing(prompt="a cat", parent=parent, strength=strength, steps=10)
        (drawn,) = finished(imagine(flow, asked))
        (kept,) = finished(imagine(flow, replace(asked, strength=0.0, steps=1000)))
        return sum(abs(a - b) for a, b in zip(drawn.tobytes(), kept.tobytes(), strict=True))

    assert left(0.1) < left(0.5) < left(1.0)


def test_what_is_promised_halfway_is_where_the_line_ends() -> None:
    sampler = FlowEuler(FlowMatchEulerDiscreteScheduler(shift=6.0), 4, torch.device("cpu"), None)
    picture, begun = noise(), sampler.from_noise(noise(2)[1:])
    latents = sampler.step(begun - picture, sampler.timesteps[0], begun)

    torch.testing.assert_close(sampler.promised(), picture, rtol=0, atol=1e-5)
    for timestep in sampler.timesteps[1:]:
        latents = sampler.step(begun - picture, timestep, latents)
    torch.testing.assert_close(latents, picture, rtol=0, atol=1e-5)


# --- learning --------------------------------------------------------------------------------------------------------


def test_noise_is_that_of_the_schedulers_own_sigmas_and_its_steps_are_left_alone() -> None:
    scheduler = FlowMatchEulerDiscreteScheduler(shift=6.0)
    scheduler.set_timesteps(5)
    taught = Flow(scheduler)
    timesteps = taught.timesteps(4, torch.Generator().manual_seed(2))
    theirs = FlowMatchEulerDiscreteScheduler(shift=6.0).scale_noise(noise(4), timesteps, noise(8)[4:])

    assert len(scheduler.timesteps) == 5
    torch.testing.assert_close(taught.noisy(noise(4), noise(8)[4:], timesteps), theirs, rtol=0, atol=1e-6)
    assert torch.equal(taught.weights(timesteps), torch.ones(4))


@each_method
@pytest.mark.parametrize(
    "promise",
    [
        contract.test_the_same_seed_gives_the_same_weights,
        contract.test_it_leaves_one_safetensors_file_with_full_metadata,
        contract.test_its_file_is_about_as_large_as_it_says,
        contract.test_closing_early_leaves_no_file_and_no_hook,
        contract.test_a_word_changes_pictures_only_where_it_stands,
        contract.test_two_words_in_either_order_give_the_same_picture,
        partial(contract.test_weights_are_bit_identical_after_resuming, stops=(2, 3)),
    ],
)
def test_it_keeps_what_every_method_promises(
    promise: Callable[..., None], name: str, flow: Base, taught: contract.Teaching, a_lesson: Lessons, tmp_path: Path
) -> None:
    given = {"taught": taught, "a_lesson": a_lesson, "tmp_path": tmp_path}
    wanted = [each for each in inspect.signature(promise).parameters if each in given]
    promise(name, method_named(name), flow, **{each: given[each] for each in wanted})


def test_the_class_word_is_held_on_to_where_that_is_wished(flow: Base, a_lesson: Lessons, tmp_path: Path) -> None:
    plain = learned(flow, "lora", a_lesson(), tmp_path / "plain.safetensors")
    held = learned(flow, "lora", a_lesson(), tmp_path / "held.safetensors", prior=1.0)

    assert plain.read_bytes() != held.read_bytes()


def test_activations_that_are_computed_twice_are_the_same(flow: Base) -> None:
    said, latents = encode_prompt(flow, "a cat", ()), noise().requires_grad_()

    def slope(*, is_on: bool) -> Tensor:
        with checkpointed(flow.denoiser, is_on):
            made = predicted(flow, latents, torch.tensor(700.0), said, [whole(SIZE, SIZE)])
        return torch.autograd.grad(made.square().sum(), latents)[0]

    assert torch.equal(slope(is_on=True), slope(is_on=False))


def test_in_half_precision_what_is_trained_and_drawn_stays_float32(
    flow: Base, a_lesson: Lessons, tmp_path: Path
) -> None:
    half = replace(base_of(tiny_z_image().to(torch.bfloat16), "miniature", "half", flow.device), family=flow.family)
    zed = read_adapter(learned(half, "lora", a_lesson(), tmp_path / "zed.safetensors"), half)
    plain, drawn = (finished(imagine(half, Drawing(prompt=p, adapters=[(zed, 1.0)], steps=2))) for p in ("a", "<zed>"))

    assert zed.is_finite()
    assert plain[0].tobytes() != drawn[0].tobytes()


def test_only_methods_that_it_offers_learn_on_it(flow: Base) -> None:
    assert set(methods_on(flow.family)) == set(METHODS)
    for name in methods().keys() - set(METHODS):
        with pytest.raises(TintypeError, match=r"E_METHOD_BASE.*Z-Image.*lokr, lora"):
            method_on(flow.family, name)


def test_an_order_for_what_it_does_not_offer_ends_with_a_sentence(
    flow: Base, photos: list[Path], tmp_path: Path
) -> None:
    edit = {"kind": "image", "parent": f"photos/{photos[0].name}", "edit": "null_text", "said": "a cat"}

    assert ran(flow, training_of(tmp_path / "1", photos, method="dora")).code == "E_METHOD_BASE"
    assert ran(flow, attempt_of(tmp_path, "imagine", {"prompt": "a dog", "relation": edit})).code == "E_EDIT_BASE"


@pytest.mark.parametrize("setting", ["text_rank", "conv_rank", "down_rank", "mid_rank", "up_rank"])
def test_a_rank_of_layers_that_it_does_not_have_is_refused(flow: Base, a_lesson: Lessons, setting: str) -> None:
    lora = method_named("lora")
    with pytest.raises(TintypeError, match=f"E_SETTING_RANGE.*{setting}"):
        next(lora.train(flow, a_lesson(), settings_for(lora, flow, {setting: 4})))


def test_pictures_are_told_apart_by_what_the_transformer_notices(flow: Base) -> None:
    pictures = [Image.new("RGB", (SIZE, SIZE), colour) for colour in ("red", "blue")]
    red, blue, again = features_of(flow)([*pictures, pictures[0]])

    assert red.shape == (2 * flow.denoiser.config.dim,)
    assert torch.equal(red, again)
    assert not torch.allclose(red, blue)
