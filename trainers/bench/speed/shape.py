"""A base of Stable Diffusion's shape, less wide, with random weights: the cost of a step does not depend on them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from trainers.miniature import WEIGHTS

NAME = "sd-shape"
SIZE_PX = 256
UNET_CHANNELS = (128, 256, 512, 512)  # Stable Diffusion 1.5 has (320, 640, 1280, 1280)
TEXT_WIDTH = 768
SEED = 3


def write_base(folder: Path) -> None:
    """Write it in diffusers' layout: SD 1.5's configuration of VAE and text encoder, the miniature's vocabulary."""
    import torch
    from transformers import CLIPTextModel, CLIPTokenizer

    tokenizer = CLIPTokenizer.from_pretrained(WEIGHTS / "tokenizer")
    torch.manual_seed(SEED)
    pipeline = _library().StableDiffusionPipeline(
        vae=_vae(),
        text_encoder=CLIPTextModel(_text_config(tokenizer)),
        tokenizer=tokenizer,
        unet=unet(),
        scheduler=_library().DDIMScheduler.from_pretrained(WEIGHTS, subfolder="scheduler"),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )
    pipeline.save_pretrained(folder)


def _library() -> Any:
    """Diffusers, whose lazy imports hide its types."""
    import diffusers

    return diffusers


def unet() -> Any:
    """UNet2DConditionModel whose levels, attention and text width are SD 1.5's."""
    return _library().UNet2DConditionModel(
        sample_size=SIZE_PX // 8,
        block_out_channels=UNET_CHANNELS,
        cross_attention_dim=TEXT_WIDTH,
        attention_head_dim=8,
        layers_per_block=2,
    )


def _vae() -> Any:
    return _library().AutoencoderKL(
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        block_out_channels=(128, 256, 512, 512),
        layers_per_block=2,
        latent_channels=4,
        sample_size=512,
        scaling_factor=0.18215,  # SD 1.5's own config.json
    )


def _text_config(tokenizer: Any) -> Any:
    from transformers import CLIPTextConfig

    return CLIPTextConfig(
        vocab_size=len(tokenizer),
        hidden_size=TEXT_WIDTH,
        intermediate_size=3072,
        num_hidden_layers=12,
        num_attention_heads=12,
        max_position_embeddings=tokenizer.model_max_length,
        projection_dim=TEXT_WIDTH,
        hidden_act="quick_gelu",
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
