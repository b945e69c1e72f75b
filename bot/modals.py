"""Forms: how they look, and how a submitted one is read from its raw payload, so that a restart loses nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import discord
from discord import ui

from bot import texts
from bot.attachments import Upload
from bot.buttons import Press
from storage.errors import TintypeError
from storage.records import Kind

if TYPE_CHECKING:
    from bot.studio import Studio

TIMEOUT_S = 900.0  # discord.py forgets the open form then; we read the payload ourselves and do not need it
UPLOAD_FILES = 10  # Discord's most in one upload
WORD_CHARACTERS = 64  # more than a word may have, so that the refusal can say why
CLASS_WORD_CHARACTERS = 32
PROMPT_CHARACTERS = 1500
REASON_CHARACTERS = 500
DAYS_CHARACTERS = 3
WHY_CHARACTERS = 200  # as `/studio reports reason:`
KINDS = tuple(Kind)


def kind_at(n: int) -> Kind:
    """The kind that the button with this number says, counted from 1.

    Raises: TintypeError E_KIND.
    """
    if not 1 <= n <= len(KINDS):
        raise TintypeError("E_KIND")
    return KINDS[n - 1]


class Form(ui.Modal):
    """A form whose submission is read by the client's one door for interactions, never from memory."""

    def __init__(self, press: Press, title: str, *items: ui.Item[Any]) -> None:
        super().__init__(title=title[:45], custom_id=str(press), timeout=TIMEOUT_S)
        for item in items:
            self.add_item(item)


def train_form(
    draft: str,
    *,
    word: str | None,
    kind: str | None,
    is_next: bool = False,
    has_people: bool = True,
    is_another: bool = False,
) -> Form:
    """The form of /train: word, kind, two uploads, and consent.

    That is not asked for where people may not be taught, nor of who hands in photos of another member.
    """
    consent: ui.Label[Any] = ui.Label(
        text=texts.say("modal-consent"),
        description=texts.say("modal-consent-help"),
        component=ui.Checkbox(custom_id="consent"),
    )
    return Form(
        Press(verb="teach", id=draft),
        texts.say("modal-next", word=word) if is_next else texts.say("modal-train"),
        ui.Label(
            text=texts.say("modal-word"),
            description=texts.say("modal-word-help"),
            component=ui.TextInput(custom_id="word", default=word, min_length=1, max_length=WORD_CHARACTERS),
        ),
        _kinds(kind, KINDS if has_people else [name for name in KINDS if name != Kind.PERSON]),
        _upload("photos", "modal-photos", required=True),
        _upload("more", "modal-more-photos", required=False),
        *([consent] if has_people and not is_another else []),
    )


def add_form(draft: str) -> Form:
    """The form behind *Add photos*: two uploads."""
    return Form(
        Press(verb="add", id=draft),
        texts.say("modal-add"),
        _upload("photos", "modal-photos", required=True),
        _upload("more", "modal-more-photos", required=False),
    )


def word_form(draft: str, *, word: str, kind: str | None, class_word: str | None) -> Form:
    """The form behind *Word and kind*."""
    return Form(
        Press(verb="word", id=draft),
        texts.say("modal-rename"),
        ui.Label(
            text=texts.say("modal-word"),
            description=texts.say("modal-word-help"),
            component=ui.TextInput(
                custom_id="word", default=word[:WORD_CHARACTERS] or None, max_length=WORD_CHARACTERS
            ),
        ),
        _kinds(kind),
        ui.Label(
            text=texts.say("modal-class"),
            description=texts.say("modal-class-help"),
            component=ui.TextInput(
                custom_id="class_word", default=class_word, required=False, max_length=CLASS_WORD_CHARACTERS
            ),
        ),
    )


def prompt_form(press: Press, title: str, *, prompt: str, negative: str) -> Form:
    """The form behind *Edit prompt* and *Try it*: a prompt, and what not to show."""
    return Form(
        press,
        title,
        ui.Label(
            text=texts.say("modal-prompt"),
            description=texts.say("modal-prompt-help"),
            component=_paragraph("prompt", prompt, required=True),
        ),
        ui.Label(text=texts.say("modal-negative"), component=_paragraph("negative", negative, required=False)),
    )


def negative_form(press: Press, negative: str) -> Form:
    """The form behind *Never show*: what no picture is to show."""
    return Form(
        press,
        texts.say("modal-negative"),
        ui.Label(
            text=texts.say("modal-negative"),
            description=texts.say("modal-negative-help"),
            component=_paragraph("negative", negative, required=False),
        ),
    )


