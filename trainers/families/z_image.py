"""Z-Image: a transformer that reads pictures and text as one sequence, taught straight lines; no UNet, no CLIP."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from trainers.conditioning import Said
from trainers.diffusion import is_flow
from trainers.families import Cost, register
from trainers.families.sd1 import SD1

if TYPE_CHECKING:
    from trainers.pipeline import TextEncoder

TEXT_WIDTH = 2560  # of Qwen3-4B
TURBO_SHIFT = 3.0  # of Z-Image-Turbo, which was distilled to eight steps without guidance: a word undoes that
MOST_TOKENS = 512  # of a prompt with what the chat puts around it, as diffusers' pipeline has it
HEARD_LAYER = -2  # of the text encoder's states
PATCH = 2  # latents along the side of what is one position for the transformer
TRAIN_TIMESTEPS = 1000  # the transformer is told 0 for noise alone and 1 for the picture
TARGETS = re.compile(
    r"(?:layers|noise_refiner|context_refiner)\.\d+\.(?:attention\.to_(?:q|k|v|out\.0)|feed_forward\.w[123])"
)

# B batch · T positions · D text width · C latent channels · H W latent height, width


class ZImage:
    """How its parts are asked. Source: Z-Image, arXiv 2511.22699; diffusers' `ZImagePipeline`."""

    @torch.no_grad()
    def said(self, encoder: TextEncoder, text: str) -> Said:
        """What the chat model makes of a message with this text, the state before its last: (1, T, D)."""
        ids = encoder.tokenizer(chat_of(encoder, text), truncation=True, max_length=MOST_TOKENS).input_ids
        token_ids = torch.tensor([ids], device=encoder.model.device)
        hidden: Tensor = encoder.model(input_ids=token_ids, output_hidden_states=True).hidden_states[HEARD_LAYER]
        return Said(hidden, lengths=(len(ids),))

    def rest(self, encoder: TextEncoder, text: str) -> str:
        """What of the text comes after the last token that is heard."""
        chat = chat_of(encoder, text)
        places: Any = encoder.tokenizer(chat, return_offsets_mapping=True)["offset_mapping"]
        if len(places) <= MOST_TOKENS:
            return ""
        begin = chat.rindex(text)
        return chat[max(begin, places[MOST_TOKENS][0]) : begin + len(text)]

    def predicted(self, denoiser: Any, noisy: Tensor, timesteps: Tensor, said: Said) -> Tensor:
        """The velocity towards noise; the transformer itself says the one towards the picture."""
        pictures = list(noisy[:, :, None].unbind())  # each (C, 1, H, W): a film of one frame
        features = [hidden[:length] for hidden, length in zip(said.hidden, said.lengths, strict=True)]
        clean = (TRAIN_TIMESTEPS - timesteps.expand(len(noisy))) / TRAIN_TIMESTEPS
        made: list[Tensor] = denoiser(pictures, clean, features, return_dict=False)[0]
        return -torch.stack(made)[:, :, 0]

    def noticing(self, denoiser: Any) -> nn.Module:
        """The layer in the middle."""
        layer: nn.Module = denoiser.layers[len(denoiser.layers) // 2]
        return layer

    def noticed(self, made: Tensor, noisy: Tensor) -> Tensor:
        """The picture's positions come before those of the text."""
        height, width = noisy.shape[2:]
        return made[:, : height * width // PATCH**2].transpose(1, 2)


def chat_of(encoder: TextEncoder, text: str) -> str:
    """A message with this text, and the beginning of the answer to it."""
    messages = [{"role": "user", "content": text}]
    chat: Any = encoder.tokenizer.apply_chat_template(
        messages, tokenize=False, add_generation_prompt=True, enable_thinking=True
    )
    return str(chat)


def _is_z_image(denoiser: Mapping[str, Any], scheduler: Mapping[str, Any]) -> bool:
    """One that hears text alone, with steps that do not depend on a picture's size."""
    is_own = denoiser.get("cap_feat_dim") == TEXT_WIDTH and denoiser.get("siglip_feat_dim") is None
    is_plain = is_flow(scheduler) and not scheduler.get("use_dynamic_shifting")
    return is_own and is_plain and scheduler.get("shift") != TURBO_SHIFT


register(
    dataclasses.replace(
        SD1,
        name="z_image",
        title="Z-Image",
        numbers=10_261_196_515,
        vae_numbers=83_819_683,
        encoder_numbers=4_022_468_096,
        lora_numbers=39_690_240,
        cost=Cost(imagine=973, decode=1536, train=38364, checkpointed=2455),
        size_px=1024,
        shapes={"square": (1024, 1024), "portrait": (896, 1152), "landscape": (1152, 896)},
        fits=lambda name, denoiser, scheduler: _is_z_image(denoiser, scheduler),
        architecture=ZImage(),
        pipeline="ZImagePipeline",
        methods=("lora", "lokr"),
        edits=(),
        targets=TARGETS,
        layer_prefix="diffusion_model.",  # ai-toolkit's, which ComfyUI and diffusers read
        clip=None,
        recommended={},
        pages=1,
        kohya_version="zimage",
        modelspec_architecture="Z-Image",
        steps=30,
        guidance_scale=5.0,  # diffusers' pipeline counts from 0: its 4, which the authors advise
    )
)
