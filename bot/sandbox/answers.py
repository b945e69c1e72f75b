"""How a bot answers interactions: the callback, @original, follow-ups, and their rules of time."""

from __future__ import annotations

import time
from typing import Any

from bot.sandbox import payloads, writing
from bot.sandbox.checks.forms import check_choices, check_modal
from bot.sandbox.refusals import (
    ACKNOWLEDGED,
    DEAD_TOKEN,
    UNKNOWN_INTERACTION,
    UNKNOWN_MESSAGE,
    UNKNOWN_WEBHOOK,
    Form,
    Json,
    Refused,
)
from bot.sandbox.requests import Call
from bot.sandbox.sandbox import ANSWER_S, TOKEN_S, Sandbox
from bot.sandbox.state import (
    AUTOCOMPLETE,
    COMMAND,
    COMPONENT,
    EPHEMERAL,
    LOADING,
    MODAL_SUBMIT,
    Interaction,
    Message,
)

MESSAGE, DEFER, DEFER_UPDATE, UPDATE, CHOICES, MODAL = 4, 5, 6, 7, 8, 9
ALLOWED = {
    COMMAND: {MESSAGE, DEFER, MODAL},
    COMPONENT: {MESSAGE, DEFER, DEFER_UPDATE, UPDATE, MODAL},
    AUTOCOMPLETE: {CHOICES},
    MODAL_SUBMIT: {MESSAGE, DEFER},
}


def callback(sandbox: Sandbox, number: int, token: str, call: Call) -> Json | None:
    """The first answer; the body for `with_response`, else None.

    Raises: Refused.
    """
    one = sandbox.interactions.get(number)
    if one is None or one.token != token:
        raise Refused(UNKNOWN_INTERACTION)
    if one.answered is not None:
        raise Refused(ACKNOWLEDGED)
    if sandbox.age_s(one) > ANSWER_S:
        raise Refused(UNKNOWN_INTERACTION)
    kind: Any = call.form.get("type")
    _check_type(one, kind)
    outcome = _answer(sandbox, one, kind, call, call.form.get("data") or {})
    one.answered = kind
    sandbox.ledger.answered(one.id, time.perf_counter())
    sandbox.settle(one, outcome)
    return _receipt(sandbox, one) if call.query.get("with_response") in {"true", "1", "True"} else None


def _check_type(one: Interaction, kind: Any) -> None:
    allowed = ALLOWED[one.kind] | ({DEFER_UPDATE, UPDATE} if one.message_id is not None else set())
    if kind not in (allowed if one.kind != AUTOCOMPLETE else {CHOICES}):
        form = Form()
        form.wrong(("type",), "BASE_TYPE_CHOICES", f"Value must be one of {tuple(sorted(allowed))}.")
        form.refuse()


def _answer(sandbox: Sandbox, one: Interaction, kind: int, call: Call, data: Json) -> Json:
    """Carry the answer out; what the member experiences."""
    if kind == CHOICES:
        check_choices(data, _focused(one.data.get("options") or []))
        return {"outcome": "choices", "choices": data["choices"]}
    if kind == MODAL:
        check_modal(data)
        return {"outcome": "modal", "modal": data}
    if kind in {DEFER_UPDATE, UPDATE}:
        assert one.message_id is not None
        message = sandbox.messages[one.message_id]
        one.original = message.id
        if kind == UPDATE:
            _be_there(message)
            writing.edit(sandbox, message, call, data)
        told = {"message": payloads.message(sandbox, message)}
        return {"outcome": "updated" if kind == UPDATE else "deferred-update"} | told
    message = _first_message(sandbox, one, call, data) if kind == MESSAGE else _loading(sandbox, one, data)
    one.original = message.id
    one.messages.add(message.id)
    sandbox.post(message)
    told = {"message": payloads.message(sandbox, message)}
    return {"outcome": "answered" if kind == MESSAGE else "deferred"} | told


