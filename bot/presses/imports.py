"""The buttons of weights made elsewhere: what they show, agreeing, looking, enabling and discarding."""

from __future__ import annotations

from bot import imports, trials
from bot.answers import Interaction, acknowledge, acknowledge_press, show
from bot.buttons import Press, on_press
from bot.cards import imports as faces
from bot.modals import kind_at
from bot.studio import Studio, asker_of
from bot.takedown import take_down
from storage.errors import NotAllowed
from storage.permissions import Action


@on_press("import_kind")
async def choose_kind(studio: Studio, interaction: Interaction, press: Press) -> None:
    """Say what weights made elsewhere show; of a person the agreement is asked for next."""
    await acknowledge_press(interaction)
    asker, facts, now = asker_of(interaction), studio.engine(), studio.clock.now()
    asker.needs_channel()
    kind = kind_at(press.n)
    told = await studio.run(lambda rooms: imports.shows(rooms, asker, press.id, kind, facts, now))
    await imports.show_and_follow(studio, interaction, asker, told)


@on_press("import_go")
async def agree(studio: Studio, interaction: Interaction, press: Press) -> None:
    """Agree that one's likeness is taken over from weights made elsewhere."""
    await acknowledge_press(interaction)
    asker, facts, now = asker_of(interaction), studio.engine(), studio.clock.now()
    asker.needs_channel()
    told = await studio.run(lambda rooms: imports.queued(rooms, asker, press.id, facts, now, read=press.n))
    await imports.show_and_follow(studio, interaction, asker, told)


@on_press("import_other")
async def is_another(studio: Studio, interaction: Interaction, press: Press) -> None:
    """Say that it shows somebody else: that is refused for now, and the files are deleted."""
    await acknowledge(interaction)
    asker = asker_of(interaction)
    await studio.run(lambda rooms: rooms.imports.discard(imports.own(rooms, asker, press.id, Action.DELETE)))
    raise NotAllowed("E_IMPORT_OTHER")


@on_press("import_drop")
async def drop(studio: Studio, interaction: Interaction, press: Press) -> None:
    """Delete what was handed in, before anything was made of it."""
    await acknowledge_press(interaction)
    asker = asker_of(interaction)
    await studio.run(lambda rooms: rooms.imports.discard(imports.own(rooms, asker, press.id, Action.DELETE)))
    await show(interaction, faces.import_dropped())


@on_press("look")
async def look(studio: Studio, interaction: Interaction, press: Press) -> None:
    """Show the first pictures of a word that was taken over, to its owner alone."""
    await acknowledge(interaction)
    asker = asker_of(interaction)
    await show(interaction, await studio.run(lambda rooms: trials.looked_at(rooms, asker, press.id)))


@on_press("enable")
async def enable(studio: Studio, interaction: Interaction, press: Press) -> None:
    """Make a word usable that was taken over."""
    await acknowledge_press(interaction)
    asker = asker_of(interaction)
    await show(interaction, await studio.run(lambda rooms: trials.enabled(rooms, asker, press.id)))


@on_press("import_discard")
async def discard(studio: Studio, interaction: Interaction, press: Press) -> None:
    """Delete a word that was taken over and not enabled."""
    await acknowledge(interaction)
    asker = asker_of(interaction)
    await show(interaction, await studio.run(lambda rooms: trials.discarded(rooms, asker, press.id)))
    await take_down(interaction.client, studio.run)
