"""/show: an earlier job, or photos not trained yet, with working buttons; to the member alone, or to all."""

from __future__ import annotations

from discord import app_commands

from bot import intake, retelling, showing, texts
from bot.answers import Interaction, acknowledge, show, studio_of
from bot.cards import Card, layout
from bot.completion import complete_job
from bot.studio import Asker, Studio, asker_of
from bot.takedown import noted, take_down
from bot.translator import spoken
from storage.records import Actor, ChannelId, Draft, Job, Message

Wanted = app_commands.Range[str, 1, 40]


@app_commands.command(name="show", description=spoken("cmd-show"))
@app_commands.describe(job=spoken("cmd-show-job"), public=spoken("cmd-show-public"))
@app_commands.autocomplete(job=complete_job)
async def command(interaction: Interaction, job: Wanted | None = None, public: bool = False) -> None:  # noqa: FBT001, FBT002  discord.py reads options by name
    """Show a job, the pictures around one picture, or photos that wait for *Train*; the newest when none is named."""
    await acknowledge(interaction)
    studio, asker = studio_of(interaction), asker_of(interaction)
    if public:
        asker.needs_channel()
    found = await studio.run(lambda rooms: showing.wanted(rooms, asker, job, to_all=public))
    if found is None:
        await show(interaction, layout.card(layout.text(texts.say("show-none"))))
    elif isinstance(found, Draft):
        await show(interaction, await intake.report(studio, asker, found.id))
    elif public:
        await _post(studio, interaction, asker, found)
    else:
        await show(interaction, await _card(studio, found, asker.actor))


async def _card(studio: Studio, job: Job, reader: Actor | None = None) -> Card:
    facts, now = studio.facts(), studio.clock.now()
    return await studio.run(lambda rooms: retelling.retold(rooms, job, facts, now, reader))


async def _post(studio: Studio, interaction: Interaction, asker: Asker, job: Job) -> None:
    """Post the card by the bot's own permission and remember where, so that it can be taken down again."""
    card, channel = await _card(studio, job), interaction.client.get_partial_messageable(asker.channel)
    posted = await channel.send(view=card.view, files=card.files, nonce=f"s{asker.key}"[:25])
    message = Message(job=job.id, channel=ChannelId(asker.channel), message=posted.id, role=f"shown-{posted.id}")
    if not await studio.run(lambda rooms: noted(rooms, message)):
        await take_down(interaction.client, studio.run)
    await show(interaction, layout.card(layout.text(texts.say("show-posted"))))
