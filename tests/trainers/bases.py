"""A tiny base made of real diffusers classes, drawn photos, and what tells whether a base was changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from diffusers import (
    AutoencoderKL,
    DDIMScheduler,
    FlowMatchEulerDiscreteScheduler,
    StableDiffusionInpaintPipeline,
    StableDiffusionPipeline,
    StableDiffusionXLInpaintPipeline,
    StableDiffusionXLPipeline,
    UNet2DConditionModel,
    ZImagePipeline,
    ZImageTransformer2DModel,
)
from PIL import Image, ImageDraw
from transformers import (
    CLIPTextConfig,
    CLIPTextModel,
    CLIPTextModelWithProjection,
    CLIPTokenizer,
    Qwen2Tokenizer,
    Qwen3Config,
    Qwen3Model,
)
from transformers.convert_slow_tokenizer import bytes_to_unicode

from storage.beside import INT8
from trainers.clips import Clip, ClipSource
from trainers.dataset import pixels_of
from trainers.families import families
from trainers.image_prompts import ImagePrompt, PhotoLayers, made
from trainers.miniature import image_prompt  # noqa: F401  before a test lets the weights lie elsewhere
from trainers.pipeline import Applied, Base, base_of, swapped, with_words
from trainers.quantised import pack_blocks

TEXT_WIDTH, POSITIONS = 16, 40
SECOND_WIDTH, POOLED_WIDTH, TIME_WIDTH = 24, 20, 8  # of the tiny SDXL
CLIP_WIDTH = 12
START, END = "<|startoftext|>", "<|endoftext|>"
XL_UNET = {
    "addition_embed_type": "text_time",
    "addition_time_embed_dim": TIME_WIDTH,
    "projection_class_embeddings_input_dim": POOLED_WIDTH + 6 * TIME_WIDTH,
}
BASES: dict[str, Base] = {}


def tiny_tokenizer() -> CLIPTokenizer:
    """One token for each letter; any lower-case text of letters is taken."""
    letters = [chr(code) for code in range(ord("!"), ord("~") + 1)]
    words = [*letters, *(f"{letter}</w>" for letter in letters), START, END]
    vocabulary = {word: index for index, word in enumerate(words)}
    return CLIPTokenizer(vocab=vocabulary, merges=[], model_max_length=POSITIONS)


def text_config(tokenizer: CLIPTokenizer, width: int = TEXT_WIDTH) -> CLIPTextConfig:
    return CLIPTextConfig(
        vocab_size=len(tokenizer),
        hidden_size=width,
        intermediate_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        max_position_embeddings=POSITIONS,
        projection_dim=POOLED_WIDTH,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )


def tiny_unet(text_width: int = TEXT_WIDTH, *, channels: int = 8, **more: Any) -> UNet2DConditionModel:
    return UNet2DConditionModel(
        sample_size=16,
        out_channels=channels,
        down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"),
        up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"),
        block_out_channels=(8, 16),
        layers_per_block=1,
        attention_head_dim=2,
        cross_attention_dim=text_width,
        norm_num_groups=4,
        **{"in_channels": channels} | more,
    )


def tiny_vae(channels: int = 8, **more: Any) -> AutoencoderKL:
    return AutoencoderKL(
        down_block_types=("DownEncoderBlock2D",) * 3,
        up_block_types=("UpDecoderBlock2D",) * 3,
        block_out_channels=(8, 8, 8),
        latent_channels=channels,
        norm_num_groups=4,
        sample_size=64,
        scaling_factor=0.5,
        **more,
    )


def tiny_scheduler(prediction_type: str) -> DDIMScheduler:
    return DDIMScheduler(
        beta_schedule="scaled_linear",
        beta_start=0.00085,
        beta_end=0.012,
        prediction_type=prediction_type,
        clip_sample=False,
        set_alpha_to_one=False,
        steps_offset=1,
    )


def tiny_pipeline(prediction_type: str) -> StableDiffusionPipeline:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(11)
        tokenizer = tiny_tokenizer()
        return StableDiffusionPipeline(
            vae=tiny_vae(),
            text_encoder=CLIPTextModel(text_config(tokenizer)),
            tokenizer=tokenizer,
            unet=tiny_unet(),
            scheduler=tiny_scheduler(prediction_type),
            safety_checker=None,
            feature_extractor=None,
            requires_safety_checker=False,
        )


def tiny_xl_pipeline() -> StableDiffusionXLPipeline:
    """Both encoders of SDXL, the second padding with "!" as the real one does."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(12)
        tokenizer, second = tiny_tokenizer(), tiny_tokenizer()
        second.pad_token = "!"
        return StableDiffusionXLPipeline(
            vae=tiny_vae(),
            text_encoder=CLIPTextModel(text_config(tokenizer)),
            text_encoder_2=CLIPTextModelWithProjection(text_config(second, SECOND_WIDTH)),
            tokenizer=tokenizer,
            tokenizer_2=second,
            unet=tiny_unet(TEXT_WIDTH + SECOND_WIDTH, **XL_UNET),
            scheduler=tiny_scheduler("epsilon"),
        )


