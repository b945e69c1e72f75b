"""What a member asked for with /imagine, made whole by the preset that they named and by what they prefer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from bot import cards
from bot.beginnings import Beginning
from bot.belongings import key_of
from bot.cards import Card, Choices
from bot.ground import place_of, refuse_over_caps
from bot.orders import MOST_PICTURES, SHAPES, Order
from bot.studio import Asker
from storage.errors import TintypeError
from storage.preferences import Preferences, Preset
from storage.records import ConceptId
from storage.words import parse_prompt

T = TypeVar("T")
QUALITIES = ("fast", "normal", "fine")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The options of one /imagine; None where they were left out."""

    prompt: str
    extra: Sequence[str] = ()  #: words to put in when the prompt does not name them
    count: int | None = None
    seed: int | None = None
    negative: str | None = None
    shape: str | None = None
    quality: str | None = None
    preset: str | None = None
    begin: Beginning | None = None
    meant: ConceptId | None = None  #: what its name means in this prompt, whatever else bears that name


def order_of(rooms: Any, asker: Asker, asked: Asked) -> Order:
    """The whole order: what was said, else what the preset says, else the channel's shape, else what they prefer.

    Raises: NotFound(E_NO_PRESET), TintypeError(E_OPTION), NotAllowed(E_CAP_COUNT, E_CAP_QUALITY).
    """
    preferences: Preferences = rooms.wishes.of(asker.member)
    place = place_of(rooms, asker)
    refuse_over_caps(place, count=asked.count, quality=asked.quality)
    preset: Preset = rooms.wishes.preset(asker.member, asked.preset) if asked.preset else Preset(name="")
    begun = asked.begin.shape if asked.begin else None
    shape = asked.shape or preset.shape or begun or place.own_shape or preferences.shape
    negative = preset.negative or preferences.negative if asked.negative is None else asked.negative
    return Order(
        prompt=f"{asked.prompt.strip()}, {preset.prompt}" if preset.prompt else asked.prompt,
        negative=negative,
        extra=asked.extra,
        count=asked.count or preset.count or preferences.count,
        seed=asked.seed,
        shape=_one_of(SHAPES, shape),
        quality=_one_of(QUALITIES, asked.quality or preset.quality or preferences.quality),
        begin=asked.begin,
        meant=asked.meant,
    )


def checked(preset: Preset) -> Preset:
    """The preset, if it says anything and all of that can be used.

    Raises: TintypeError E_PRESET_EMPTY, E_OPTION; WordRefused.
    """
    if preset.told().keys() <= {"name"}:
        raise TintypeError("E_PRESET_EMPTY")
    _one_of((None, *SHAPES), preset.shape)
    _one_of((None, *QUALITIES), preset.quality)
    for text in (preset.negative, preset.prompt):
        parse_prompt(text or "")
    return preset


def settings_of(rooms: Any, asker: Asker) -> Card:
    """The member's settings as they are now."""
    choices = Choices(shapes=SHAPES, qualities=QUALITIES, most_pictures=MOST_PICTURES)
    member = asker.member
    return cards.settings_card(key_of(member), rooms.wishes.of(member), rooms.wishes.presets(member), choices)


def _one_of(known: Sequence[T], value: T) -> T:
    if value not in known:
        raise TintypeError("E_OPTION", value=str(value))
    return value
