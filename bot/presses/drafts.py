"""The buttons of a photo report, and the forms of /train."""

from __future__ import annotations

from typing import Any

from bot import cards, drafts, glancing, intake, keeping, modals, sitters, teaching, texts
from bot.answers import Interaction, acknowledge, acknowledge_press, show
from bot.buttons import Press, on_press
from bot.cards import layout
from bot.menus import only_choice_in
from bot.modals import Submitted, on_submit
from bot.plain import plain
from bot.studio import Asker, EngineFacts, Studio, asker_of
from bot.waits import waiting_of
from storage.errors import NotFound
from storage.permissions import Action
from storage.records import Draft, DraftId, Job, Photo, PhotoId


@on_submit("teach")
async def teach(studio: Studio, interaction: Interaction, press: Press, form: Submitted) -> None:
    """The form of /train was sent: keep the photos, whatever else is wrong with it."""
    await acknowledge(interaction)
    asker = asker_of(interaction)
    draft = await studio.run(
        lambda rooms: drafts.fill(
            rooms,
            asker,
            press.id,
            word=form.values.get("word", ""),
            kind=form.values.get("kind", ""),
            has_agreed="consent" in form.ticked,
        )
    )
    rejected = await intake.take_in(studio, draft, form.uploads)
    await show(interaction, await intake.report(studio, asker, draft.id, rejected=rejected))
    await glancing.look(studio, interaction, asker, draft.id, rejected)


@on_press("add")
async def ask_for_more(studio: Studio, interaction: Interaction, press: Press) -> None:
    """Open the form for more photos."""
    asker = asker_of(interaction)
    await studio.soon(lambda rooms: drafts.own_open(rooms, asker, press.id))
    await interaction.response.send_modal(modals.add_form(press.id))


@on_submit("add")
async def add(studio: Studio, interaction: Interaction, press: Press, form: Submitted) -> None:
    """More photos were sent."""
    await acknowledge_press(interaction)
    asker = asker_of(interaction)
    draft = await studio.run(lambda rooms: drafts.own_open(rooms, asker, press.id))
    rejected = await intake.take_in(studio, draft, form.uploads)
    await show(interaction, await intake.report(studio, asker, draft.id, rejected=rejected))
    await glancing.look(studio, interaction, asker, draft.id, rejected)


@on_press("word")
async def ask_for_word(studio: Studio, interaction: Interaction, press: Press) -> None:
    """Open the form for another word or kind."""
    asker = asker_of(interaction)
    draft = await studio.soon(lambda rooms: drafts.own_open(rooms, asker, press.id))
    await interaction.response.send_modal(_word_form(draft))


def _word_form(draft: Draft) -> modals.Form:
    class_word = draft.class_word and draft.class_word[: modals.CLASS_WORD_CHARACTERS]
    return modals.word_form(draft.id, word=draft.word, kind=draft.kind, class_word=class_word)


@on_submit("word")
async def change_word(studio: Studio, interaction: Interaction, press: Press, form: Submitted) -> None:
    """Another word or kind was chosen."""
    await acknowledge_press(interaction)
    asker = asker_of(interaction)
    await studio.run(lambda rooms: drafts.renamed(rooms, asker, press.id, form.values))
    await show(interaction, await intake.report(studio, asker, DraftId(press.id)))
    await glancing.look(studio, interaction, asker, DraftId(press.id))


@on_press("kind")
async def choose_kind(studio: Studio, interaction: Interaction, press: Press) -> None:
    """Say what the photos show."""
    await acknowledge_press(interaction)
    asker = asker_of(interaction)
    kind = modals.kind_at(press.n)
    await studio.run(lambda rooms: drafts.with_kind(rooms, asker, press.id, kind))
    await show(interaction, await intake.report(studio, asker, DraftId(press.id)))
    await glancing.look(studio, interaction, asker, DraftId(press.id))


@on_press("method")
async def choose_method(studio: Studio, interaction: Interaction, press: Press) -> None:
    """Choose how a word is learned."""
    await acknowledge_press(interaction)
    asker, facts, name = asker_of(interaction), studio.engine(), only_choice_in(interaction)
    await studio.run(lambda rooms: _with_method(rooms, asker, press.id, name, facts))
    await show(interaction, await intake.report(studio, asker, DraftId(press.id)))


def _with_method(rooms: Any, asker: Asker, draft: str, name: str, facts: EngineFacts) -> None:
    found = drafts.own_open(rooms, asker, draft)
    if trouble := drafts.trouble_with_method(name, facts):
        raise trouble
    rooms.photos.change_draft(found.id, method=name)


