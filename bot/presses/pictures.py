"""The buttons of a grid: enlarge, vary, again, edit, recipe, report, delete."""

from __future__ import annotations

from typing import Any

from bot import cards, modals, texts
from bot.answers import Interaction, acknowledge, acknowledge_press, show
from bot.buttons import Press, on_press
from bot.cards import layout
from bot.ground import may_begin
from bot.meaning import may_use
from bot.modals import Submitted, on_submit
from bot.options import Asked, order_of
from bot.orders import Order, edited, finished, followed, may_use_words, ordered, prompt_today
from bot.placing import show_place
from bot.recipes import recipe_of
from bot.studio import Asker, Studio, asker_of
from bot.takedown import take_down
from storage.errors import NotAllowed, NotFound
from storage.permissions import Action, can
from storage.records import ConceptId, Image, JobId, Relation


@on_press("enlarge")
async def enlarge(studio: Studio, interaction: Interaction, press: Press) -> None:
    """Draw picture n once more, larger."""
    await _follow(studio, interaction, press, Relation.ENLARGE)


@on_press("vary")
async def vary(studio: Studio, interaction: Interaction, press: Press) -> None:
    """Draw pictures much like picture n."""
    await _follow(studio, interaction, press, Relation.VARY)


@on_press("vary_strong")
async def vary_strong(studio: Studio, interaction: Interaction, press: Press) -> None:
    """Draw pictures that keep only the outline of picture n."""
    await _follow(studio, interaction, press, Relation.VARY, amount="strong")


@on_press("again")
async def again(studio: Studio, interaction: Interaction, press: Press) -> None:
    """Draw the same order with another seed."""
    await _follow(studio, interaction, press, Relation.AGAIN)


async def _follow(
    studio: Studio, interaction: Interaction, press: Press, relation: Relation, *, amount: str = "subtle"
) -> None:
    await acknowledge(interaction)
    asker, now = asker_of(interaction), studio.clock.now()
    asker.needs_channel()
    job, _ = await studio.run(lambda rooms: followed(rooms, asker, press.id, relation, press.n, now, amount))
    await show_place(studio, interaction, job)


@on_press("edit")
async def ask_for_prompt(studio: Studio, interaction: Interaction, press: Press) -> None:
    """Open the form with the prompt."""
    asker = asker_of(interaction)
    prompt, negative = await studio.soon(lambda rooms: _prompts(rooms, asker, press.id))
    form = modals.prompt_form(press, texts.say("modal-edit"), prompt=prompt, negative=negative)
    await interaction.response.send_modal(form)


def _prompts(rooms: Any, asker: Asker, job_id: str) -> tuple[str, str]:
    may_begin(rooms, asker, Action.IMAGINE)
    job, _ = finished(rooms, asker, job_id, Action.VARY)
    may_use_words(rooms, asker, job)  # else the form would be filled in for nothing
    return prompt_today(rooms, job, asker.actor), str(job.request.get("negative_prompt", ""))


@on_submit("edit")
async def edit(studio: Studio, interaction: Interaction, press: Press, form: Submitted) -> None:
    """The edited prompt was sent."""
    await acknowledge(interaction)
    asker, facts, now = asker_of(interaction), studio.facts(), studio.clock.now()
    asker.needs_channel()
    order = _order(form)
    job, _ = await studio.run(lambda rooms: edited(rooms, asker, press.id, order, facts, now))
    await show_place(studio, interaction, job)


def _order(form: Submitted) -> Order:
    return Order(prompt=form.values.get("prompt", ""), negative=form.values.get("negative", ""))


@on_press("try")
async def ask_to_try(studio: Studio, interaction: Interaction, press: Press) -> None:
    """Open the form with a first prompt for a new word."""
    asker = asker_of(interaction)
    name, negative = await studio.soon(lambda rooms: _first_try(rooms, asker, ConceptId(press.id)))
    prompt = texts.say("try-prompt", word=name)
    form = modals.prompt_form(press, texts.say("modal-try", word=name), prompt=prompt, negative=negative)
    await interaction.response.send_modal(form)


def _first_try(rooms: Any, asker: Asker, concept_id: ConceptId) -> tuple[str, str]:
    """The word's name, and what the member never wants to see."""
    may_begin(rooms, asker, Action.IMAGINE)
    return _usable_name(rooms, asker, concept_id), rooms.wishes.of(asker.member).negative


