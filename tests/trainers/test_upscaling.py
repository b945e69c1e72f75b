"""A latent upscaler of the operator's, of real classes at toy size, draws what the base model would enlarge."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from diffusers import EulerDiscreteScheduler, StableDiffusionLatentUpscalePipeline, UNet2DConditionModel
from PIL import Image
from transformers import CLIPTextModel

from storage.errors import TintypeError
from tests.trainers.bases import TEXT_WIDTH, base_for, draw_photo, text_config, tiny_tokenizer, tiny_vae
from tests.trainers.jobs.attempts import attempt_of, ran
from trainers.advertise import advertised
from trainers.drawing.held import is_held_back
from trainers.imagine import Drawing, finished
from trainers.pipeline import Base
from trainers.showing import opened
from trainers.upscaling import doubled, doubles, upscaler_for

CPU = torch.device("cpu")


@pytest.fixture(autouse=True)
def few_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trainers.upscaling.STEPS", 2)


def tiny_upscaler() -> StableDiffusionLatentUpscalePipeline:
    """As the real one: latents beside noise going in, one more channel coming out, told its noise and its prompt."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(31)
        tokenizer = tiny_tokenizer()
        return StableDiffusionLatentUpscalePipeline(
            vae=tiny_vae(channels=4),
            text_encoder=CLIPTextModel(text_config(tokenizer)),
            tokenizer=tokenizer,
            unet=UNet2DConditionModel(
                in_channels=8,
                out_channels=5,
                block_out_channels=(32, 32, 64, 64),  # its blocks norm in groups of 32
                norm_num_groups=None,
                cross_attention_dim=TEXT_WIDTH,
                time_cond_proj_dim=128 + TEXT_WIDTH,
                attention_head_dim=8,
                down_block_types=("KDownBlock2D", *["KCrossAttnDownBlock2D"] * 3),
                up_block_types=(*["KCrossAttnUpBlock2D"] * 3, "KUpBlock2D"),
                mid_block_type=None,
                conv_in_kernel=1,
                conv_out_kernel=1,
                resnet_time_scale_shift="scale_shift",
                time_embedding_type="fourier",
                timestep_post_act="gelu",
                act_fn="gelu",
                only_cross_attention=False,
            ),
            scheduler=EulerDiscreteScheduler(prediction_type="sample"),
        )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("upscalers") / "tiny-up"
    tiny_upscaler().save_pretrained(home)
    return home


@pytest.fixture(scope="module")
def base(folder: Path) -> Base:
    return replace(base_for("v_prediction"), upscaler=upscaler_for(str(folder), CPU, torch.float32))


def enlarged(base: Base, folder: Path, seed: int = 3) -> Image.Image:
    folder.mkdir()
    opened(draw_photo(folder / "drawn.png", 1)).resize((64, 64)).save(folder / "parent.png")
    order = {"prompt": "a cat", "seed": seed, "steps": 2, "relation": {"kind": "enlarge", "parent": "parent.png"}}
    told = ran(base, attempt_of(folder, "imagine", order))
    return opened(folder / told.made("image")[0].path)


def test_enlargements_come_from_it_and_show_what_was_there(base: Base, tmp_path: Path) -> None:
    mine, plain = enlarged(base, tmp_path / "a"), enlarged(base_for("v_prediction"), tmp_path / "b")
    parent = opened(tmp_path / "a" / "parent.png")
    off = torch.tensor(list(parent.tobytes())).float() - torch.tensor(
        list(mine.resize((64, 64), Image.Resampling.BOX).tobytes())
    )

    assert mine.size == plain.size == (128, 128)
    assert mine.tobytes() != plain.tobytes()
    assert enlarged(base, tmp_path / "c").tobytes() == mine.tobytes()
    assert float(off.abs().mean()) < 12  # of 255; a picture of its own is 60 and more away


@pytest.mark.parametrize(
    "change", [{"size": (96, 96)}, {"keeps_parent": False}, {"parent": None}], ids=["not doubled", "varied", "new"]
)
def test_all_else_the_base_draws(base: Base, change: dict[str, object]) -> None:
    asked = Drawing(prompt="", parent=Image.new("RGB", (64, 64)), keeps_parent=True, size=(128, 128))

    assert doubles(base, asked)
    assert not doubles(base, replace(asked, **change))
    assert not doubles(base_for("v_prediction"), asked)


def test_its_pictures_are_looked_at_as_all_are(base: Base) -> None:
    class HoldsAllBack:
        name = "test"

        def holds_back(self, image: Image.Image, *, is_strict: bool) -> bool:
            return True

    asked = Drawing(prompt="", parent=Image.new("RGB", (64, 64), "teal"), keeps_parent=True, size=(128, 128))

    assert is_held_back(finished(doubled(replace(base, output_check=HoldsAllBack()), asked))[0])


def test_the_engine_says_which_one_it_has_without_a_path(base: Base) -> None:
    assert str(advertised(base)["upscaler"]).startswith("local/tiny-up@")
    assert advertised(base_for("v_prediction"))["upscaler"] == ""


def test_what_is_no_upscaler_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model_index.json").write_text(json.dumps({"_class_name": "StableDiffusionPipeline"}))

    for wanted in (tmp_path, tmp_path / ".."):
        with pytest.raises(TintypeError, match="E_UPSCALER_LOAD"):
            upscaler_for(str(wanted), CPU, torch.float32)


def test_none_is_needed() -> None:
    assert upscaler_for("", CPU, torch.float32) is None
