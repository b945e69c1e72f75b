"""The figures on the miniature's card, each counted anew from the committed weights."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import torch
from PIL import Image

from trainers.miniature.captions import full_caption
from trainers.miniature.clip import load_pair, text_ends
from trainers.miniature.export import committed, folder_bytes
from trainers.miniature.reader_training import UNASKED, labels_of, reconstructed
from trainers.miniature.readers import (
    QUESTIONS,
    Reader,
    load_reader,
    pixels_of_images,
    prompt_fidelity,
    subject_fidelity,
)
from trainers.miniature.style_reader import ANSWERS, NAME, load_style_reader, styled_drawings
from trainers.miniature.vae import psnr
from trainers.miniature.world import Picture, draw, held_out_subjects, new_scenes, photos_of, random_picture

DRAWINGS = 500
PROMPTS = 500
STYLED = 100  # drawings of each style
DESCRIBED = 100  # prompts with everything said: the upper anchor
FRESH_SEED = 90_001  # no training draws with it
STEPS = 24
GUIDANCE_SCALE = 3.0  # as the family `miniature` asks for
BATCH = 25
AMONG = 20  # captions that a drawing's own is to be found among


def fresh_drawings(count: int, seed: int = FRESH_SEED) -> tuple[list[Picture], list[Image.Image]]:
    """Pictures that no training drew, and their drawings."""
    rng = Random(seed)
    pictures = [random_picture(rng) for _ in range(count)]
    return pictures, [draw(picture) for picture in pictures]


def arrays(images: Sequence[Image.Image]) -> Any:
    """(N, 64, 64, 3) uint8."""
    return np.stack([np.asarray(image) for image in images])


def accuracy(reader: Reader, pictures: Sequence[Picture], images: Sequence[Image.Image]) -> float:
    """Share of the questions posed by the pictures that are answered rightly."""
    right = asked = 0
    for picture, answers in zip(pictures, reader.answers(pixels_of_images(images)), strict=True):
        for label, (question, words) in zip(labels_of(picture), QUESTIONS.items(), strict=True):
            asked += label != UNASKED
            right += label != UNASKED and answers[question] == words[label]
    return right / asked


def chance(pictures: Sequence[Picture]) -> float:
    """What guessing each answer evenly would reach."""
    shares = [
        1 / len(words)
        for picture in pictures
        for label, words in zip(labels_of(picture), QUESTIONS.values(), strict=True)
        if label != UNASKED
    ]
    return sum(shares) / len(shares)


def imagined(pipeline: Any, prompts: Sequence[str], seed: int) -> list[Image.Image]:
    """One image for each prompt."""
    images: list[Image.Image] = []
    for start in range(0, len(prompts), BATCH):
        images += pipeline(
            list(prompts[start : start + BATCH]),
            num_inference_steps=STEPS,
            guidance_scale=GUIDANCE_SCALE,
            generator=torch.Generator().manual_seed(seed + start),
        ).images
    return images


def asked(count: int) -> tuple[list[str], list[str], list[tuple[Any, str, str | None]]]:
    """(prompts with the class word, prompts with the full description, what each asks for), of held-out subjects."""
    subjects = held_out_subjects(count // 10, seed=FRESH_SEED)
    plain, full, wanted = [], [], []
    for index in range(count):
        subject = subjects[index % len(subjects)]
        seen = [picture for _, picture in photos_of(subject, 6, seed=index)]
        scene, accessory, words = new_scenes(seen, 2, seed=index)[index // len(subjects) % 2]
        plain.append(f"a {subject.class_word}{words}")
        full.append(f"{subject.description()}{words}")
        wanted.append((subject, scene, accessory))
    return plain, full, wanted


def figures(weights: Path) -> Iterator[tuple[str, str]]:
    """(what, value), each as soon as it is known."""
    pipeline = committed(weights)
    pipeline.set_progress_bar_config(disable=True)
    pictures, images = fresh_drawings(DRAWINGS)
    yield "weights, MiB", f"{folder_bytes(weights) / 2**20:.1f}"
    yield f"PSNR of the VAE over {DRAWINGS} drawings, dB", f"{psnr(pipeline.vae, arrays(images)):.2f}"
    yield from _reader_figures(pipeline.vae, weights, pictures, images)
    yield from _base_figures(pipeline, weights)


def _reader_figures(
    vae: Any, weights: Path, pictures: Sequence[Picture], images: Sequence[Image.Image]
) -> Iterator[tuple[str, str]]:
    again = [Image.fromarray(made) for made in reconstructed(vae, arrays(images))]
    held_out = [
        Picture((subject,), ("hat",), "beach", layout=index) for index, subject in enumerate(held_out_subjects(500))
    ]
    kept = [draw(picture) for picture in held_out]
    for name in ("pick", "judge"):
        reader = load_reader(name, weights / "readers")
        yield (
            f"`{name}` on {DRAWINGS} drawings (chance {chance(pictures):.3f})",
            f"{accuracy(reader, pictures, images):.4f}",
        )
        yield f"`{name}` on {DRAWINGS} reconstructions", f"{accuracy(reader, pictures, again):.4f}"
        yield f"`{name}` on {len(kept)} drawings of held-out subjects", f"{accuracy(reader, held_out, kept):.4f}"
    yield from _style_figures(vae, weights)
    hits = caption_hits(committed(weights), pictures, images)
    yield f"`clip` finds the caption of {DRAWINGS} drawings among {AMONG} (chance {1 / AMONG:.3f})", f"{hits:.4f}"


def caption_hits(pipeline: Any, pictures: Sequence[Picture], images: Sequence[Image.Image]) -> float:
    """Share of the drawings whose own full caption the pipeline's CLIP prefers to those of its group."""
    pair = load_pair()
    ends = text_ends(pipeline.text_encoder, pipeline.tokenizer, [full_caption(picture) for picture in pictures])
    texts = torch.nn.functional.normalize(pair.text_projection(ends))
    hits = 0
    for first in range(0, len(images), AMONG):
        group = slice(first, first + AMONG)
        likeness = pair.image_features(images[group]) @ texts[group].T
        hits += int((likeness.argmax(1) == torch.arange(len(likeness))).sum())
    return hits / len(images)


