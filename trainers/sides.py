"""Two words on two sides of one picture: who stands where, what is said of each side, and a closer look at both."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from storage.words import words_in
from trainers.adapter import Adapter
from trainers.looking.boxes import Box

SIDES = ("left", "right")
BORDER = 0.25  # of the width, in the middle: there one side goes over into the other
CLOSER = 0.875  # of the width: so much of a picture a closer look at a side shows, at the bottom, where subjects stand
REDRAWN = 0.7  # how far it leaves what it looks at: at 0.6 less is found of the subjects, at 0.8 no more
SEAM = 1 / 8  # of such a look's width, at its edges: there it goes over into what lies around it
SIDE = re.compile(r"\b(?:on|to|at) the (left|right)\b(?: side\b)?", re.IGNORECASE)
PAUSES = (":", ",", ";", ".")
#: what is said of all of the picture before the first word that stands somewhere: `a photo of a <zed>`
OPENED = re.compile(r"(.*(?:\bof|[:,])\s)\s*((?:(?!and\b|with\b)[\w-]+\s+)*<[^<>]*>[^<]*)", re.IGNORECASE | re.DOTALL)
JOINED = re.compile(r"^[\s,;:]*(?:(?:and|with|next to|beside)\s)?\s*|[\s,;:]+$", re.IGNORECASE)

# B batch · H W height and width of pictures, in px · S side of a closer look, in px

Words = Sequence[tuple[Adapter, float]]


@dataclass(frozen=True, slots=True)
class Staging:
    """What a prompt says of all of the picture and what of its sides, in the order in which it says it."""

    before: str
    placed: Sequence[tuple[str, str]]  #: a side, and what stands there
    rest: str


def staged(prompt: str) -> Staging:
    """Each side is said after what stands there, or before it."""
    texts, sides = SIDE.split(prompt)[::2], [found.lower() for found in SIDE.findall(prompt)]
    if not sides:
        return Staging("", [], prompt)
    if _has_sides_first(texts[0], texts[-1]):
        before, *said = texts
        said[-1], rest = _parted(said[-1])
    else:
        *said, rest = texts
        opened = OPENED.fullmatch(said[0])
        before, said[0] = opened.groups() if opened else ("", said[0])
    return Staging(before, list(zip(sides, (JOINED.sub("", text) for text in said), strict=True)), rest)


def _has_sides_first(before: str, last: str) -> bool:
    """Whether there is no word before the first side, or a pause, and after the last one a word without a pause.

    So `an <ink> drawing: on the left a <zed>, on the right a <ivo>`, not `a <zed>, on the left, a <ivo>, on the right`.
    """
    is_apart, goes_on = before.rstrip().endswith(PAUSES), not last.lstrip().startswith(PAUSES[1:])
    return not words_in(before) or (is_apart and goes_on and bool(words_in(last)))


def sides_of(prompt: str) -> dict[str, str]:
    """Which words the prompt puts on the left and on the right."""
    return {word.name: side for side, text in staged(prompt).placed for word in words_in(text)}


def share_of(side: str, columns: int) -> Tensor:
    """How much a side has to say about each column: all, then less and less across the border, then nothing: (W,)."""
    across = ((torch.arange(columns) + 0.5) / columns - 0.5) / BORDER
    return (0.5 - across if side == "left" else 0.5 + across).clamp(0, 1)


def without(prompt: str, words: Words, where: Mapping[str, str], side: str) -> str:
    """The prompt with class words instead of the words that stand on the other side."""
    for adapter, _ in words:
        if where.get(adapter.word, side) != side:
            prompt = re.sub(rf"<{re.escape(adapter.word)}(:[\d.]+)?>", adapter.class_word, prompt, flags=re.IGNORECASE)
    return prompt


def said_of(prompt: str, side: str) -> str:
    """What the prompt says of one side, without the side, and what it says of all of the picture."""
    scene = staged(prompt)
    return scene.before + " and ".join(text for found, text in scene.placed if found == side) + scene.rest


def _parted(text: str) -> tuple[str, str]:
    """What is said of the last side, up to the first comma after its last word, and the rest."""
    comma = text.find(",", text.rfind(">"))
    return (text, "") if comma < 0 else (text[:comma], text[comma:])


# --- a closer look ---------------------------------------------------------------------------------------------------


def window_of(side: str, size: tuple[int, int]) -> Box:
    """Which square of a picture (width, height) a closer look at a side shows; it may reach beyond the outer edge."""
    width, height = size
    length = min(round(CLOSER * width), height)
    left = round(width * (0.25 if side == "left" else 0.75) - length / 2)
    return Box(left, height - length, left + length, height)


def looked_at(pixels: Tensor, window: Box, size_px: int) -> Tensor:
    """(B, 3, H, W) -> (B, 3, S, S): what a window shows, enlarged; beyond the edge the edge goes on."""
    width = pixels.shape[3]
    beyond = (max(0, -window.left), max(0, window.right - width))
    wide = functional.pad(pixels, (*beyond, 0, 0), mode="replicate")
    left = window.left + beyond[0]
    cut = wide[:, :, window.top : window.bottom, left : left + window.width]
    return functional.interpolate(cut, (size_px, size_px), mode="bicubic", antialias=True).clamp(-1, 1)


def laid_back(pixels: Tensor, looks: Mapping[str, Tensor]) -> Tensor:
    """(B, 3, H, W) with what was drawn of each side (B, 3, S, S) in its window, seams and border gone over softly."""
    height, width = pixels.shape[2:]
    made = pixels.clone()
    for side, look in looks.items():
        window = window_of(side, (width, height))
        small = functional.interpolate(look, (window.height, window.width), mode="bicubic", antialias=True).clamp(-1, 1)
        shown = slice(max(0, window.left), min(width, window.right))
        own = slice(shown.start - window.left, shown.stop - window.left)
        weight = (_softness(window.width)[:, own] * share_of(side, width)[shown]).to(pixels.device)
        added = weight * (small[:, :, :, own] - pixels[:, :, window.top : window.bottom, shown])
        made[:, :, window.top : window.bottom, shown] += added
    return made


def _softness(length: int) -> Tensor:
    """How much of a look counts at each of its pixels: (S, S). At the bottom there is nothing to go over into."""
    seam = max(1, round(SEAM * length))
    rising = ((torch.arange(length) + 1) / (seam + 1)).clamp(max=1)
    return rising[:, None] * torch.minimum(rising, rising.flip(0))[None]
