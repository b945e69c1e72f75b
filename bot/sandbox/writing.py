"""Writes and edits messages as the bot asks, after every check."""

from __future__ import annotations

from typing import Any

from bot.sandbox import cdn
from bot.sandbox.checks.messages import check_files, check_message
from bot.sandbox.refusals import INVALID_FORM, Form, Json, Refused
from bot.sandbox.requests import Call
from bot.sandbox.sandbox import Sandbox
from bot.sandbox.state import EPHEMERAL, LOADING, V2, Channel, Message, StoredFile

NONCE_S = 300.0  # for how long a nonce gives the message back that already has it
FORGETS = 1 << 2 | 1 << 12 | V2 | EPHEMERAL


def size_limit(sandbox: Sandbox, channel: Channel) -> int:
    """The largest file here, in bytes."""
    return sandbox.guilds[channel.guild_id].filesize_limit if channel.guild_id else 10 * 2**20


def write(sandbox: Sandbox, channel: Channel, call: Call, body: Json, **more: Any) -> Message:
    """A new message, checked, not yet posted; `more` are fields that only interactions have.

    Raises: Refused.
    """
    files = take_files(sandbox, channel, call, body)
    flags = int(body.get("flags") or 0)
    check_message(body, flags=flags, new_files={file.name for file in files}, kept_files=set())
    return Message(
        id=sandbox.new_id(),
        channel_id=channel.id,
        author=sandbox.bot.id,
        created=sandbox.clock.now(),
        content=body.get("content") or "",
        embeds=body.get("embeds") or [],
        components=body.get("components") or [],
        files=files,
        flags=flags,
        nonce=None if body.get("nonce") is None else str(body["nonce"]),
        allowed_mentions=body.get("allowed_mentions"),
        **more,
    )


def repeated(sandbox: Sandbox, channel: Channel, body: Json) -> Message | None:
    """The message that this nonce already made a few minutes ago."""
    if body.get("nonce") is None or not body.get("enforce_nonce"):
        return None
    since = sandbox.clock.now() - NONCE_S
    for message in reversed(sandbox.messages.values()):
        if message.created < since:
            return None
        if message.channel_id == channel.id and message.nonce == str(body["nonce"]):
            return message
    return None


def edit(sandbox: Sandbox, message: Message, call: Call, body: Json, *, fills: bool = False) -> None:
    """Change a message; `fills` when it was only a loading mark, whose first content this is.

    Raises: Refused.
    """
    channel = sandbox.channels[message.channel_id]
    before = snapshot(message)
    files = take_files(sandbox, channel, call, body)
    kept = _kept(message, body)
    flags = message.flags & ~LOADING
    if "flags" in body and body["flags"] is not None:
        flags = flags & ~(1 << 2) | int(body["flags"]) & (V2 | 1 << 2)
    _check_turning(message, body, flags, kept)
    check_message(
        body,
        flags=flags,
        new_files={file.name for file in files},
        kept_files={file.name for file in kept},
        was_empty=fills,
    )
    message.flags = flags
    message.content = body["content"] or "" if "content" in body else message.content
    message.embeds = body["embeds"] or [] if "embeds" in body else message.embeds
    message.components = body["components"] or [] if "components" in body else message.components
    message.files = [*kept, *files]
    message.allowed_mentions = body.get("allowed_mentions", message.allowed_mentions)
    if fills:
        sandbox.note_mentions(message)
    sandbox.changed(message, before)


def _check_turning(message: Message, body: Json, flags: int, kept: list[StoredFile]) -> None:
    """A classic message that becomes V2 must lose its classic parts; V2 never goes back."""
    if not flags & V2 or message.flags & V2:
        return
    form = Form()
    for key, old in (("content", message.content), ("embeds", message.embeds), ("attachments", kept)):
        if old and (key == "attachments" or key not in body):
            form.wrong(
                (key,),
                "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
                f"The '{key}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2",
            )
    form.refuse()


def snapshot(message: Message) -> Json:
    """What a message was before an edit."""
    return {
        "content": message.content,
        "embeds": message.embeds,
        "components": message.components,
        "files": [file.name for file in message.files],
        "flags": message.flags,
    }


def take_files(sandbox: Sandbox, channel: Channel, call: Call, body: Json) -> list[StoredFile]:
    """The new files of a request, under the names Discord gives them.

    Raises: Refused(40005) for one too large, Refused(50035) for a description without a file.
    """
    check_files([len(data) for _, data in call.files.values()], size_limit(sandbox, channel))
    told = {str(one.get("id")): one for one in body.get("attachments") or []}
    files = []
    for number, (name, data) in sorted(call.files.items()):
        about = told.pop(str(number), {})
        stored = cdn.stored_name(about.get("filename") or name)
        files.append(
            StoredFile(
                id=sandbox.new_id(),
                name=stored,
                data=data,
                content_type=cdn.content_type(stored),
                folder="attachments",
                place=channel.id,
                life_s=cdn.ATTACHMENT_S,
                description=about.get("description"),
            )
        )
    _refuse_unknown([key for key in told if int(key) < 1000])
    return files


def _kept(message: Message, body: Json) -> list[StoredFile]:
    """The files of a message that an edit leaves."""
    if body.get("attachments") is None:
        return [] if "attachments" in body else list(message.files)
    wanted = {str(one.get("id")): one for one in body["attachments"] if int(one.get("id", 0)) >= 1000}
    kept = [file for file in message.files if str(file.id) in wanted]
    _refuse_unknown(sorted(set(wanted) - {str(file.id) for file in kept}))
    for file in kept:
        file.description = wanted[str(file.id)].get("description", file.description)
    return kept


def _refuse_unknown(numbers: list[str]) -> None:
    if numbers:
        wrong = {"code": "ATTACHMENT_NOT_FOUND", "message": f"No file for attachment {', '.join(numbers)}"}
        raise Refused(INVALID_FORM, {"attachments": {"_errors": [wrong]}})
