"""Draw what a photo shows in other places, and learn nothing: the photo stands beside the prompt.

Source: IP-Adapter, Ye et al. 2023, arXiv 2308.06721.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from typing import TYPE_CHECKING

from trainers.edits import register
from trainers.image_prompts import Shown, prompt_for
from trainers.imagine import imagine
from trainers.method import Progress

if TYPE_CHECKING:
    from PIL import Image

    from trainers.imagine import Drawing
    from trainers.pipeline import Base


@register
class ImagePromptEdit:
    """The prompt says where and how, the photo whom; nothing else of it is kept."""

    name = "image_prompt"

    def draw(self, base: Base, asked: Drawing) -> Generator[Progress, None, list[Image.Image]]:
        """Draw from noise; at strength 0 the photo counts fully beside the words, at 1 not at all.

        Raises: TintypeError E_NO_IMAGE_PROMPT where the base has no adapter for it.
        """
        assert asked.parent is not None
        prompt_for(base)
        return (yield from imagine(base, replace(asked, parent=None, shown=Shown(asked.parent, 1 - asked.strength))))
