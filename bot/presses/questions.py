"""The buttons of questions: yes, no, and the asker's way back."""

from __future__ import annotations

from bot import asking, intake, sitters, texts
from bot.answers import Interaction, acknowledge, acknowledge_press, show
from bot.asking import Yes
from bot.buttons import Press, on_press
from bot.cards import layout
from bot.studio import Studio, asker_of


async def _acknowledge(interaction: Interaction) -> None:
    """In a channel the answer is for the member alone; its card there is redrawn by its letter."""
    await (acknowledge_press if interaction.guild_id is None else acknowledge)(interaction)


@on_press("agree")
async def agree(studio: Studio, interaction: Interaction, press: Press) -> None:
    """Say yes to a question that one was asked."""
    await _acknowledge(interaction)
    person, facts, now = asker_of(interaction), studio.facts(), studio.clock.now()
    question = await studio.run(lambda rooms: asking.asked_of(rooms, person, press.id))
    asker = await asking.asker_now(studio, interaction.client, question, person) if question.is_open else person
    yes = Yes(question=question, asker=asker, facts=facts, now=now, n=press.n)
    card = await studio.run(lambda rooms: asking.agreed(rooms, person, yes))
    studio.wake()
    await show(interaction, card)


@on_press("decline")
async def decline(studio: Studio, interaction: Interaction, press: Press) -> None:
    """Say no to a question that one was asked."""
    await _acknowledge(interaction)
    person = asker_of(interaction)
    card = await studio.run(lambda rooms: asking.declined(rooms, person, press.id))
    studio.wake()
    await show(interaction, card)


@on_press("see_photos")
async def see_photos(studio: Studio, interaction: Interaction, press: Press) -> None:
    """Show the photos that one is asked about, to who is shown in them alone."""
    is_turning = interaction.message is not None and interaction.message.flags.ephemeral
    await (acknowledge_press if is_turning else acknowledge)(interaction)
    person = asker_of(interaction)
    await show(interaction, await studio.run(lambda rooms: sitters.photos_card(rooms, person, press.id, press.n)))


@on_press("withdraw")
async def withdraw(studio: Studio, interaction: Interaction, press: Press) -> None:
    """Take a question back that one has asked; what it was about is shown again."""
    await acknowledge_press(interaction)
    asker = asker_of(interaction)
    question = await studio.run(lambda rooms: asking.withdrawn(rooms, asker, press.id))
    studio.wake()
    if question.draft is not None:
        await show(interaction, await intake.report(studio, asker, question.draft))
    else:
        await show(interaction, layout.card(layout.text(texts.say("question-taken-back"))))
