"""The cards about leave to use a word: what is asked of its owner, what is left of that, and what the asker is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot import texts
from bot.cards import layout
from bot.cards.layout import Card
from bot.plain import plain

PROMPT_CHARACTERS = 1000
NAME_CHARACTERS = 32  # of a member or a word
ONCE, ALWAYS = 1, 2  # ways to say yes, as the numbers of their buttons


@dataclass(frozen=True, slots=True, kw_only=True)
class Leave:
    """Leave to use a word, as it was asked for."""

    question: str
    asker: str  #: what they are called
    owner: str
    word: str  #: as it was written; empty once whose it was is forgotten
    prompt: str  #: empty once it is kept no more
    with_people: bool  #: asked because another person is in the picture
    until: float  #: unix seconds


def leave_card(leave: Leave, *, is_alone: bool) -> Card:
    """The question to the owner; the prompt stands in it only where the owner alone reads."""
    told = layout.lines(
        texts.say(
            "leave-ask",
            asker=_name(leave.asker),
            owner=_name(leave.owner),
            word=_name(leave.word),
            where="alone" if is_alone else "channel",
        ),
        texts.say("leave-people") if leave.with_people else None,
        texts.say("leave-prompt", prompt=plain(leave.prompt, PROMPT_CHARACTERS)) if is_alone else None,
        texts.say("leave-until", until=str(int(leave.until)), asker=_name(leave.asker)),
    )
    buttons = [
        layout.button("agree", leave.question, texts.say("btn-allow-once"), n=ONCE, style=layout.SUCCESS),
        layout.button("agree", leave.question, texts.say("btn-allow-always"), n=ALWAYS),
        layout.button("decline", leave.question, texts.say("btn-decline"), style=layout.DANGER),
    ]
    return layout.card(layout.text(told), *layout.rows(buttons))


def leave_over_card(leave: Leave, state: str, *, is_alone: bool, is_nothing: bool = False) -> Card:
    """What is left of the question before the owner; in a channel: no answer.

    `state` is always where they said so, and closed where they did and the word is not shared with the asker any more.

    `is_nothing`: of what they allowed nothing came; why is the asker's business.
    """
    asker = _name(leave.asker)
    told = texts.say("leave-over", state=state if is_alone else "channel", asker=asker, word=_name(leave.word))
    stands = "yes" if state == "always" else "no"
    nothing = texts.say("leave-nothing", asker=asker, stands=stands) if is_alone and is_nothing else None
    return layout.card(layout.text(layout.lines(told, nothing)))


def leave_reply_card(
    leave: Leave, state: str, *, is_alone: bool, waits: Sequence[str] = (), trouble: str | None = None
) -> Card:
    """What the asker is told of an end; `waits` are the members who have not answered yet. In a channel: no names."""
    if not is_alone:
        is_drawn = state == "yes" and not waits and not trouble
        told = texts.say("leave-channel", asker=_name(leave.asker), came="queued" if is_drawn else "none")
        return layout.card(layout.text(told))
    came = "trouble" if trouble else "waits" if waits else "queued"
    told = texts.say(
        f"leave-{state}",
        owner=_name(leave.owner),
        word=_name(leave.word) or "none",
        came=came,
        trouble=trouble or "",
        waits=[_name(name) for name in waits],
    )
    return layout.card(layout.text(told))


def leave_asked_card(leaves: Sequence[Leave]) -> Card:
    """What the asker is answered: whom the picture waits for, and the way back."""
    asked = [texts.say("leave-asked-line", owner=_name(one.owner), word=_name(one.word)) for one in leaves]
    until = str(int(min(one.until for one in leaves)))
    told = layout.lines(texts.say("leave-asked", until=until), *asked, texts.say("leave-asked-then"))
    back = layout.button("withdraw", leaves[0].question, texts.say("btn-withdraw"))
    return layout.card(layout.text(told), *layout.rows([back]))


def _name(name: str) -> str:
    return plain(name, NAME_CHARACTERS)