def tiny_inpainting(*, is_xl: bool = False) -> StableDiffusionInpaintPipeline | StableDiffusionXLInpaintPipeline:
    """Four channels of latents and nine of the UNet, as the real ones have."""
    plain = tiny_xl_pipeline() if is_xl else tiny_pipeline("epsilon")
    width = TEXT_WIDTH + SECOND_WIDTH if is_xl else TEXT_WIDTH
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(13)
        unet = tiny_unet(width, channels=4, in_channels=9, **XL_UNET if is_xl else {})
        parts = {**plain.components, "vae": tiny_vae(channels=4), "unet": unet}
    if is_xl:
        return StableDiffusionXLInpaintPipeline(**parts)
    return StableDiffusionInpaintPipeline(**parts, requires_safety_checker=False)


def tiny_packed() -> StableDiffusionPipeline:
    pipeline = tiny_pipeline("v_prediction")
    pack_blocks(pipeline.unet)
    return pipeline


CHAT = (  # as Qwen3's, without what one message does not need
    "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def tiny_chat_tokenizer() -> Qwen2Tokenizer:
    """One token for each byte, and those of a chat."""
    letters = {letter: index for index, letter in enumerate(bytes_to_unicode().values())}
    tokenizer = Qwen2Tokenizer(
        vocab=letters | {"<|endoftext|>": len(letters)},
        merges=[],
        additional_special_tokens=["<|im_start|>", "<|im_end|>"],
    )
    tokenizer.chat_template = CHAT
    return tokenizer


def tiny_z_image() -> ZImagePipeline:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(14)
        tokenizer = tiny_chat_tokenizer()
        text_encoder = Qwen3Model(
            Qwen3Config(
                vocab_size=len(tokenizer),
                hidden_size=TEXT_WIDTH,
                intermediate_size=32,
                num_hidden_layers=3,
                num_attention_heads=2,
                num_key_value_heads=1,
                head_dim=8,
                bos_token_id=None,
                eos_token_id=None,
            )
        )
        transformer = ZImageTransformer2DModel(
            in_channels=8,
            dim=24,
            n_layers=1,
            n_refiner_layers=1,
            n_heads=2,
            n_kv_heads=2,
            cap_feat_dim=TEXT_WIDTH,
            axes_dims=[4, 4, 4],
            axes_lens=[1024, 32, 32],
        )
        return ZImagePipeline(
            scheduler=FlowMatchEulerDiscreteScheduler(shift=6.0),
            vae=tiny_vae(shift_factor=0.2),
            text_encoder=text_encoder,
            tokenizer=tokenizer,
            transformer=transformer,
        )


TINY: Mapping[str, Callable[[], Any]] = {
    "epsilon": lambda: tiny_pipeline("epsilon"),
    "v_prediction": lambda: tiny_pipeline("v_prediction"),
    "sdxl": tiny_xl_pipeline,
    "int8": tiny_packed,
    "inpainting": tiny_inpainting,
    "sdxl_inpainting": lambda: tiny_inpainting(is_xl=True),
    "z_image": tiny_z_image,
}


def tiny_clip() -> Clip:
    """A space that words and pictures share by chance."""
    generator = torch.Generator().manual_seed(13)
    projection = torch.randn(CLIP_WIDTH, TEXT_WIDTH, generator=generator)
    looks = torch.randn(CLIP_WIDTH, 3 * 8 * 8, generator=generator)

    def image_features(images: Sequence[Image.Image]) -> torch.Tensor:
        pixels = torch.stack([pixels_of(image.convert("RGB").resize((8, 8))).flatten() for image in images])
        return torch.nn.functional.normalize(pixels @ looks.T)

    return Clip(projection, image_features)


def colours(images: Sequence[Image.Image]) -> torch.Tensor:
    """An image encoder that sees four colours of each picture."""
    return torch.stack([pixels_of(image.convert("RGB").resize((2, 2))).flatten() for image in images])


def tiny_image_prompt(base: Base) -> ImagePrompt:
    """An adapter that nobody has taught."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(14)
        layers = PhotoLayers(base.unet, 12, 4)
    return made("tiny", base, colours, layers.tensors())


def base_for(what: str) -> Base:
    """One base for the whole session: nothing may change it, so nobody needs a fresh one."""
    if what not in BASES:
        base = base_of(TINY[what](), "miniature", "tiny-1", torch.device("cpu"))
        family = replace(base.family, scorer=None, captioner=None)  # its readers know only real pictures
        family = replace(family, clip=ClipSource("tiny", CLIP_WIDTH, tiny_clip))
        if what.startswith("sdxl"):
            family = replace(family, text_layer=-2, names_in_files=families()["sdxl"].names_in_files)
        if what == "z_image":
            own = ("size_px", "bucket_px", "max_aspect", "shapes", "closeups", "may_flip")
            sizes = {name: getattr(family, name) for name in own}
            family = replace(families()[what], **sizes)
        quantised = INT8 if what == INT8 else ""
        image_prompt = None if what == "z_image" else tiny_image_prompt(base)
        BASES[what] = replace(base, family=family, quantised=quantised, image_prompt=image_prompt)
    return BASES[what]


def draw_photo(path: Path, number: int) -> Path:
    image = Image.new("RGB", (70 + number, 64), (40 * number % 255, 120, 200))
    ImageDraw.Draw(image).ellipse((12, 10 + number, 50, 52), fill=(220, 30 * number % 255, 60))
    image.save(path)
    return path


def half_base() -> Base:
    """The tiny base in bfloat16."""
    if "bfloat16" not in BASES:
        base = base_of(tiny_pipeline("epsilon").to(torch.bfloat16), "miniature", "half-1", torch.device("cpu"))
        clip = ClipSource("tiny", CLIP_WIDTH, tiny_clip)
        BASES["bfloat16"] = replace(base, family=replace(base.family, scorer=None, captioner=None, clip=clip))
    return BASES["bfloat16"]


@contextmanager
def applied(base: Base, words: Sequence[Applied]) -> Iterator[None]:
    """Inside, the UNet shows the words, as while a picture's step is computed."""
    with swapped(base.denoiser, with_words(base, words)):
        yield


@dataclass(frozen=True)
class Fingerprints:
    """All of a base's numbers, module types and flags, to be compared before and after."""

    tensors: dict[str, torch.Tensor]
    modules: dict[str, int]
    flags: tuple[bool, ...]

    @classmethod
    def of(cls, base: Base) -> Fingerprints:
        parts = dict(enumerate(base.parts))
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
