"""The miniature's UNet and text encoder, trained together on the drawings' latents."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from diffusers import DDIMScheduler, UNet2DConditionModel
from torch import Tensor, nn
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

from trainers.miniature.tokenizer import MAX_LENGTH
from trainers.miniature.training import Average, train
from trainers.miniature.vae import LATENT_CHANNELS, pixels_of

TEXT_WIDTH = 192
BATCH = 48
SNR_GAMMA = 5.0  # Hang et al. 2023


@dataclass(frozen=True, slots=True)
class Run:
    """One training of the denoiser: the name of its checkpoint, and how fast."""

    name: str
    peak: float  #: learning rate
    decay: float  #: of the averaged weights
    seed: int


FIRST = Run("denoiser", peak=1e-3, decay=0.9995, seed=21)
POLISH = Run("polish", peak=8e-4, decay=0.999, seed=22)  #: from weights that were trained before


class Denoiser(nn.Module):
    """UNet and text encoder as one thing to train, average and save."""

    def __init__(self, tokenizer: CLIPTokenizer) -> None:
        super().__init__()
        self.text_encoder = CLIPTextModel(
            CLIPTextConfig(
                vocab_size=len(tokenizer),
                hidden_size=TEXT_WIDTH,
                intermediate_size=TEXT_WIDTH * 4,
                num_hidden_layers=3,
                num_attention_heads=6,
                max_position_embeddings=MAX_LENGTH,
                hidden_act="quick_gelu",
                bos_token_id=tokenizer.bos_token_id,
                eos_token_id=tokenizer.eos_token_id,
                pad_token_id=tokenizer.pad_token_id,
            )
        )
        self.unet: Any = UNet2DConditionModel(  # type: ignore[no-untyped-call]
            sample_size=16,
            in_channels=LATENT_CHANNELS,
            out_channels=LATENT_CHANNELS,
            down_block_types=("CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"),
            up_block_types=("UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"),
            block_out_channels=(64, 128, 128),
            layers_per_block=1,
            attention_head_dim=4,
            cross_attention_dim=TEXT_WIDTH,
            norm_num_groups=16,
        )


def new_scheduler() -> Any:
    """Predicts velocity: plain backgrounds come out plain, which noise prediction finds hard at this size."""
    return DDIMScheduler(  # type: ignore[no-untyped-call]
        beta_schedule="scaled_linear",
        beta_start=0.00085,
        beta_end=0.012,
        prediction_type="v_prediction",
        timestep_spacing="trailing",
        clip_sample=False,
        set_alpha_to_one=False,
        steps_offset=1,
        rescale_betas_zero_snr=False,
    )


@torch.no_grad()
def encode_all(vae: Any, drawings: npt.NDArray[np.uint8]) -> Tensor:
    """Means of all drawings' latents, not scaled yet: (N, 8, 16, 16) float16."""
    parts = []
    for start in range(0, len(drawings), 100):
        with torch.autocast("cpu", torch.bfloat16):
            parts.append(vae.encode(pixels_of(drawings[start : start + 100])).latent_dist.mean.half())
    return torch.cat(parts)


def token_ids(tokenizer: CLIPTokenizer, texts: Sequence[str]) -> Tensor:
    """(N, 48) int64, padded as a pipeline pads."""
    ids: Tensor = tokenizer(
        list(texts), padding="max_length", max_length=MAX_LENGTH, truncation=True, return_tensors="pt"
    ).input_ids
    return ids


def velocity_loss(prediction: Tensor, target: Tensor, alphas: Tensor) -> Tensor:
    """Mean squared error of the velocity, weighed by min(SNR, gamma) / (SNR + 1).

    Shapes: prediction and target (B, C, H, W), alphas (B,) cumulative products -> scalar.
    Source: Hang et al. 2023, arXiv 2303.09556; Salimans and Ho 2022, arXiv 2202.00512.
    """
    snr = alphas / (1 - alphas)
    weights = snr.clamp(max=SNR_GAMMA) / (snr + 1)
    return (weights * (prediction.float() - target).square().mean((1, 2, 3))).mean()


def new_denoiser(tokenizer: CLIPTokenizer, seed: int) -> Denoiser:
    """An untrained one."""
    torch.manual_seed(seed)
    return Denoiser(tokenizer)


def denoiser_of(pipeline: Any) -> Denoiser:
    """One with the weights of a pipeline, float32."""
    denoiser = Denoiser(pipeline.tokenizer)
    denoiser.unet.load_state_dict(pipeline.unet.float().state_dict())
    denoiser.text_encoder.load_state_dict(pipeline.text_encoder.float().state_dict())
    return denoiser


def train_denoiser(
    denoiser: Denoiser, latents: Tensor, words: Tensor, *, run: Run, folder: Path, steps: int
) -> Iterator[tuple[int, Average]]:
    """Train on scaled latents (N, 8, 16, 16) and token ids (N, K, 48), K captions each; yields as `training.train`."""
    denoiser.unet.to(memory_format=torch.channels_last)
    alphas_cumprod = new_scheduler().alphas_cumprod

    def loss_of(_step: int, generator: torch.Generator) -> Tensor:
        chosen = torch.randint(len(latents), (BATCH,), generator=generator)
        said = torch.randint(words.shape[1], (BATCH,), generator=generator)
        clean = latents[chosen].float().contiguous(memory_format=torch.channels_last)
        noise = torch.randn(clean.shape, generator=generator)
        timesteps = torch.randint(1000, (BATCH,), generator=generator)
        alphas = alphas_cumprod[timesteps]
        root, rest = alphas.sqrt()[:, None, None, None], (1 - alphas).sqrt()[:, None, None, None]
        with torch.autocast("cpu", torch.bfloat16):
            encoder_hidden_states = denoiser.text_encoder(words[chosen, said]).last_hidden_state
            prediction = denoiser.unet(root * clean + rest * noise, timesteps, encoder_hidden_states).sample
        return velocity_loss(prediction, root * noise - rest * clean, alphas)

    return train(
        denoiser, loss_of, name=run.name, folder=folder, steps=steps, peak=run.peak, decay=run.decay, seed=run.seed
    )
