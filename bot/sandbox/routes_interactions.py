"""REST routes of interactions: callback, @original, follow-ups."""

from __future__ import annotations

from typing import Any

from bot.sandbox import answers, payloads, writing
from bot.sandbox.refusals import UNKNOWN_INTERACTION, Refused
from bot.sandbox.requests import Call
from bot.sandbox.rest import route
from bot.sandbox.sandbox import Sandbox
from bot.sandbox.state import LOADING

Place = dict[str, str]
HOOK = "/webhooks/{application}/{token}"


@route("POST", "/interactions/{interaction}/{token}/callback")
def callback(sandbox: Sandbox, call: Call, place: Place) -> Any:
    """The first answer."""
    if not place["interaction"].isdigit():
        raise Refused(UNKNOWN_INTERACTION)
    return answers.callback(sandbox, int(place["interaction"]), place["token"], call)


@route("POST", HOOK)
def follow_up(sandbox: Sandbox, call: Call, place: Place) -> Any:
    """A further message."""
    one = answers.of_token(sandbox, place["application"], place["token"])
    return payloads.message(sandbox, answers.follow_up(sandbox, one, call))


@route("GET", HOOK + "/messages/{message}")
def get_answer(sandbox: Sandbox, call: Call, place: Place) -> Any:
    """A message of this token."""
    one = answers.of_token(sandbox, place["application"], place["token"])
    return payloads.message(sandbox, answers.message_of(sandbox, one, place["message"]))


@route("PATCH", HOOK + "/messages/{message}")
def patch_answer(sandbox: Sandbox, call: Call, place: Place) -> Any:
    """Change a message of this token."""
    one = answers.of_token(sandbox, place["application"], place["token"])
    message = answers.message_of(sandbox, one, place["message"])
    writing.edit(sandbox, message, call, call.form, fills=bool(message.flags & LOADING))
    return payloads.message(sandbox, message)


@route("DELETE", HOOK + "/messages/{message}")
def delete_answer(sandbox: Sandbox, call: Call, place: Place) -> Any:
    """Take a message of this token away."""
    one = answers.of_token(sandbox, place["application"], place["token"])
    sandbox.delete(answers.message_of(sandbox, one, place["message"]))