@on_press("remove")
async def remove(studio: Studio, interaction: Interaction, press: Press) -> None:
    """Delete one photo for real."""
    await acknowledge_press(interaction)
    asker = asker_of(interaction)
    photo = await studio.run(lambda rooms: _remove(rooms, asker, PhotoId(press.id)))
    page = -(-photo.position // cards.PAGE_PHOTOS)
    await show(interaction, await intake.report(studio, asker, photo.draft, page=page))


def _remove(rooms: Any, asker: Asker, photo_id: PhotoId) -> Photo:
    photo: Photo | None = rooms.photos.get(photo_id)
    if photo is None:
        raise NotFound("E_PHOTO_GONE")
    drafts.own_open(rooms, asker, photo.draft, Action.DELETE)
    rooms.photos.remove(photo)
    return photo


@on_press("page")
async def turn(studio: Studio, interaction: Interaction, press: Press) -> None:
    """Show another ten photos."""
    await acknowledge_press(interaction)
    await show(interaction, await intake.report(studio, asker_of(interaction), DraftId(press.id), page=press.n))


@on_press("discard")
async def discard(studio: Studio, interaction: Interaction, press: Press) -> None:
    """Drop the draft and delete its photos for real."""
    await acknowledge_press(interaction)
    asker = asker_of(interaction)
    await show(interaction, await studio.run(lambda rooms: _discarded(rooms, asker, press.id)))


def _discarded(rooms: Any, asker: Asker, draft: str) -> cards.Card:
    kept = drafts.dropped(rooms, asker, draft)
    return cards.discarded() if kept is None else cards.put_aside(keeping.told_of(rooms, kept))


@on_press("keep_photos")
async def keep(studio: Studio, interaction: Interaction, press: Press) -> None:
    """Choose how long the photos stay after the word is learned."""
    await acknowledge_press(interaction)
    asker = asker_of(interaction)
    await studio.run(lambda rooms: drafts.with_keep_days(rooms, asker, press.id, press.n))
    await show(interaction, await intake.report(studio, asker, DraftId(press.id)))


@on_press("drop_photos")
async def drop_kept(studio: Studio, interaction: Interaction, press: Press) -> None:
    """Delete photos that were kept after their training now, for real."""
    await acknowledge(interaction)
    asker = asker_of(interaction)
    count = await studio.run(lambda rooms: drafts.delete_photos(rooms, asker, press.id))
    await show(interaction, layout.card(layout.text(texts.say("photos-dropped", count=count))))


@on_press("train")
async def train(studio: Studio, interaction: Interaction, press: Press) -> None:
    """Queue the training, its card is posted from the job's row; or ask the other member whom the photos show."""
    await acknowledge_press(interaction)
    asker = asker_of(interaction)
    asker.needs_channel()
    facts, now = studio.engine(), studio.clock.now()
    person = await studio.run(lambda rooms: teaching.to_be_asked(rooms, asker, press.id))
    if person is not None:
        await sitters.ask(studio, interaction, asker, press.id, person)
        await show(interaction, await intake.report(studio, asker, DraftId(press.id)))
        return
    job, made = await studio.run(lambda rooms: teaching.queued(rooms, asker, press.id, facts, now, read=press.n))
    studio.wake()
    is_awake = facts.state == "ready"
    waiting = await studio.run(lambda rooms: waiting_of(rooms, job, studio.clock.now(), is_engine_awake=is_awake))
    await show(interaction, _confirmation(job, cards.place_of(waiting), made=made))


def _confirmation(job: Job, place: str, *, made: bool) -> cards.Card:
    if not made:
        return layout.card(layout.text(texts.say("queued-twice", job=job.id, place=place)))
    return layout.card(
        layout.text(texts.say("queued-ephemeral", word=plain(str(job.request["word"])), place=place)),
        *layout.rows([layout.button("cancel", job.id, texts.say("btn-cancel"), style=layout.DANGER)]),
    )


@on_press("retry")
async def retry(studio: Studio, interaction: Interaction, press: Press) -> None:
    """Show the photos of a training that came to nothing again, beside its card."""
    await acknowledge(interaction)
    asker = asker_of(interaction)
    draft = await studio.run(lambda rooms: teaching.reopened(rooms, asker, press.id))
    await show(interaction, await intake.report(studio, asker, draft.id))