def reason_form(press: Press, title: str) -> Form:
    """The form behind *Report*: what is wrong."""
    return Form(
        press,
        title,
        ui.Label(
            text=texts.say("modal-reason"),
            description=texts.say("modal-reason-help"),
            component=ui.TextInput(
                custom_id="reason",
                style=discord.TextStyle.paragraph,
                min_length=3,
                max_length=REASON_CHARACTERS,
            ),
        ),
    )


def block_form(press: Press) -> Form:
    """The form behind *Block the owner*: for how many days, and why."""
    return Form(
        press,
        texts.say("btn-block"),
        ui.Label(
            text=texts.say("modal-days"),
            description=texts.say("modal-days-help"),
            component=ui.TextInput(custom_id="days", required=False, max_length=DAYS_CHARACTERS),
        ),
        ui.Label(
            text=texts.say("modal-why"),
            description=texts.say("modal-why-help"),
            component=ui.TextInput(custom_id="reason", required=False, max_length=WHY_CHARACTERS),
        ),
    )


def _kinds(chosen: str | None, known: Sequence[str] = KINDS) -> ui.Label[Any]:
    options = [
        discord.RadioGroupOption(
            label=texts.say(f"choice-{name}"),
            value=name,
            description=texts.say("modal-kind-style-help") if name == Kind.STYLE else None,
            default=name == chosen,
        )
        for name in known
    ]
    return ui.Label(text=texts.say("modal-kind"), component=ui.RadioGroup(custom_id="kind", options=options))


def _paragraph(custom_id: str, default: str, *, required: bool) -> ui.TextInput[Any]:
    return ui.TextInput(
        custom_id=custom_id,
        style=discord.TextStyle.paragraph,
        default=default[:PROMPT_CHARACTERS] or None,
        required=required,
        max_length=PROMPT_CHARACTERS,
    )


def _upload(custom_id: str, label: str, *, required: bool) -> ui.Label[Any]:
    upload: ui.FileUpload[Any] = ui.FileUpload(
        custom_id=custom_id, required=required, min_values=1 if required else 0, max_values=UPLOAD_FILES
    )
    return ui.Label(text=texts.say(label), description=texts.say(f"{label}-help"), component=upload)


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted:
    """What a member wrote, chose, ticked and uploaded in a form."""

    values: dict[str, str]  #: of text inputs and radio groups
    ticked: frozenset[str]
    uploads: tuple[Upload, ...]

    @classmethod
    def of(cls, data: dict[str, Any]) -> Submitted:
        """Read the `data` of a modal-submit interaction."""
        files = data.get("resolved", {}).get("attachments", {})
        parts = list(_parts(data.get("components", [])))
        return cls(
            values={part["custom_id"]: str(part.get("value") or "") for part in parts if part["type"] in {4, 21}},
            ticked=frozenset(part["custom_id"] for part in parts if part["type"] == 23 and part.get("value") is True),
            uploads=tuple(
                Upload.of(files[file_id])
                for part in parts
                if part["type"] == 19
                for file_id in part.get("values") or []
                if file_id in files
            ),
        )


def _parts(components: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for component in components:
        if "component" in component:
            yield component["component"]
        elif "components" in component:
            yield from _parts(component["components"])
        elif "custom_id" in component:
            yield component


Handler = Callable[["Studio", discord.Interaction[Any], Press, Submitted], Awaitable[None]]
_handlers: dict[str, Handler] = {}


def on_submit(verb: str) -> Callable[[Handler], Handler]:
    """Make a function the answer to all forms of a verb."""

    def keep(handler: Handler) -> Handler:
        if verb in _handlers:
            raise ValueError(f"two answers to the form {verb!r}")
        _handlers[verb] = handler
        return handler

    return keep


def forms() -> frozenset[str]:
    """All verbs of forms that have an answer."""
    return frozenset(_handlers)


def answers() -> dict[str, str]:
    """What each form does, in its answer's own words."""
    return {verb: (handler.__doc__ or "").strip() for verb, handler in _handlers.items()}


async def submit(studio: Studio, interaction: discord.Interaction[Any], press: Press) -> None:
    """Answer one submitted form.

    Raises: TintypeError(E_OLD_BUTTON) for a form that no longer exists, and whatever the answer raises.
    """
    handler = _handlers.get(press.verb)
    if handler is None:
        raise TintypeError("E_OLD_BUTTON")
    data: Any = interaction.data or {}
    await handler(studio, interaction, press, Submitted.of(data))
