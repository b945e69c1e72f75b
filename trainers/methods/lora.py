"""LoRA: low-rank differences of the UNet's attention, the text encoder's too if wanted; the method to begin with."""

from __future__ import annotations

import re
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from storage.errors import TintypeError
from trainers.layers import (
    LayerSettings,
    convolutions_of,
    lora_config,
    lora_difference,
    names_of,
    pair_bytes,
    train_layers,
)
from trainers.method import Lesson, Progress, register, setting
from trainers.pipeline import Base, layer_at
from trainers.places import encoder_layers, split

if TYPE_CHECKING:
    from peft import PeftConfig

LIKE_RANK = -1
BLOCKS = {"down_rank": "down_blocks", "mid_rank": "mid_block", "up_rank": "up_blocks"}


@dataclass(frozen=True, slots=True)
class LoraSettings(LayerSettings):
    """What an operator may change; a member never sees these."""

    conv_rank: int = setting(0, 0, 256, "of the convolutions between the blocks (LoCon); 0 leaves them alone")
    down_rank: int = setting(LIKE_RANK, LIKE_RANK, 256, "of the down blocks; -1 as rank, 0 leaves them alone")
    mid_rank: int = setting(LIKE_RANK, LIKE_RANK, 256, "of the middle block, as down_rank")
    up_rank: int = setting(
        LIKE_RANK, LIKE_RANK, 256, "of the up blocks, as down_rank: these hold looks more than layout"
    )
    stabilised: int = setting(0, 0, 1, "1 scales by alpha / √rank (rsLoRA), which keeps high ranks learning")
    text_rank: int = setting(0, 0, 256, "of the text encoders' attention and MLPs; 0 leaves them alone")
    text_pace: float = setting(0.5, 0.001, 100, "times the rate, of text encoders: kohya's recipes take half of it")


@register
class Lora:
    """Trains rank-r differences of attention and feed-forward layers through peft. Hu et al. 2021, arXiv 2106.09685.

    Rank-stabilised scaling: Kalajdzievski 2023, arXiv 2312.03732. Convolutions: LyCORIS, arXiv 2309.14859.
    """

    name, title, settings = "lora", "LoRA", LoraSettings
    summary = "Learns shape and detail well, in a small file that works in every other program."
    min_photos, for_members = 3, True

    def train(self, base: Base, lesson: Lesson, settings: LoraSettings) -> Generator[Progress, None, None]:
        """Train; the layers are in the base only while a step runs."""
        ranks = ranks_of(base, settings)
        config, pace = _config(settings, ranks), settings.text_pace
        yield from train_layers(base, lesson, settings, self.name, config, lora_difference, [*ranks], text_pace=pace)

    def file_bytes(self, base: Base, settings: LoraSettings) -> int:
        """The numbers of all pairs at two bytes each."""
        ranks = ranks_of(base, settings)
        return sum(pair_bytes([layer_at(base, name)], rank) for name, rank in ranks.items())


def ranks_of(base: Base, settings: LoraSettings) -> dict[str, int]:
    """The rank of each layer that is trained, by `layer_at`'s name of it.

    Raises: TintypeError E_SETTING_RANGE when no layer is left, or for a rank of layers that this base does not have.
    """
    _check(base, settings)
    linear = {name: _linear_rank(name, settings) for name in names_of(base)}
    windows = [name for name, _ in convolutions_of(base.denoiser)]
    convolutions = {name: settings.conv_rank if _of_block(name, settings) else 0 for name in windows}
    of_text = dict.fromkeys(encoder_layers(base), settings.text_rank)
    ranks = {name: rank for name, rank in (linear | convolutions | of_text).items() if rank}
    if not ranks:
        raise TintypeError("E_SETTING_RANGE", setting="down_rank, mid_rank, up_rank", value="0", low=1, high=256)
    return ranks


def _check(base: Base, settings: LoraSettings) -> None:
    """What a setting would leave without effect must not look as if it had one."""
    blocks = {name.partition(".")[0] for name in names_of(base)}
    usual = {name: LIKE_RANK for name, block in BLOCKS.items() if block not in blocks}
    usual |= {} if convolutions_of(base.denoiser) else {"conv_rank": 0}
    usual |= {} if encoder_layers(base) else {"text_rank": 0}
    for name, value in usual.items():
        if (chosen := getattr(settings, name)) != value:
            raise TintypeError("E_SETTING_RANGE", setting=name, value=str(chosen), low=value, high=value)


def _of_block(name: str, settings: LoraSettings) -> int:
    ranks: dict[str, int] = {block: getattr(settings, own) for own, block in BLOCKS.items()}
    return ranks.get(name.partition(".")[0], LIKE_RANK)  # blocks of a transformer are all on one way


def _linear_rank(name: str, settings: LoraSettings) -> int:
    own = _of_block(name, settings)
    return settings.rank if own == LIKE_RANK else own


def _config(settings: LoraSettings, ranks: Mapping[str, int]) -> PeftConfig:
    """Layers of another rank keep the ratio of alpha to it, so that the rate means the same everywhere."""
    others = {re.escape(split(name)[1]): rank for name, rank in ranks.items() if rank != settings.rank}
    alphas = {name: settings.alpha * rank / settings.rank for name, rank in others.items()}
    return lora_config(settings, rank_pattern=others, alpha_pattern=alphas, use_rslora=bool(settings.stabilised))
