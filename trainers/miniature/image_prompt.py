"""Teaching the miniature to take a photo beside the words of a prompt, as IP-Adapter does for larger bases.

The photo goes through the reader `pick` without its answers, frozen as CLIP is there; only the layers learn that make
positions of what it sees, and by which the UNet's cross-attention reads them.
Source: Ye et al. 2023, arXiv 2308.06721.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812  the field's name

from storage.atomic import write_atomic
from trainers.image_prompts import PhotoLayers
from trainers.miniature import WEIGHTS
from trainers.miniature.captions import brief, caption
from trainers.miniature.denoiser import encode_all, new_scheduler, token_ids
from trainers.miniature.reader_training import disturbed
from trainers.miniature.readers import load_reader, pixels_of_images
from trainers.miniature.training import Average, learning_rate, train
from trainers.miniature.vae import pixels_of
from trainers.miniature.world import ACCESSORIES, PLACES, Picture, Subject, draw, random_picture

NAME = "image-prompt"
FILE = Path("image_prompt") / "image_prompt.safetensors"  #: below the weights
COUNT = 8_000  # subjects, each drawn twice
CHUNK = 500
CAPTIONS_EACH = 4
WHOLE_SHARE = 0.15  # of captions that also say what the subject looks like
POSITIONS = 4  # that a photo becomes, as in the paper
BATCH = 24
WARM_STEPS, WARM_BATCH, WARM_PEAK = 1500, 256, 2e-3
UNPROMPTED_SHARE = 0.08  # shown no photo and told nothing, for classifier-free guidance
PEAK, DECAY, SEED = 5e-4, 0.99, 31

# B batch · F width of what the reader sees · P positions · D text width · N subjects


@dataclass(frozen=True, slots=True)
class Pairs:
    """Subjects, each drawn in two places."""

    drawings: npt.NDArray[np.uint8]  #: (2 N, 64, 64, 3), those of one subject side by side
    captions: Sequence[Sequence[str]]  #: of each drawing
    descriptions: Sequence[str]  #: of each subject


def pair_of(rng: Random) -> tuple[Picture, Picture]:
    """One subject in two places, with or without something on; none that is held out."""
    [subject] = random_picture(rng, pairs=0.0).subjects
    one, other = rng.sample(PLACES, 2)
    return _picture(subject, one, rng), _picture(subject, other, rng)


def _picture(subject: Subject, place: str, rng: Random) -> Picture:
    worn = rng.choice(ACCESSORIES) if rng.random() < 0.5 else None
    return Picture((subject,), (worn,), place, layout=rng.randrange(2**31))


def _said(picture: Picture, rng: Random) -> str:
    return (caption if rng.random() < WHOLE_SHARE else brief)(picture, rng)


def _chunk(seed: int) -> tuple[npt.NDArray[np.uint8], list[list[str]], list[str]]:
    rng = Random(seed)
    drawn, said, described = [], [], []
    for _ in range(CHUNK):
        pair = pair_of(rng)
        described.append(pair[0].subjects[0].description())
        for picture in pair:
            drawn.append(np.asarray(draw(picture)))
            said.append([_said(picture, rng) for _ in range(CAPTIONS_EACH)])
    return np.stack(drawn), said, described


def pairs(folder: Path, count: int) -> Pairs:
    """So many subjects; drawn when they are not there yet."""
    pictures, words = folder / f"pairs-{count}.npy", folder / f"pairs-{count}.json"
    if not words.exists():
        with ProcessPoolExecutor(1) as pool:
            parts = list(pool.map(_chunk, (SEED * 1_000_003 + index for index in range(count // CHUNK))))
        drawn = np.concatenate([part[0] for part in parts])
        write_atomic(pictures, lambda file: np.save(file, drawn))
        told = [[one for part in parts for one in part[at]] for at in (1, 2)]
        write_atomic(words, json.dumps(told).encode())  # last: the sign that all is there
    return Pairs(np.load(pictures, mmap_mode="r"), *json.loads(words.read_text()))


def eye(weights: Path = WEIGHTS) -> Callable[[Sequence[Image.Image]], Tensor]:
    """What the reader sees before it answers: images of any size -> (B, F) float32."""
    trunk = _trunk(weights)

    @torch.no_grad()
    def see(images: Sequence[Image.Image]) -> Tensor:
        seen: Tensor = trunk(pixels_of_images(images))
        return seen

    return see


def _trunk(weights: Path) -> nn.Module:
    """(B, 3, 64, 64) in -1 … 1 -> (B, F)."""
    return nn.Sequential(*list(load_reader("pick", weights / "readers").network.children())[:-1])


def _targets(pipeline: Any, descriptions: Sequence[str]) -> Tensor:
    """What the text encoder says where each description names kind, pattern, eyes, and where it ends: (N, 4, D)."""
    parts = []
    for start in range(0, len(descriptions), WARM_BATCH):
        texts = descriptions[start : start + WARM_BATCH]
        hidden = pipeline.text_encoder(token_ids(pipeline.tokenizer, texts)).last_hidden_state
        at = torch.tensor([_places(pipeline.tokenizer, text) for text in texts])
        parts.append(hidden.gather(1, at[..., None].expand(-1, -1, hidden.shape[-1])))
    return torch.cat(parts)


def _places(tokenizer: Any, description: str) -> list[int]:
    """Where `cat`, `spots` and `eyes` end in `a red cat with blue spots and two eyes`, and where it does itself."""
    lengths = [len(tokenizer(word, add_special_tokens=False).input_ids) for word in description.split()]
    ends = list(itertools.accumulate(lengths))  # the beginning is position 0
    return [ends[2], ends[5], ends[8], ends[8] + 1]


def _warmed(layers: PhotoLayers, unet: Any, targets: Tensor, features: Tensor) -> None:
    """Begin with positions as a description's and with keys and values as words have them: (N, P, D), (2 N, F)."""
    for name, layer in layers.processors().items():
        attention = unet.get_submodule(name.removesuffix(".processor"))
        layer.to_k_ip[0].weight.data.copy_(attention.to_k.weight)
        layer.to_v_ip[0].weight.data.copy_(attention.to_v.weight)
    generator = torch.Generator().manual_seed(SEED)
    optimizer = torch.optim.AdamW(layers.image_proj.parameters(), lr=WARM_PEAK)
    for step in range(WARM_STEPS):
        optimizer.param_groups[0]["lr"] = learning_rate(step, WARM_STEPS, WARM_PEAK)
        chosen = torch.randint(len(features), (WARM_BATCH,), generator=generator)
        loss = F.mse_loss(layers.positions(features[chosen]), targets[chosen // 2])
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()


def train_image_prompt(pipeline: Any, weights: Path, folder: Path, steps: int) -> Iterator[tuple[int, Average]]:
    """Teach new layers for the pipeline, all else frozen; yields as `training.train` does.

    The loss is the plain error of the velocity, as in the paper: min-SNR would hardly look at the noisiest steps, which
    decide what a subject looks like.
    """
    unet, text_encoder = (part.eval().requires_grad_(False) for part in (pipeline.unet, pipeline.text_encoder))
    unet.to(memory_format=torch.channels_last)
    lessons = pairs(folder, COUNT)
    latents, features = _encoded(pipeline.vae, weights, lessons.drawings, folder)
    said = token_ids(pipeline.tokenizer, [text for texts in lessons.captions for text in texts])
    said, nothing = said.view(len(latents), -1, said.shape[-1]), token_ids(pipeline.tokenizer, [""])
    torch.manual_seed(SEED)
    layers = PhotoLayers(unet, features.shape[1], POSITIONS)
    if not (folder / f"{NAME}.ckpt").exists():
        _warmed(layers, unet, _targets(pipeline, lessons.descriptions), features)
    unet.set_attn_processor(unet.attn_processors | layers.processors())
    alphas_cumprod = new_scheduler().alphas_cumprod

    def loss_of(_step: int, generator: torch.Generator) -> Tensor:
        chosen = torch.randint(len(latents), (BATCH,), generator=generator)
        is_shown = torch.rand((BATCH, 1), generator=generator) >= UNPROMPTED_SHARE
        words = said[chosen, torch.randint(CAPTIONS_EACH, (BATCH,), generator=generator)]
        clean = latents[chosen].contiguous(memory_format=torch.channels_last)
        noise = torch.randn(clean.shape, generator=generator)
        timesteps = torch.randint(1000, (BATCH,), generator=generator)
        alphas = alphas_cumprod[timesteps]
        root, rest = alphas.sqrt()[:, None, None, None], (1 - alphas).sqrt()[:, None, None, None]
        with torch.autocast("cpu", torch.bfloat16):
            hidden = text_encoder(torch.where(is_shown, words, nothing)).last_hidden_state
            seen = layers.positions(features[chosen ^ 1] * is_shown)  # the other one of the two
            prediction = unet(root * clean + rest * noise, timesteps, (hidden, [seen])).sample
        return F.mse_loss(prediction.float(), root * noise - rest * clean)

    return train(layers, loss_of, name=NAME, folder=folder, steps=steps, peak=PEAK, decay=DECAY, seed=SEED)


@torch.no_grad()
def _encoded(vae: Any, weights: Path, drawings: npt.NDArray[np.uint8], folder: Path) -> tuple[Tensor, Tensor]:
    """All drawings as scaled latents (2 N, 8, 16, 16), and what the reader sees in them (2 N, F)."""
    generator, trunk = torch.Generator().manual_seed(SEED), _trunk(weights)
    starts = range(0, len(drawings), WARM_BATCH)
    seen = [trunk(disturbed(pixels_of(drawings[at : at + WARM_BATCH]), generator)) for at in starts]
    return encode_all(vae, drawings).float() * vae.config.scaling_factor, torch.cat(seen)


def save_image_prompt(pipeline: Any, folder: Path, weights: Path) -> None:
    """Write the averaged layers of the last checkpoint as IP-Adapter's files are laid out, float16."""
    state = torch.load(folder / f"{NAME}.ckpt", weights_only=True)["average"]
    layers = PhotoLayers(pipeline.unet, state["image_proj.image_embeds.weight"].shape[1], POSITIONS)
    layers.load_state_dict(state)
    (weights / FILE).parent.mkdir(parents=True, exist_ok=True)
    beside = (weights / FILE).with_suffix(".tmp")
    save_file({name: value.half().contiguous() for name, value in layers.tensors().items()}, beside)
    beside.chmod(0o644)
    beside.replace(weights / FILE)


def committed_tensors(weights: Path = WEIGHTS) -> dict[str, Tensor]:
    """What is bundled, float32."""
    return {name: value.float() for name, value in load_file(weights / FILE).items()}
