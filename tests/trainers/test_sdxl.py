"""What is SDXL's own: two encoders, what a prompt means as a whole, frames, and Stability AI's names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from PIL import Image
from safetensors.torch import load_file, save_file
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

from storage.errors import WeightsRefused
from storage.labels import exported
from tests.trainers.bases import POOLED_WIDTH, SECOND_WIDTH, TEXT_WIDTH, applied, base_for, tiny_xl_pipeline
from trainers.adapter import Adapter
from trainers.conditioning import Said, predicted, whole
from trainers.dataset import cuts_of, examples
from trainers.differences import LowRank
from trainers.families import families
from trainers.imagine import Drawing, finished, imagine
from trainers.layers import targets_of
from trainers.method import Lesson
from trainers.names import kohya_name
from trainers.pipeline import Base, load_base
from trainers.text import encode_prompt
from trainers.weights import read_adapter, write_adapter

Lessons = Callable[..., Lesson]
SDXL = families()["sdxl"]


@pytest.fixture
def xl() -> Base:
    return base_for("sdxl")


def rows_word(name: str = "zed") -> Adapter:
    generator = torch.Generator().manual_seed(1)
    rows = tuple(torch.randn(2, width, generator=generator) for width in (TEXT_WIDTH, SECOND_WIDTH))
    return Adapter(name, "cat", "textual_inversion", rows=rows)


def lora_word(base: Base) -> Adapter:
    generator = torch.Generator().manual_seed(3)
    linear = {
        name: LowRank(
            torch.randn(4, layer.weight.shape[1], generator=generator).mul(0.1).half().float(),
            torch.randn(layer.weight.shape[0], 4, generator=generator).mul(0.1).half().float(),
            0.5,
        )
        for name, layer in targets_of(base.unet)
    }
    return Adapter("zed", "cat", "lora", linear=linear)


@pytest.fixture(scope="module")
def real_unet() -> UNet2DConditionModel:
    """SDXL's own shapes without their numbers."""
    with torch.device("meta"):
        return UNet2DConditionModel(
            sample_size=128,
            down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
            up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
            block_out_channels=(320, 640, 1280),
            transformer_layers_per_block=(1, 2, 10),
            attention_head_dim=(5, 10, 20),
            cross_attention_dim=2048,
            use_linear_projection=True,
            addition_embed_type="text_time",
            addition_time_embed_dim=256,
            projection_class_embeddings_input_dim=2816,
        )


# --- text ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("prompt", ["a cat at sea", ""])
def test_text_is_what_diffusers_pipeline_makes_of_it(xl: Base, prompt: str) -> None:
    pipeline = tiny_xl_pipeline()
    hidden, _, pooled, _ = pipeline.encode_prompt(prompt, do_classifier_free_guidance=False)
    said = encode_prompt(xl, prompt, ())

    torch.testing.assert_close(said.hidden, hidden, rtol=0, atol=1e-6)
    torch.testing.assert_close(said.pooled, pooled, rtol=0, atol=1e-6)


def test_what_a_prompt_means_is_read_at_its_end_though_a_words_rows_have_higher_ids(xl: Base) -> None:
    word = rows_word()
    said = encode_prompt(xl, "a <zed>", [(word, 1.0)])
    further = encode_prompt(xl, "a <zed> at sea", [(word, 1.0)])

    assert said.pooled is not None
    assert further.pooled is not None
    assert not torch.allclose(said.pooled, further.pooled)  # at the first row both would be alike


def test_a_word_is_heard_through_the_rows_of_both_encoders(xl: Base) -> None:
    word = rows_word()
    said = encode_prompt(xl, "a <zed>", [(word, 1.0)]).hidden
    for at, part in ((0, slice(None, TEXT_WIDTH)), (1, slice(TEXT_WIDTH, None))):
        rows = [*word.rows]
        rows[at] = rows[at] + 1
        changed = encode_prompt(xl, "a <zed>", [(replace(word, rows=tuple(rows)), 1.0)]).hidden

        assert not torch.equal(changed[..., part], said[..., part])
        assert (changed != said).any(0).any(0).sum() == len(range(TEXT_WIDTH + SECOND_WIDTH)[part])


