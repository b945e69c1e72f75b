"""The operator's captioner: what photos show beside their subject, so that a word does not come to mean that, too.

BLIP, Florence-2, GIT or any model that transformers makes a sentence of a picture with.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from PIL import Image
from safetensors import SafetensorError

from storage.errors import TintypeError
from storage.records import Kind

if TYPE_CHECKING:
    from trainers.families import Family

ASKED = {"florence2": "<CAPTION>"}  # kinds of models that are asked by a text
LONGEST = 40  # token positions of a sentence
BEAMS = 3  # as BLIP's authors (Li et al. 2022, arXiv 2201.12086, appendix)

#: what a sentence about a subject goes on with after it
GOES_ON = re.compile(
    r"\b(?:\w+ing|on|in|at|by|with|near|under|behind|beside|against|inside|outside|among|between|next to|in front of)\b"
)
BETWEEN = re.compile(r"^(?:[\s,;.]+|(?:and|that|which|who|is|are)\b)+")


class Captioner:
    """A loaded model; on the processor, since it is asked only before a training."""

    def __init__(self, model: Any, processor: Any) -> None:
        self._model, self._processor = model, processor

    @torch.no_grad()
    def __call__(self, picture: Image.Image) -> str:
        """A sentence about a picture; the same one for the same picture."""
        asked = ASKED.get(self._model.config.model_type)
        given = self._processor(
            images=picture.convert("RGB"), **({"text": asked} if asked else {}), return_tensors="pt"
        )
        made = self._model.generate(**given, max_new_tokens=LONGEST, num_beams=BEAMS, do_sample=False)
        (said,) = self._processor.batch_decode(made, skip_special_tokens=True)
        return " ".join(str(said).split())


def captioner_for(wanted: str) -> Captioner | None:
    """The captioner that is wanted; None when none is.

    `wanted` is a folder in transformers' layout, of which only safetensors are read.
    Raises: TintypeError E_CAPTIONER_LOAD.
    """
    if not wanted:
        return None
    try:
        captioner = _loaded(Path(wanted))
        if not captioner(Image.new("RGB", (32, 32), "grey")):  # it would say nothing of photos, too
            raise ValueError(wanted)
    except (
        ImportError,
        OSError,
        ValueError,
        RuntimeError,
        KeyError,
        TypeError,
        AttributeError,
        SafetensorError,
    ) as error:
        raise TintypeError("E_CAPTIONER_LOAD", model=wanted) from error
    return captioner


def _loaded(folder: Path) -> Captioner:
    """Only what the file has whole: what it leaves out would be random numbers."""
    import transformers

    library: Any = transformers
    given: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}  # never asks whether to run code
    model, about = library.AutoModelForImageTextToText.from_pretrained(
        folder, use_safetensors=True, dtype=torch.float32, output_loading_info=True, **given
    )
    if about["missing_keys"] or about["mismatched_keys"]:
        raise ValueError(sorted(about["missing_keys"]))
    processor = library.AutoProcessor.from_pretrained(folder, **given)
    return Captioner(model.eval().requires_grad_(False), processor)


def goes_on(said: str, family: Family, kind: str, class_word: str) -> str:
    """What a caption says after the word, a comma before it: of a style all that is drawn, else all but the subject.

    `said`: the captioner's sentence.
    """
    rest = said if kind == Kind.STYLE else beside_subject(said, [class_word, *family.class_words[kind]])
    return f", {rest}" if rest else ""


def beside_subject(said: str, names: Sequence[str]) -> str:
    """`a small dog that is sitting on the grass` -> `sitting on the grass`; empty when nothing else is said.

    `names`: what the subject may be called. A sentence that calls it something else is cut where it goes on.
    """
    text = said.strip()
    named = re.search(rf"\b(?:{'|'.join(map(re.escape, names))})(?:e?s)?\b", text, re.IGNORECASE)
    if named:
        rest = text[named.end() :]
    else:
        found = GOES_ON.search(text)
        rest = text[found.start() :] if found else ""
    return BETWEEN.sub("", rest).strip(" ,;.")
