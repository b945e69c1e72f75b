"""/train: photos in, a photo report back; with no photo a form opens."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands

from bot import drafts, glancing, intake, likeness, sitters
from bot.answers import Interaction, acknowledge, show, studio_of
from bot.attachments import Upload
from bot.completion import complete_own
from bot.ground import may_teach, teaches_people
from bot.modals import KINDS, train_form
from bot.studio import Asker, Studio, asker_of
from bot.translator import spoken
from storage.errors import TintypeError
from storage.ids import new_id
from storage.photos import KEEP_DAYS
from storage.records import Kind
from storage.words import check_word

KIND_CHOICES = [app_commands.Choice(name=spoken(f"choice-{name}"), value=name) for name in KINDS]
KEEP_CHOICES = [app_commands.Choice(name=spoken(f"choice-keep-{days}"), value=days) for days in KEEP_DAYS if days]
WHO_CHOICES = [app_commands.Choice(name=spoken(f"choice-who-{who}"), value=who) for who in sitters.WHO]
PHOTO_NUMBERS = range(1, 11)
MOST_CHOICES = 25
GLANCE_S = 0.5  # before the form opens; what it says is looked at when it is sent
Word = app_commands.Range[str, 1, 64]
Photo = discord.Attachment


async def begin(interaction: Interaction, photos: list[Photo], **wishes: Any) -> None:
    """Take the photos in and show the report; or open the form, unless photos for the word are there already."""
    studio, asker = studio_of(interaction), asker_of(interaction)
    wishes["person"] = sitters.named(asker, wishes.pop("who"), wishes.pop("member"), wishes["kind"])
    shows_person = Kind.PERSON if wishes["person"] else None
    wishes["kind"] = wishes["kind"] or shows_person or drafts.kind_with(wishes["class_word"], studio.facts())
    word = wishes["word"]
    if trouble := drafts.trouble_with_method(wishes["method"], studio.facts()):
        raise trouble
    if not photos:
        known = drafts.UNKNOWN if word is None else await studio.soon(lambda rooms: drafts.known(rooms, asker, word))
        if not known.has_photos:
            await _open_form(studio, interaction, known.kind, **wishes)
            return
    await acknowledge(interaction)
    asker.needs_channel()
    draft = await studio.run(lambda rooms: drafts.begin(rooms, asker, **wishes))
    uploads = [Upload(name=photo.filename, url=photo.url, size_bytes=photo.size) for photo in photos]
    rejected = await intake.take_in(studio, draft, uploads)
    await show(interaction, await intake.report(studio, asker, draft.id, rejected=rejected))
    await glancing.look(studio, interaction, asker, draft.id, rejected)


async def _people_too(studio: Studio, asker: Asker, word: str | None, wishes: dict[str, Any]) -> bool:
    """Whether people may be taught here, for whoever may teach this at all; yes while nobody has time to look.

    Raises: NotAllowed where the photos would show a member who wants to be left in peace.
    """

    def look(rooms: Any) -> bool:
        may_teach(rooms, asker, wishes["kind"])
        likeness.refuse_unasked(rooms, asker, None, word or "", wishes["person"])
        return teaches_people(rooms, asker)

    try:
        return await studio.soon(look, GLANCE_S)
    except TintypeError as error:
        if error.code != "E_STUDIO_BUSY":
            raise
        return True


async def _open_form(studio: Studio, interaction: Interaction, known: str | None, **wishes: Any) -> None:
    """Open the form at once, for a word that is `known` to show that; what it has no field for is written down."""
    asker, draft, word = asker_of(interaction), new_id(), wishes["word"]
    asker.needs_channel()
    if word is not None:
        word = check_word(word)
    has_people = await _people_too(studio, asker, word, wishes)
    form = train_form(
        draft,
        word=word,
        kind=wishes["kind"] or known,
        is_next=known is not None,
        has_people=has_people,
        is_another=wishes["person"] not in (None, asker.member),
    )
    await interaction.response.send_modal(form)
    if any(wishes[name] is not None for name in ("method", "class_word", "keep_days", "person")):
        await studio.run(lambda rooms: drafts.begin(rooms, asker, draft=draft, **wishes))


@app_commands.command(name="train", description=spoken("cmd-train"))
@app_commands.describe(
    word=spoken("cmd-train-word"),
    kind=spoken("cmd-train-kind"),
    who=spoken("cmd-train-who"),
    member=spoken("cmd-train-member"),
    method=spoken("cmd-train-method"),
    class_word=spoken("cmd-train-class"),
    keep_photos=spoken("cmd-train-keep"),
    **{f"photo{n}": spoken("cmd-train-photo", n=n) for n in PHOTO_NUMBERS},
)
@app_commands.choices(kind=KIND_CHOICES, who=WHO_CHOICES)
@app_commands.choices(keep_photos=KEEP_CHOICES)
@app_commands.autocomplete(word=complete_own)
async def command(
    interaction: Interaction,
    word: Word | None = None,
    kind: str | None = None,
    who: str | None = None,
    member: discord.User | discord.Member | None = None,
    method: str | None = None,
    class_word: str | None = None,
    keep_photos: int | None = None,
    photo1: Photo | None = None,
    photo2: Photo | None = None,
    photo3: Photo | None = None,
    photo4: Photo | None = None,
    photo5: Photo | None = None,
    photo6: Photo | None = None,
    photo7: Photo | None = None,
    photo8: Photo | None = None,
    photo9: Photo | None = None,
    photo10: Photo | None = None,
) -> None:
    """Take the photos in and show a report of them, with *Train* below it; with no photo open a form."""
    given = (photo1, photo2, photo3, photo4, photo5, photo6, photo7, photo8, photo9, photo10)
    photos = [photo for photo in given if photo is not None]
    wishes: dict[str, Any] = {"kind": kind, "method": method, "class_word": class_word, "keep_days": keep_photos}
    wishes |= {"who": who, "member": member}
    await begin(interaction, photos, word=word, **wishes)


@command.autocomplete("method")
async def complete_method(interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
    """The ways to learn that the engine has."""
    facts = studio_of(interaction).facts()
    return [
        app_commands.Choice(name=f"{method.title} – {method.summary}"[:100], value=method.name)
        for method in (facts.methods if facts else ())
        if current.lower() in f"{method.name} {method.title}".lower()
    ][:MOST_CHOICES]


@command.autocomplete("class_word")
async def complete_class_word(interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
    """The words that the base model knows for the chosen kind."""
    chosen = interaction.namespace.kind
    kinds = [Kind(chosen)] if chosen in KINDS else KINDS
    studio = studio_of(interaction)
    known = dict.fromkeys(word for kind in kinds for word in studio.class_words(kind))
    return [app_commands.Choice(name=word, value=word) for word in known if current.lower() in word][:MOST_CHOICES]