def test_a_picture_without_a_negative_prompt_is_led_away_from_zeros(xl: Base) -> None:
    def drawn(base: Base, negative: str) -> bytes:
        return finished(imagine(base, Drawing(prompt="a cat", negative_prompt=negative, steps=2)))[0].tobytes()

    assert xl.empty_is_zero
    assert drawn(xl, "") != drawn(replace(xl, empty_is_zero=False), "")
    assert drawn(xl, "a") == drawn(replace(xl, empty_is_zero=False), "a")


# --- frames ----------------------------------------------------------------------------------------------------------


def test_the_unet_is_told_frames_in_the_order_of_diffusers(xl: Base) -> None:
    pipeline = tiny_xl_pipeline()
    said = encode_prompt(xl, "a cat", ())
    latents = torch.randn(1, 8, 8, 16, generator=torch.Generator().manual_seed(1))
    size = (32, 64)
    time_ids = pipeline._get_add_time_ids(size, (0, 0), size, torch.float32, text_encoder_projection_dim=POOLED_WIDTH)
    with torch.no_grad():
        ours = predicted(xl, latents, torch.tensor(300), said, [whole(64, 32)])
        theirs = xl.unet(
            latents, torch.tensor(300), said.hidden,
            added_cond_kwargs={"text_embeds": said.pooled, "time_ids": time_ids},
        ).sample  # fmt: skip

    assert torch.equal(ours, theirs)


def test_an_example_remembers_where_its_photo_was_cut(xl: Base, tmp_path: Path) -> None:
    path = tmp_path / "wide.png"
    Image.new("RGB", (200, 100)).save(path)
    (example,) = examples(xl, cuts_of([path], xl.family, "object"), ["a cat"], "object")

    assert example.frame.time_ids == (100, 200, 0, 32, 64, 64)


def test_a_picture_that_was_not_cut_begins_in_the_corner() -> None:
    assert whole(640, 480).time_ids == (480, 640, 0, 0, 480, 640)


# --- files -----------------------------------------------------------------------------------------------------------


def test_sdxl_gets_stability_ais_722_names(real_unet: UNet2DConditionModel) -> None:
    names = [kohya_name(SDXL.names_in_files(name)) for name, _ in targets_of(real_unet)]
    blocks = Counter(name.split("_transformer")[0].split("_proj")[0] for name in names)

    assert len(names) == len(set(names)) == 722
    assert blocks == {
        **{f"lora_unet_input_blocks_{n}_1": 2 * 10 + 2 for n in (4, 5)},
        **{f"lora_unet_input_blocks_{n}_1": 10 * 10 + 2 for n in (7, 8)},
        "lora_unet_middle_block_1": 10 * 10 + 2,
        **{f"lora_unet_output_blocks_{n}_1": 10 * 10 + 2 for n in (0, 1, 2)},
        **{f"lora_unet_output_blocks_{n}_1": 2 * 10 + 2 for n in (3, 4, 5)},
    }
    assert "lora_unet_input_blocks_4_1_transformer_blocks_0_attn1_to_q" in names


def test_it_has_as_many_numbers_as_its_family_says(real_unet: UNet2DConditionModel) -> None:
    with torch.device("meta"):
        vae = AutoencoderKL(
            down_block_types=("DownEncoderBlock2D",) * 4,
            up_block_types=("UpDecoderBlock2D",) * 4,
            block_out_channels=(128, 256, 512, 512),
            layers_per_block=2,
        )
        small = CLIPTextModel(CLIPTextConfig(hidden_size=768, intermediate_size=3072, num_attention_heads=12))
        large = CLIPTextModelWithProjection(
            CLIPTextConfig(
                hidden_size=1280, intermediate_size=5120, num_attention_heads=20, num_hidden_layers=32,
                projection_dim=1280,
            )
        )  # fmt: skip

    assert sum(p.numel() for part in (real_unet, vae, small, large) for p in part.parameters()) == SDXL.numbers