def _style_figures(vae: Any, weights: Path) -> Iterator[tuple[str, str]]:
    reader = load_style_reader(weights / "readers")
    drawings, labels = styled_drawings(STYLED, FRESH_SEED)
    for name, shown in (("drawings", drawings), ("reconstructions", reconstructed(vae, drawings))):
        seen = reader.read([Image.fromarray(pixels) for pixels in shown])
        right = [style == ANSWERS[label] for style, label in zip(seen, labels.tolist(), strict=True)]
        chance_note = f" (chance {1 / len(ANSWERS):.3f})" if name == "drawings" else ""
        yield f"`{NAME}` on {len(right)} {name}{chance_note}", f"{sum(right) / len(right):.4f}"


def _base_figures(pipeline: Any, weights: Path) -> Iterator[tuple[str, str]]:
    judge = load_reader("judge", weights / "readers")
    plain, full, wanted = asked(PROMPTS)
    for anchor, prompts in (("class word", plain), ("full description", full[:DESCRIBED])):
        readings = judge.read(imagined(pipeline, prompts, FRESH_SEED))
        obeyed = [
            prompt_fidelity(r, scene, accessory) for r, (_, scene, accessory) in zip(readings, wanted, strict=False)
        ]
        alike = [subject_fidelity(r, subject) for r, (subject, _, _) in zip(readings, wanted, strict=False)]
        yield f"prompt fidelity, {len(prompts)} prompts, {anchor}", f"{sum(obeyed) / len(obeyed):.3f}"
        yield f"subject fidelity, {len(prompts)} prompts, {anchor}", f"{sum(alike) / len(alike):.3f}"
    drawn = [draw(Picture((s,), (accessory,), scene, layout=i)) for i, (s, scene, accessory) in enumerate(wanted)]
    readings = judge.read(drawn)
    obeyed = [prompt_fidelity(r, scene, accessory) for r, (_, scene, accessory) in zip(readings, wanted, strict=False)]
    alike = [subject_fidelity(r, subject) for r, (subject, _, _) in zip(readings, wanted, strict=False)]
    yield "prompt fidelity, true drawings", f"{sum(obeyed) / len(obeyed):.3f}"
    yield "subject fidelity, true drawings", f"{sum(alike) / len(alike):.3f}"
