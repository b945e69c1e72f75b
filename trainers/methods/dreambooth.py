"""DreamBooth: every weight of the UNet's blocks is trained, the text encoder's too if wanted; a measure for others."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

from trainers.layers import LayerSettings
from trainers.method import Lesson, Progress, register, setting
from trainers.pipeline import Base
from trainers.twins import layers_in_blocks, layers_in_encoders, train_blocks, twins_bytes


@dataclass(frozen=True, slots=True)
class DreamboothSettings(LayerSettings):
    """What an operator may change; a member never sees these. Alpha says nothing here."""

    rank: int = setting(64, 0, 1024, "of the LoRA that stands for the difference in files; 0 keeps all of it")
    learning_rate: float = setting(2e-6, 1e-8, 1e-1, "Hugging Face's measurements: 1e-6 for faces, 2e-6 for things")
    prior: float = setting(1.0, 0, 10, "weight of the base's own prediction for the class word; 0 forgets the class")
    train_text_encoder: int = setting(0, 0, 1, "1 trains the text encoders' attention and MLPs too; takes more memory")
    text_pace: float = setting(1.0, 0.001, 100, "times the rate, of text encoders: diffusers' script takes the same")


@register
class Dreambooth:
    """Trains matrices and convolutions of all blocks; norms and biases stay. Ruiz et al. 2022, arXiv 2208.12242."""

    name, title, settings = "dreambooth", "DreamBooth", DreamboothSettings
    summary = "Trains the whole UNet and keeps the difference: the reference for likeness, large and slow."
    min_photos, for_members = 3, False

    def train(self, base: Base, lesson: Lesson, settings: DreamboothSettings) -> Generator[Progress, None, None]:
        """Train copies of the layers, which are in the base only while a step runs."""
        of_text = layers_in_encoders(base) if settings.train_text_encoder else {}
        yield from train_blocks(base, lesson, settings, self.name, of_text, settings.text_pace)

    def file_bytes(self, base: Base, settings: DreamboothSettings) -> int:
        """Pairs of the files' rank, or all numbers."""
        of_text = layers_in_encoders(base) if settings.train_text_encoder else {}
        return twins_bytes([*layers_in_blocks(base).values(), *of_text.values()], settings.rank)
