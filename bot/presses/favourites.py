"""The stars below pictures, and the buttons of /favourites."""

from __future__ import annotations

from bot import favourites, showing, texts
from bot.answers import Interaction, acknowledge, acknowledge_press, show
from bot.belongings import refuse_foreign
from bot.buttons import Press, on_press
from bot.cards import Card, layout
from bot.retelling import retold
from bot.studio import Studio, asker_of
from storage.records import Job


@on_press("star")
async def star(studio: Studio, interaction: Interaction, press: Press) -> None:
    """Keep picture n among the favourites, or let it go again."""
    await acknowledge(interaction)
    asker = asker_of(interaction)
    is_kept = await studio.run(lambda rooms: favourites.starred(rooms, asker, press.id, press.n))
    await show(interaction, layout.card(layout.text(texts.say("star-kept" if is_kept else "star-gone", n=press.n))))


@on_press("stars")
async def turn(studio: Studio, interaction: Interaction, press: Press) -> None:
    """Turn to page n of the favourites."""
    await acknowledge_press(interaction)
    asker = asker_of(interaction)
    refuse_foreign(asker, press.id)
    await show(interaction, await studio.run(lambda rooms: favourites.page_of(rooms, asker, press.n)))


@on_press("unstar")
async def unstar(studio: Studio, interaction: Interaction, press: Press) -> None:
    """Take a picture off the favourites and show what is left of page n."""
    await acknowledge_press(interaction)
    asker = asker_of(interaction)
    await studio.run(lambda rooms: favourites.let_go(rooms, asker, press.id))
    await show(interaction, await studio.run(lambda rooms: favourites.page_of(rooms, asker, press.n)))


@on_press("recall")
async def recall(studio: Studio, interaction: Interaction, press: Press) -> None:
    """Show the pictures around a favourite again, with working buttons."""
    await acknowledge(interaction)
    asker, facts, now = asker_of(interaction), studio.facts(), studio.clock.now()

    def found(rooms: object) -> Card:
        job = showing.wanted(rooms, asker, press.id, to_all=False)
        assert isinstance(job, Job)
        return retold(rooms, job, facts, now, asker.actor)

    await show(interaction, await studio.run(found))
