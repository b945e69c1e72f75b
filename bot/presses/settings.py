"""The buttons of /settings: each sets one thing and shows the card as it is then."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot import modals
from bot.answers import Interaction, acknowledge_press, show
from bot.belongings import refuse_foreign
from bot.buttons import Press, on_press
from bot.modals import Submitted, on_submit
from bot.options import QUALITIES, settings_of
from bot.orders import MOST_PICTURES, SHAPES
from bot.studio import Asker, Studio, asker_of
from storage.errors import NotFound
from storage.words import parse_prompt


@on_press("set_shape")
async def set_shape(studio: Studio, interaction: Interaction, press: Press) -> None:
    """Prefer the shape of this number."""
    await _set(studio, interaction, press, shape=_nth(SHAPES, press.n))


@on_press("set_count")
async def set_count(studio: Studio, interaction: Interaction, press: Press) -> None:
    """Prefer n pictures at a time."""
    await _set(studio, interaction, press, count=_nth(range(1, MOST_PICTURES + 1), press.n))


@on_press("set_quality")
async def set_quality(studio: Studio, interaction: Interaction, press: Press) -> None:
    """Prefer the quality of this number."""
    await _set(studio, interaction, press, quality=_nth(QUALITIES, press.n))


@on_press("set_spoiler")
async def set_spoiler(studio: Studio, interaction: Interaction, press: Press) -> None:
    """Have one's pictures posted covered, or not."""
    await _set(studio, interaction, press, has_spoiler=bool(press.n))


@on_press("set_ping")
async def set_ping(studio: Studio, interaction: Interaction, press: Press) -> None:
    """Be mentioned when one's job is done, or not."""
    await _set(studio, interaction, press, wants_ping=bool(press.n))


@on_press("set_prompt")
async def set_prompt(studio: Studio, interaction: Interaction, press: Press) -> None:
    """Have the prompt written into one's pictures' files, or not."""
    await _set(studio, interaction, press, has_prompt=bool(press.n))


@on_press("set_asked")
async def set_asked(studio: Studio, interaction: Interaction, press: Press) -> None:
    """Let others ask one for leave, or never."""
    await _set(studio, interaction, press, never_asked=not press.n)


def _nth(values: Sequence[Any], n: int) -> Any:
    if not 1 <= n <= len(values):
        raise NotFound("E_NOT_FOUND")
    return values[n - 1]


async def _set(studio: Studio, interaction: Interaction, press: Press, **values: Any) -> None:
    await acknowledge_press(interaction)
    asker = asker_of(interaction)
    refuse_foreign(asker, press.id)
    await studio.run(lambda rooms: rooms.wishes.change(asker.member, **values))
    await show(interaction, await studio.run(lambda rooms: settings_of(rooms, asker)))


@on_press("set_negative")
async def ask_for_negative(studio: Studio, interaction: Interaction, press: Press) -> None:
    """Open the form with what is never to be shown."""
    asker = asker_of(interaction)
    refuse_foreign(asker, press.id)
    negative = await studio.soon(lambda rooms: _negative(rooms, asker))
    await interaction.response.send_modal(modals.negative_form(press, negative))


def _negative(rooms: Any, asker: Asker) -> str:
    return str(rooms.wishes.of(asker.member).negative)


@on_submit("set_negative")
async def set_negative(studio: Studio, interaction: Interaction, press: Press, form: Submitted) -> None:
    """What is never to be shown was sent."""
    negative = form.values.get("negative", "").strip()
    parse_prompt(negative)
    await _set(studio, interaction, press, negative=negative)
