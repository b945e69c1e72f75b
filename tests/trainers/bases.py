"""A tiny base made of real diffusers classes, drawn photos, and what tells whether a base was changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from diffusers import AutoencoderKL, DDIMScheduler, StableDiffusionPipeline, UNet2DConditionModel
from PIL import Image, ImageDraw
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

from trainers.pipeline import Applied, Base, base_of, swapped, with_words

TEXT_WIDTH, POSITIONS = 16, 40
START, END = "<|startoftext|>", "<|endoftext|>"
BASES: dict[str, Base] = {}


def tiny_tokenizer() -> CLIPTokenizer:
    """One token for each letter; any lower-case text of letters is taken."""
    letters = [chr(code) for code in range(ord("!"), ord("~") + 1)]
    words = [*letters, *(f"{letter}</w>" for letter in letters), START, END]
    vocabulary = {word: index for index, word in enumerate(words)}
    return CLIPTokenizer(vocab=vocabulary, merges=[], model_max_length=POSITIONS)


def tiny_text_encoder(tokenizer: CLIPTokenizer) -> CLIPTextModel:
    config = CLIPTextConfig(
        vocab_size=len(tokenizer),
        hidden_size=TEXT_WIDTH,
        intermediate_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        max_position_embeddings=POSITIONS,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    return CLIPTextModel(config)


def tiny_unet() -> UNet2DConditionModel:
    return UNet2DConditionModel(
        sample_size=16,
        in_channels=8,
        out_channels=8,
        down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"),
        up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"),
        block_out_channels=(8, 16),
        layers_per_block=1,
        attention_head_dim=2,
        cross_attention_dim=TEXT_WIDTH,
        norm_num_groups=4,
    )


def tiny_vae() -> AutoencoderKL:
    return AutoencoderKL(
        down_block_types=("DownEncoderBlock2D",) * 3,
        up_block_types=("UpDecoderBlock2D",) * 3,
        block_out_channels=(8, 8, 8),
        latent_channels=8,
        norm_num_groups=4,
        sample_size=64,
        scaling_factor=0.5,
    )


def tiny_pipeline(prediction_type: str) -> StableDiffusionPipeline:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(11)
        tokenizer = tiny_tokenizer()
        scheduler = DDIMScheduler(
            beta_schedule="scaled_linear",
            beta_start=0.00085,
            beta_end=0.012,
            prediction_type=prediction_type,
            clip_sample=False,
            set_alpha_to_one=False,
            steps_offset=1,
        )
        return StableDiffusionPipeline(
            vae=tiny_vae(),
            text_encoder=tiny_text_encoder(tokenizer),
            tokenizer=tokenizer,
            unet=tiny_unet(),
            scheduler=scheduler,
            safety_checker=None,
            feature_extractor=None,
            requires_safety_checker=False,
        )


def base_for(prediction_type: str) -> Base:
    """One base for the whole session: nothing may change it, so nobody needs a fresh one."""
    if prediction_type not in BASES:
        pipeline = tiny_pipeline(prediction_type)
        base = base_of(pipeline, "miniature", "tiny-1", torch.device("cpu"))
        family = replace(base.family, scorer=None, captioner=None)  # its readers know only real pictures
        BASES[prediction_type] = replace(base, family=family)
    return BASES[prediction_type]


def draw_photo(path: Path, number: int) -> Path:
    image = Image.new("RGB", (70 + number, 64), (40 * number % 255, 120, 200))
    ImageDraw.Draw(image).ellipse((12, 10 + number, 50, 52), fill=(220, 30 * number % 255, 60))
    image.save(path)
    return path


def half_base() -> Base:
    """The tiny base in bfloat16, as a graphics card loads it."""
    if "bfloat16" not in BASES:
        base = base_of(tiny_pipeline("epsilon").to(torch.bfloat16), "miniature", "half-1", torch.device("cpu"))
        BASES["bfloat16"] = replace(base, family=replace(base.family, scorer=None, captioner=None))
    return BASES["bfloat16"]


@contextmanager
def applied(base: Base, words: Sequence[Applied]) -> Iterator[None]:
    """Inside, the UNet shows the words, as while a picture's step is computed."""
    with swapped(base.unet, with_words(base, words)):
        yield


@dataclass(frozen=True)
class Fingerprints:
    """All of a base's numbers, module types and flags, to be compared before and after."""

    tensors: dict[str, torch.Tensor]
    modules: dict[str, int]
    flags: tuple[bool, ...]

    @classmethod
    def of(cls, base: Base) -> Fingerprints:
        parts = {"unet": base.unet, "vae": base.vae, "text": base.text_encoder}
        return cls(
            {f"{p}.{n}": t.detach().clone() for p, part in parts.items() for n, t in part.state_dict().items()},
            {f"{p}.{n}": id(m) for p, part in parts.items() for n, m in part.named_modules()},
            tuple(t.requires_grad or m.training for m in parts.values() for t in m.parameters()),
        )

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Fingerprints) or self.tensors.keys() != other.tensors.keys():
            return False
        are_same = all(torch.equal(self.tensors[name], other.tensors[name]) for name in self.tensors)
        return are_same and self.modules == other.modules and self.flags == other.flags

    def __hash__(self) -> int:
        return hash(self.flags)
