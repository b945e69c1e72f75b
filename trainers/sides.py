"""Two words on two sides of one picture: who stands where, what is said of each side, and a closer look at both."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence

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
#: a word, or where something stands
PLACED = re.compile(rf"<([a-z][a-z0-9_-]*)(?::[\d.]+)?>|{SIDE.pattern}", re.IGNORECASE)
JOINED = re.compile(r"^[\s,;]*(?:(?:and|with|next to|beside)\s)?\s*|[\s,;]+$", re.IGNORECASE)

# B batch · H W height and width of pictures, in px · S side of a closer look, in px

Words = Sequence[tuple[Adapter, float]]


def sides_of(prompt: str) -> dict[str, str]:
    """Which words the prompt puts on the left and on the right: said after each word, or before each."""
    found = [(match[1], match[2]) for match in PLACED.finditer(prompt.lower())]
    if found and found[0][1]:
        found.reverse()  # then the side comes after its word here too
    return {word: side for (word, _), (_, side) in itertools.pairwise(found) if word and side}


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
    """What the prompt says of one side, without the side, and what it says of all of the picture at its end."""
    texts, sides = SIDE.split(prompt)[::2], [found.lower() for found in SIDE.findall(prompt)]
    before, said, rest = "", texts[:-1], texts[-1]
    if not words_in(texts[0]):  # the sides stand before what they say
        before, *said = texts
        said[-1], rest = _parted(said[-1])
    mine = [JOINED.sub("", text) for text, found in zip(said, sides, strict=True) if found == side]
    return before + " and ".join(mine) + rest


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