def _focused(options: list[Json]) -> int:
    """The type of the option being completed."""
    for option in options:
        if option.get("focused"):
            return int(option["type"])
        if option.get("options"):
            return _focused(option["options"])
    return 3


def metadata(sandbox: Sandbox, one: Interaction) -> Json:
    """Discord's interaction_metadata."""
    told: Json = {"id": str(one.id), "type": one.kind, "user": payloads.user(sandbox.people[one.member])}
    told["authorizing_integration_owners"] = {"0": str(one.guild_id or 0)}
    if one.kind == COMMAND:
        told["name"] = one.data.get("name")
    return told


def _first_message(sandbox: Sandbox, one: Interaction, call: Call, body: Json) -> Message:
    channel = sandbox.channels[one.channel_id]
    hidden = one.member if int(body.get("flags") or 0) & EPHEMERAL else None
    return writing.write(
        sandbox, channel, call, body, visible_to=hidden, interaction=metadata(sandbox, one), reply_to=one.message_id
    )


def _loading(sandbox: Sandbox, one: Interaction, data: Json) -> Message:
    """The "is thinking" message."""
    flags = int(data.get("flags") or 0)
    if flags & ~EPHEMERAL:
        form = Form()
        form.wrong(("data", "flags"), "BASE_TYPE_BAD_FLAGS", "A deferred answer can only be ephemeral.")
        form.refuse()
    return Message(
        id=sandbox.new_id(),
        channel_id=one.channel_id,
        author=sandbox.bot.id,
        created=sandbox.clock.now(),
        flags=flags | LOADING,
        visible_to=one.member if flags & EPHEMERAL else None,
        interaction=metadata(sandbox, one),
        reply_to=one.message_id,
    )


def _receipt(sandbox: Sandbox, one: Interaction) -> Json:
    told: Json = {"id": str(one.id), "type": one.kind}
    resource: Json = {"type": one.answered}
    if one.original is not None:
        message = sandbox.messages[one.original]
        told |= {
            "response_message_id": str(message.id),
            "response_message_loading": bool(message.flags & LOADING),
            "response_message_ephemeral": bool(message.flags & EPHEMERAL),
        }
        if one.answered in {MESSAGE, UPDATE}:
            resource["message"] = payloads.message(sandbox, message)
    return {"interaction": told, "resource": resource} if one.original is not None else {"interaction": told}


# ---- what the token is good for afterwards


def of_token(sandbox: Sandbox, application: str, token: str) -> Interaction:
    """The interaction whose token this is.

    Raises: Refused(10015, 50027) for unknown, unanswered and dead ones.
    """
    one = sandbox.by_token.get(token)
    if one is None or application != str(sandbox.bot.id):
        raise Refused(UNKNOWN_WEBHOOK)
    if sandbox.age_s(one) > TOKEN_S:
        raise Refused(DEAD_TOKEN)
    if one.answered is None:
        raise Refused(UNKNOWN_WEBHOOK)
    return one


def message_of(sandbox: Sandbox, one: Interaction, which: str) -> Message:
    """@original or a follow-up.

    Raises: Refused(10008).
    """
    number = one.original if which == "@original" else int(which) if which.isdigit() else None
    if number is None or (number not in one.messages):
        raise Refused(UNKNOWN_MESSAGE)
    message = sandbox.messages[number]
    _be_there(message)
    return message


def _be_there(message: Message) -> None:
    if message.is_deleted:
        raise Refused(UNKNOWN_MESSAGE)


def follow_up(sandbox: Sandbox, one: Interaction, call: Call) -> Message:
    """A further message; the first after a deferred answer fills that one.

    Raises: Refused.
    """
    body = call.form
    waiting = sandbox.messages.get(one.original or 0)
    if waiting is not None and waiting.flags & LOADING and not waiting.is_deleted:
        writing.edit(sandbox, waiting, call, body, fills=True)
        return waiting
    message = _first_message(sandbox, one, call, body)
    message.reply_to = one.original or message.reply_to
    one.messages.add(message.id)
    return sandbox.post(message)