def _usable_name(rooms: Any, asker: Asker, concept_id: ConceptId) -> str:
    """The word's name today, for whoever may use it: others are not told how it is called since they could."""
    try:
        may_use(rooms, asker, concept_id)
    except NotFound as hidden:
        raise NotFound("E_STYLE_GONE") from hidden
    return str(rooms.concepts.get(concept_id).name)


@on_submit("try")
async def try_out(studio: Studio, interaction: Interaction, press: Press, form: Submitted) -> None:
    """A first prompt was sent."""
    await acknowledge(interaction)
    asker, facts, now = asker_of(interaction), studio.facts(), studio.clock.now()
    asker.needs_channel()
    asked = Asked(
        prompt=form.values.get("prompt", ""), negative=form.values.get("negative", ""), meant=ConceptId(press.id)
    )
    job, _ = await studio.run(lambda rooms: ordered(rooms, asker, order_of(rooms, asker, asked), facts, now))
    await show_place(studio, interaction, job)


@on_press("recipe")
async def recipe(studio: Studio, interaction: Interaction, press: Press) -> None:
    """Show how the pictures were made, to the member alone."""
    await acknowledge(interaction)
    asker, facts = asker_of(interaction), studio.facts()
    found = await studio.run(lambda rooms: recipe_of(rooms, asker, press.id, facts))
    await show(interaction, cards.recipe_card(found))


@on_press("delete")
async def delete(studio: Studio, interaction: Interaction, press: Press) -> None:
    """Delete the pictures for real, here and in the vault; a moderator is asked first about another member's."""
    asker = asker_of(interaction)
    whose = await studio.soon(lambda rooms: finished(rooms, asker, press.id, Action.DELETE)[0].owner)
    if whose != asker.member:
        await acknowledge(interaction)
        await show(interaction, cards.delete_theirs_card(press.id, whose))
        return
    await acknowledge_press(interaction)
    await studio.run(lambda rooms: _delete(rooms, asker, press.id))
    await show(interaction, cards.deleted_card())
    await take_down(interaction.client, studio.run)


@on_press("delete_theirs")
async def delete_theirs(studio: Studio, interaction: Interaction, press: Press) -> None:
    """Delete another member's pictures, as a moderator who was asked; their message says so, and the log."""
    await acknowledge_press(interaction)
    asker = asker_of(interaction)
    await studio.run(lambda rooms: _delete(rooms, asker, press.id))
    await show(interaction, layout.card(layout.text(texts.say("delete-theirs-done"))))
    await take_down(interaction.client, studio.run)


def _delete(rooms: Any, asker: Asker, job_id: str) -> None:
    job, _ = finished(rooms, asker, job_id, Action.DELETE)
    if job.owner == asker.member:
        rooms.privacy.delete_pictures(job)
    else:
        rooms.privacy.moderate_pictures(job, asker.member)


@on_press("report")
async def ask_what_is_wrong(studio: Studio, interaction: Interaction, press: Press) -> None:
    """Open the form that asks what is wrong with pictures."""
    asker = asker_of(interaction)
    await studio.soon(lambda rooms: _reportable(rooms, asker, press.id))
    await interaction.response.send_modal(modals.reason_form(press, texts.say("modal-report-pictures")))


@on_submit("report")
async def report(studio: Studio, interaction: Interaction, press: Press, form: Submitted) -> None:
    """What is wrong with pictures was written: put them before the moderators."""
    await acknowledge(interaction)
    asker, reason = asker_of(interaction), form.values.get("reason", "")
    await studio.run(lambda rooms: _report(rooms, asker, press.id, reason))
    await show(interaction, layout.card(layout.text(texts.say("pictures-reported"))))
    await take_down(interaction.client, studio.run)


def _report(rooms: Any, asker: Asker, job_id: str, reason: str) -> None:
    image = _reportable(rooms, asker, job_id)
    guild, channel = asker.actor.guild, asker.channel
    rooms.moderation.report(asker.member, guild=guild, channel=channel, image=image.id, reason=reason)


def _reportable(rooms: Any, asker: Asker, job_id: str) -> Image:
    """The first of another's pictures: whoever sees their message may report them, also those that show a person."""
    can(asker.actor, Action.USE)
    images: list[Image] = rooms.images.of_job(JobId(job_id))
    if not images or images[0].guild != asker.actor.guild:
        raise NotFound("E_NOT_FOUND")
    if images[0].owner == asker.member:
        raise NotAllowed("E_REPORT_PICTURES_OWN")
    return images[0]
