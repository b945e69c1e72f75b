"""REST routes of channels, messages and threads."""

from __future__ import annotations

from typing import Any

from bot.sandbox import payloads, writing
from bot.sandbox.refusals import (
    CLOSED_DMS,
    LOCKED_THREAD,
    MISSING_ACCESS,
    MISSING_PERMISSIONS,
    NOT_THE_AUTHOR,
    UNKNOWN_CHANNEL,
    UNKNOWN_MESSAGE,
    Form,
    Refused,
)
from bot.sandbox.requests import Call
from bot.sandbox.rest import route
from bot.sandbox.sandbox import GUILDS, Sandbox
from bot.sandbox.state import (
    ATTACH_FILES,
    CREATE_THREADS,
    DM,
    EPHEMERAL,
    MANAGE_MESSAGES,
    PUBLIC_THREAD,
    READ_HISTORY,
    SEND_IN_THREADS,
    SEND_MESSAGES,
    THREADS,
    VIEW_CHANNEL,
    Channel,
    Message,
)

Place = dict[str, str]


def channel_at(sandbox: Sandbox, place: Place, *needs: int) -> Channel:
    """The channel of a path, with these permissions.

    Raises: Refused(10003, 50001, 50013).
    """
    if not place["channel"].isdigit():
        raise Refused(UNKNOWN_CHANNEL)
    channel = sandbox.channel(int(place["channel"]))
    may = sandbox.permissions_in(channel)
    if not may & VIEW_CHANNEL:
        raise Refused(MISSING_ACCESS)
    if any(not may & need for need in needs):
        raise Refused(MISSING_PERMISSIONS)
    return channel


def message_at(sandbox: Sandbox, place: Place, *needs: int) -> Message:
    """The message of a path; ephemeral ones cannot be reached this way.

    Raises: Refused(10008 and those of the channel).
    """
    channel = channel_at(sandbox, place, *needs)
    message = sandbox.messages.get(int(place["message"])) if place["message"].isdigit() else None
    if message is None or message.is_deleted or message.channel_id != channel.id or message.flags & EPHEMERAL:
        raise Refused(UNKNOWN_MESSAGE)
    return message


@route("GET", "/channels/{channel}")
def get_channel(sandbox: Sandbox, call: Call, place: Place) -> Any:
    """A channel."""
    return payloads.channel(sandbox, channel_at(sandbox, place))


@route("POST", "/channels/{channel}/messages")
def post_message(sandbox: Sandbox, call: Call, place: Place) -> Any:
    """A new message, or the one this nonce already made."""
    channel = channel_at(sandbox, place)
    needed = SEND_IN_THREADS if channel.kind in THREADS else SEND_MESSAGES
    channel = channel_at(sandbox, place, needed, *([ATTACH_FILES] if call.files else []))
    if channel.kind == DM and channel.recipient is not None and not sandbox.people[channel.recipient].dms_open:
        raise Refused(CLOSED_DMS)
    if channel.is_locked:
        raise Refused(LOCKED_THREAD)
    again = writing.repeated(sandbox, channel, call.form)
    if again is not None:
        return payloads.message(sandbox, again)
    _refuse_ephemeral(call)
    reply_to = _reference(sandbox, channel, call)
    channel.is_archived = False
    return payloads.message(sandbox, sandbox.post(writing.write(sandbox, channel, call, call.form, reply_to=reply_to)))


def _refuse_ephemeral(call: Call) -> None:
    if int(call.form.get("flags") or 0) & EPHEMERAL:
        form = Form()
        form.wrong(("flags",), "BASE_TYPE_BAD_FLAGS", "Only answers to interactions can be ephemeral.")
        form.refuse()


def _reference(sandbox: Sandbox, channel: Channel, call: Call) -> int | None:
    """The message answered to."""
    reference = call.form.get("message_reference")
    if not reference:
        return None
    number = int(reference.get("message_id", 0))
    known = sandbox.messages.get(number)
    if not sandbox.permissions_in(channel) & READ_HISTORY:
        form = Form()
        form.wrong(
            ("message_reference",), "REPLIES_CANNOT_WITHOUT_HISTORY", "Cannot reply without Read Message History"
        )
        form.refuse()
    if known is not None and not known.is_deleted and known.channel_id == channel.id:
        return number
    if reference.get("fail_if_not_exists", True):
        form = Form()
        form.wrong(("message_reference",), "REPLIES_UNKNOWN_MESSAGE", "Unknown message")
        form.refuse()
    return None