def test_a_lora_in_stability_ais_names_or_in_diffusers_is_read_alike(
    xl: Base, a_lesson: Lessons, tmp_path: Path
) -> None:
    made, file = lora_word(xl), tmp_path / "zed.safetensors"
    write_adapter(file, xl, a_lesson(), "lora", made)
    tensors = load_file(file)
    plain = {f"{kohya_name(name)}": kohya_name(SDXL.names_in_files(name)) for name in made.linear}
    other = {
        f"{theirs}.{part}": tensors[f"{ours}.{part}"]
        for theirs, ours in plain.items()
        for part in ("lora_down.weight", "lora_up.weight", "alpha")
    }
    save_file(other, tmp_path / "other.safetensors")

    assert all(("_blocks_" in name and "attentions" not in name) or "middle" in name for name in tensors)
    assert read_adapter(file, xl).fingerprint == made.fingerprint
    assert read_adapter(tmp_path / "other.safetensors", xl).fingerprint == made.fingerprint


def test_diffusers_shows_our_lora_as_we_do(xl: Base, a_lesson: Lessons, tmp_path: Path) -> None:
    word = lora_word(xl)
    plain = replace(xl, family=replace(xl.family, names_in_files=lambda name: name))
    write_adapter(tmp_path / "zed.safetensors", plain, a_lesson(), "lora", word)
    pipeline = tiny_xl_pipeline()
    pipeline.load_lora_weights(tmp_path, weight_name="zed.safetensors")
    said, latents = (
        encode_prompt(xl, "a cat", ()),
        torch.randn(1, 8, 16, 16, generator=torch.Generator().manual_seed(1)),
    )
    with torch.no_grad(), applied(xl, [(word, 1.0)]):
        ours = predicted(xl, latents, torch.tensor(300), said, [whole(64, 64)])
    with torch.no_grad():
        theirs = predicted(replace(xl, denoiser=pipeline.unet), latents, torch.tensor(300), said, [whole(64, 64)])

    torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-5)


def test_rows_of_both_encoders_lie_where_other_programs_look(xl: Base, a_lesson: Lessons, tmp_path: Path) -> None:
    word, file = rows_word(), tmp_path / "zed.safetensors"
    write_adapter(file, xl, a_lesson(), "textual_inversion", word)

    assert {name: tuple(rows.shape) for name, rows in load_file(file).items()} == {
        "clip_l": (2, TEXT_WIDTH),
        "clip_g": (2, SECOND_WIDTH),
    }
    assert read_adapter(file, xl).fingerprint == word.fingerprint


def test_rows_beside_layers_come_apart_when_they_are_handed_out(xl: Base, a_lesson: Lessons, tmp_path: Path) -> None:
    both, file = replace(lora_word(xl), rows=rows_word().rows), tmp_path / "zed.safetensors"
    write_adapter(file, xl, a_lesson(), "pivotal", both)
    layers, rows = exported(file.read_bytes(), "zed")
    (tmp_path / rows.name).write_bytes(rows.content)

    assert {name for name in load_file(file) if name.startswith("bundle")} == {
        "bundle_emb.zed.clip_g", "bundle_emb.zed.clip_l",
    }  # fmt: skip
    assert read_adapter(file, xl).fingerprint == both.fingerprint
    assert set(load_file(tmp_path / rows.name)) == {"clip_l", "clip_g"}
    assert b"bundle_emb" not in layers.content


@pytest.mark.parametrize(
    "rows",
    [
        {"clip_l": torch.zeros(2, TEXT_WIDTH)},
        {"emb_params": torch.zeros(2, TEXT_WIDTH)},
        {"clip_l": torch.zeros(2, TEXT_WIDTH), "clip_g": torch.zeros(1, SECOND_WIDTH)},
        {"clip_l": torch.zeros(2, SECOND_WIDTH), "clip_g": torch.zeros(2, SECOND_WIDTH)},
        {"clip_l": torch.zeros(0, TEXT_WIDTH), "clip_g": torch.zeros(0, SECOND_WIDTH)},
    ],
)
def test_rows_that_do_not_fit_both_encoders_are_refused(
    xl: Base, tmp_path: Path, rows: dict[str, torch.Tensor]
) -> None:
    save_file(rows, tmp_path / "zed.safetensors")

    with pytest.raises(WeightsRefused, match="E_WRONG_BASE"):
        read_adapter(tmp_path / "zed.safetensors", xl)


