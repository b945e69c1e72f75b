"""The menus and buttons of /studio setup: each sets one rule, at once, and shows the card as it is then."""

from __future__ import annotations

from typing import Any

from bot import arranging
from bot.answers import Interaction, acknowledge_press, show
from bot.buttons import Press, on_press
from bot.menus import chosen_in, only_choice_in
from bot.studio import Studio, asker_of


@on_press("setup_trainers")
async def set_trainers(studio: Studio, interaction: Interaction, press: Press) -> None:
    """Choose the roles that may teach words."""
    await _set(studio, interaction, press, "trainers", chosen_in(interaction))


@on_press("setup_drawers")
async def set_drawers(studio: Studio, interaction: Interaction, press: Press) -> None:
    """Choose the roles that may make pictures."""
    await _set(studio, interaction, press, "drawers", chosen_in(interaction))


@on_press("setup_first")
async def set_first(studio: Studio, interaction: Interaction, press: Press) -> None:
    """Choose the roles that have a larger share of the machine."""
    await _set(studio, interaction, press, "first", chosen_in(interaction))


@on_press("setup_channels")
async def set_channels(studio: Studio, interaction: Interaction, press: Press) -> None:
    """Choose the channels in which words are taught and pictures made."""
    await _set(studio, interaction, press, "channels", chosen_in(interaction))


@on_press("setup_keep")
async def set_keep(studio: Studio, interaction: Interaction, press: Press) -> None:
    """Choose how long pictures stay."""
    await _set(studio, interaction, press, "keep_days", only_choice_in(interaction))


@on_press("setup_left")
async def set_left(studio: Studio, interaction: Interaction, press: Press) -> None:
    """Choose how long the things of members who left stay."""
    await _set(studio, interaction, press, "left_days", only_choice_in(interaction))


@on_press("setup_threshold")
async def set_threshold(studio: Studio, interaction: Interaction, press: Press) -> None:
    """Choose how many reports hide a thing."""
    await _set(studio, interaction, press, "threshold", only_choice_in(interaction))


@on_press("setup_people")
async def set_people(studio: Studio, interaction: Interaction, press: Press) -> None:
    """Let people be taught here, or not."""
    await _set(studio, interaction, press, "has_people", None)


@on_press("setup_look")
async def look(studio: Studio, interaction: Interaction, press: Press) -> None:
    """Show the rules of the server, and the bot's permissions, as they are now."""
    await acknowledge_press(interaction)
    arranging.guild_of(interaction, press.id)
    await show(interaction, await arranging.setup_now(studio, interaction))


async def _set(studio: Studio, interaction: Interaction, press: Press, name: str, value: Any) -> None:
    await acknowledge_press(interaction)
    asker = asker_of(interaction)
    arranging.guild_of(interaction, press.id)
    is_done = await studio.run(lambda rooms: arranging.changed(rooms, asker, name, value, press.n))
    await show(interaction, await arranging.setup_now(studio, interaction, is_stale=not is_done))


# --- one channel -----------------------------------------------------------------------------------------------------


@on_press("place_pictures")
async def set_pictures(studio: Studio, interaction: Interaction, press: Press) -> None:
    """Let pictures be made in a channel, or not."""
    await _set_place(studio, interaction, press, "pictures", None)


@on_press("place_training")
async def set_training(studio: Studio, interaction: Interaction, press: Press) -> None:
    """Let words be taught in a channel, or not."""
    await _set_place(studio, interaction, press, "training", None)


@on_press("place_enlarge")
async def set_enlarge(studio: Studio, interaction: Interaction, press: Press) -> None:
    """Let pictures be enlarged in a channel, or not."""
    await _set_place(studio, interaction, press, "enlarge", None)


@on_press("place_spoiler")
async def set_spoiler(studio: Studio, interaction: Interaction, press: Press) -> None:
    """Have all pictures of a channel posted covered, or not."""
    await _set_place(studio, interaction, press, "spoiler", None)


@on_press("place_count")
async def set_count(studio: Studio, interaction: Interaction, press: Press) -> None:
    """Choose how many pictures at a time a channel takes."""
    await _set_place(studio, interaction, press, "count", only_choice_in(interaction))


@on_press("place_quality")
async def set_quality(studio: Studio, interaction: Interaction, press: Press) -> None:
    """Choose the finest quality that a channel takes."""
    await _set_place(studio, interaction, press, "quality", only_choice_in(interaction))


@on_press("place_shape")
async def set_shape(studio: Studio, interaction: Interaction, press: Press) -> None:
    """Choose the shape of a channel's pictures where a member names none."""
    await _set_place(studio, interaction, press, "shape", only_choice_in(interaction))


@on_press("place_look")
async def look_at_place(studio: Studio, interaction: Interaction, press: Press) -> None:
    """Show the rules of a channel, and the bot's permissions there, as they are now."""
    await acknowledge_press(interaction)
    await show(interaction, await arranging.place_now(studio, interaction, int(press.id, 16)))


async def _set_place(studio: Studio, interaction: Interaction, press: Press, name: str, value: Any) -> None:
    await acknowledge_press(interaction)
    asker, channel = asker_of(interaction), arranging.channel_of(interaction, int(press.id, 16)).id
    is_done = await studio.run(lambda rooms: arranging.place_changed(rooms, asker, channel, name, value, press.n))
    await show(interaction, await arranging.place_now(studio, interaction, channel, is_stale=not is_done))
