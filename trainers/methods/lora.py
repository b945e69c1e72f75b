"""LoRA: low-rank differences of the UNet's attention, the method to begin with."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence

from trainers.adapter import Adapter
from trainers.conditioning import Said, together
from trainers.learning import Pupil, captions_of, learn, plan_of
from trainers.low_rank import LowRankSettings, lora_adapter, lora_parameters, low_rank_bytes, new_layers
from trainers.method import Lesson, Progress, register
from trainers.pipeline import Base, swapped
from trainers.text import encode_prompt, stacked
from trainers.weights import write_adapter


@register
class Lora:
    """Trains rank-r differences of attention and feed-forward layers through peft."""

    name, title, settings = "lora", "LoRA", LowRankSettings
    summary = "Learns shape and detail well; a file of a few megabytes that works in every other program."
    min_photos = 3

    def train(self, base: Base, lesson: Lesson, settings: LowRankSettings) -> Generator[Progress, None, None]:
        """Train; the layers are in the UNet only while a step runs."""
        layers = new_layers(base, settings, lesson.seed)
        pupil = Pupil(
            parameters=lora_parameters(layers),
            attached=lambda: swapped(base.unet, layers),
            said=_cached_text(base, lesson),
            write=lambda path, average: write_adapter(
                path, base, lesson, self.name, lora_adapter(lesson, settings, average, self.name)
            ),
        )
        yield from learn(base, lesson, plan_of(settings, len(lesson.photos)), pupil)

    def file_bytes(self, base: Base, settings: LowRankSettings) -> int:
        """The numbers of all pairs at two bytes each."""
        return low_rank_bytes(base, settings)


def _cached_text(base: Base, lesson: Lesson) -> Callable[[Sequence[str]], Said]:
    word = Adapter(lesson.word, lesson.class_word, "lora")
    captions = sorted(set(captions_of(base, lesson)))
    said = stacked(base, [encode_prompt(base, caption, [(word, 1.0)]) for caption in captions])
    known = dict(zip(captions, said.each(), strict=True))
    return lambda asked: together([known[caption] for caption in asked])