def test_rows_of_sdxl_do_not_fit_a_base_with_one_encoder(base: Base, tmp_path: Path) -> None:
    save_file({"clip_l": torch.zeros(2, TEXT_WIDTH), "clip_g": torch.zeros(2, 24)}, tmp_path / "zed.safetensors")

    with pytest.raises(WeightsRefused, match="E_WRONG_BASE"):
        read_adapter(tmp_path / "zed.safetensors", base)


# --- loading ---------------------------------------------------------------------------------------------------------


def test_a_folder_of_sdxl_is_loaded_with_all_its_parts(
    xl: Base, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny_xl_pipeline().save_pretrained(tmp_path)
    monkeypatch.setattr("trainers.pipeline.family_of", lambda *told: xl.family)
    loaded = replace(load_base(str(tmp_path), "cpu"), scheduler=xl.scheduler)  # one not saved yet forgets its defaults
    photo = Image.new("RGB", (64, 64), "red")

    assert [encoder.tokenizer.pad_token for encoder in loaded.encoders] == ["<|endoftext|>", "!"]
    assert loaded.empty_is_zero
    for asked in (Drawing(prompt="a cat", steps=2), Drawing(prompt="a cat", steps=2, parent=photo)):
        assert finished(imagine(loaded, asked))[0].tobytes() == finished(imagine(xl, asked))[0].tobytes()


def test_pages_beyond_the_first_say_nothing_of_what_a_prompt_means_as_a_whole(xl: Base) -> None:
    said: list[Said] = [encode_prompt(xl, "a " * 38 + end, ()) for end in ("", "cat at sea")]

    assert said[1].hidden.shape[1] == 2 * said[0].hidden.shape[1]
    assert said[0].pooled is not None
    assert said[1].pooled is not None
    torch.testing.assert_close(said[1].pooled, said[0].pooled)


# --- the VAE that overflows in half precision ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def overflowing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A base model stored in float16 whose VAE, as SDXL's own, makes numbers that float16 does not hold."""
    folder, pipeline = tmp_path_factory.mktemp("overflowing"), tiny_xl_pipeline()
    with torch.no_grad():
        pipeline.vae.decoder.conv_in.weight.mul_(2e5)
    pipeline.to(torch.float16).save_pretrained(folder)
    return folder


def test_such_a_vae_is_nan_in_float16(overflowing: Path) -> None:
    vae = AutoencoderKL.from_pretrained(overflowing, subfolder="vae", dtype=torch.float16)

    assert not vae.decode(torch.ones(1, 8, 16, 16).half()).sample.isfinite().all()


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16], ids=["float32", "bfloat16"])
def test_it_draws_and_learns_as_it_is_loaded(
    xl: Base, overflowing: Path, photos: list[Path], monkeypatch: pytest.MonkeyPatch, dtype: torch.dtype
) -> None:
    monkeypatch.setattr("trainers.pipeline.family_of", lambda *told: xl.family)
    monkeypatch.setattr("trainers.pipeline.dtype_on", lambda *told, **more: dtype)
    base = load_base(str(overflowing), "cpu")
    pixels = base.vae.decode(torch.ones(1, 8, 16, 16, dtype=dtype)).sample
    (example,) = examples(base, cuts_of(photos[:1], base.family, "object"), ["a cat"], "object")

    assert base.vae.dtype == dtype
    assert pixels.isfinite().all()
    assert example.mean.isfinite().all()
    assert finished(imagine(base, Drawing(prompt="a cat", steps=2)))[0].getextrema() != ((0, 0),) * 3