@route("GET", "/channels/{channel}/messages")
def get_messages(sandbox: Sandbox, call: Call, place: Place) -> Any:
    """The newest messages, newest first."""
    channel = channel_at(sandbox, place, READ_HISTORY)
    most = min(int(call.query.get("limit", 50)), 100)
    after, before = int(call.query.get("after", 0)), int(call.query.get("before", 1 << 63))
    there = [
        one
        for one in sandbox.messages.values()
        if one.channel_id == channel.id and not one.is_deleted and one.visible_to is None and after < one.id < before
    ]
    there = there[:most] if after else there[-most:]
    return [payloads.message(sandbox, one) for one in reversed(there)]


@route("GET", "/channels/{channel}/messages/{message}")
def get_message(sandbox: Sandbox, call: Call, place: Place) -> Any:
    """One message."""
    return payloads.message(sandbox, message_at(sandbox, place, READ_HISTORY))


@route("PATCH", "/channels/{channel}/messages/{message}")
def patch_message(sandbox: Sandbox, call: Call, place: Place) -> Any:
    """Change a message of one's own."""
    message = message_at(sandbox, place)
    if message.author != sandbox.bot.id:
        raise Refused(NOT_THE_AUTHOR)
    channel = sandbox.channels[message.channel_id]
    if channel.is_archived or channel.is_locked:
        raise Refused(LOCKED_THREAD)
    if call.files and not sandbox.permissions_in(channel) & ATTACH_FILES:
        raise Refused(MISSING_PERMISSIONS)
    writing.edit(sandbox, message, call, call.form)
    return payloads.message(sandbox, message)


@route("DELETE", "/channels/{channel}/messages/{message}")
def delete_message(sandbox: Sandbox, call: Call, place: Place) -> Any:
    """Delete a message."""
    message = message_at(sandbox, place)
    if message.author != sandbox.bot.id:
        channel_at(sandbox, place, MANAGE_MESSAGES)
    sandbox.delete(message)


@route("POST", "/channels/{channel}/typing")
def typing(sandbox: Sandbox, call: Call, place: Place) -> Any:
    """The bot is typing."""
    channel_at(sandbox, place, SEND_MESSAGES)


@route("POST", "/channels/{channel}/threads")
def start_thread(sandbox: Sandbox, call: Call, place: Place) -> Any:
    """A thread without a message."""
    return _new_thread(sandbox, channel_at(sandbox, place, CREATE_THREADS), call, int(call.form.get("type", 12)))


@route("POST", "/channels/{channel}/messages/{message}/threads")
def start_thread_at(sandbox: Sandbox, call: Call, place: Place) -> Any:
    """A thread that hangs on a message and bears its id."""
    message = message_at(sandbox, place, CREATE_THREADS)
    return _new_thread(sandbox, sandbox.channels[message.channel_id], call, PUBLIC_THREAD, message.id)


def _new_thread(sandbox: Sandbox, parent: Channel, call: Call, kind: int, number: int | None = None) -> Any:
    form = Form()
    form.text(("name",), call.form.get("name"), 100)
    form.refuse()
    thread = Channel(
        id=number or sandbox.new_id(),
        name=call.form["name"],
        kind=kind,
        guild_id=parent.guild_id,
        is_nsfw=parent.is_nsfw,
        parent_id=parent.id,
        owner_id=sandbox.bot.id,
    )
    told = payloads.channel(sandbox, sandbox.add_channel(thread))
    sandbox.sessions.dispatch("THREAD_CREATE", told | {"newly_created": True}, GUILDS)
    return told


@route("PATCH", "/channels/{channel}")
def patch_channel(sandbox: Sandbox, call: Call, place: Place) -> Any:
    """Archive, open, lock or rename a thread."""
    channel = channel_at(sandbox, place)
    if channel.kind not in THREADS:
        raise Refused(MISSING_PERMISSIONS)
    channel.is_archived = bool(call.form.get("archived", channel.is_archived))
    channel.is_locked = bool(call.form.get("locked", channel.is_locked))
    channel.name = str(call.form.get("name", channel.name))
    told = payloads.channel(sandbox, channel)
    sandbox.sessions.dispatch("THREAD_UPDATE", told, GUILDS)
    return told
