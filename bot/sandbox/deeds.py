"""What a member can do: use a command, complete an option, press, choose, submit a form; refused as the app would."""

from __future__ import annotations

from typing import Any

from bot.sandbox import cdn, payloads
from bot.sandbox.checks.components import BUTTON, SELECTS, STRING_SELECT, walk
from bot.sandbox.filling import filled
from bot.sandbox.options import NotPossible, Resolver, find_command, usable_commands
from bot.sandbox.refusals import Json
from bot.sandbox.sandbox import Sandbox
from bot.sandbox.state import (
    AUTOCOMPLETE,
    COMMAND,
    COMPONENT,
    EPHEMERAL,
    LOADING,
    MODAL_SUBMIT,
    Channel,
    Guild,
    Interaction,
    Message,
    Person,
    StoredFile,
)


def channel_of(sandbox: Sandbox, person: Person, wanted: str | None) -> Channel:
    """The channel a member means: by id or name, "dm", or the first of their servers.

    Raises: NotPossible.
    """
    if wanted == "dm":
        return sandbox.dm_with(person)
    for channel in sandbox.channels.values():
        is_there = channel.guild_id is not None and person.id in sandbox.guilds[channel.guild_id].members
        if is_there and wanted in {None, channel.name, str(channel.id)}:
            return channel
        if channel.recipient == person.id and wanted == str(channel.id):
            return channel
    raise NotPossible(f"{person.name} sees no channel {wanted}")


def upload(sandbox: Sandbox, name: str, data: bytes) -> StoredFile:
    """A file handed to an interaction."""
    file = StoredFile(
        id=sandbox.new_id(),
        name=cdn.stored_name(name),
        data=data,
        content_type=cdn.content_type(name),
        folder="ephemeral-attachments",
        place=sandbox.bot.id,
        life_s=cdn.EPHEMERAL_S,
    )
    sandbox.uploads[file.id] = sandbox.files[file.id] = file
    return file


def commands_for(sandbox: Sandbox, person: Person, channel: Channel) -> list[Json]:
    """The commands this member sees here."""
    return usable_commands(sandbox, person, channel)


def use_command(sandbox: Sandbox, person: Person, body: Json, *, completing: bool = False) -> Interaction:
    """Send a slash command; or ask for completions of its option `focused`.

    Raises: NotPossible when Discord's app would not let the member.
    """
    channel = channel_of(sandbox, person, body.get("channel"))
    names = str(body["name"]).lstrip("/").split()
    definition, path = find_command(usable_commands(sandbox, person, channel), names)
    resolver = Resolver(sandbox, channel)
    focused = str(body.get("focused", "")) if completing else None
    leaf = path[-1] if path else definition
    options = resolver.options(leaf.get("options") or [], body.get("options") or {}, focused)
    for part in reversed(path):
        options = [{"name": part["name"], "type": part["type"], "options": options}]
    data: Json = {"id": definition["id"], "name": definition["name"], "type": 1, "options": options}
    if definition.get("guild_id"):
        data["guild_id"] = definition["guild_id"]
    if resolver.resolved:
        data["resolved"] = resolver.resolved
    return sandbox.interact(AUTOCOMPLETE if completing else COMMAND, person, channel, data)


def message_seen(sandbox: Sandbox, person: Person, number: str) -> Message:
    """A message the member sees.

    Raises: NotPossible.
    """
    message = sandbox.messages.get(int(number)) if str(number).isdigit() else None
    if message is None or not sandbox.sees(person.id, message):
        raise NotPossible(f"{person.name} sees no message {number}")
    return message


def press(sandbox: Sandbox, person: Person, body: Json) -> Interaction:
    """Press a button, named by custom_id or label, or choose `values` in a select.

    Raises: NotPossible.
    """
    message = message_seen(sandbox, person, str(body["message"]))
    component = _component(message, body.get("custom_id"), body.get("label"))
    if component.get("disabled"):
        raise NotPossible("this button is switched off")
    channel = sandbox.channels[message.channel_id]
    data: Json = {
        "custom_id": component["custom_id"],
        "component_type": component["type"],
        "id": component.get("id", 1),
    }
    if component["type"] in SELECTS:
        data |= _chosen(sandbox, channel, component, body.get("values") or [])
    return sandbox.interact(COMPONENT, person, channel, data, message)


def _component(message: Message, custom_id: str | None, label: str | None) -> Json:
    if message.flags & LOADING:
        raise NotPossible("this message is still loading")
    parts = [
        part for part in walk(message.components) if part.get("type") in {BUTTON, *SELECTS} and "custom_id" in part
    ]
    for part in parts:
        if custom_id is not None and part["custom_id"] == custom_id:
            return part
    for part in parts:
        if label is not None and label in {part.get("label"), part.get("placeholder")}:
            return part
    there = ", ".join(repr(part.get("label") or part["custom_id"]) for part in parts) or "none"
    raise NotPossible(f"no button {custom_id or label!r}; there are: {there}")


def _chosen(sandbox: Sandbox, channel: Channel, select: Json, values: list[Any]) -> Json:
    values = [str(value) for value in values]
    low, high = select.get("min_values", 1), select.get("max_values", 1)
    if not low <= len(values) <= high:
        raise NotPossible(f"choose {low} to {high}")
    if select["type"] == STRING_SELECT:
        listed = {option["value"] for option in select["options"]}
        if not set(values) <= listed:
            raise NotPossible(f"offered are {sorted(listed)}")
        return {"values": values}
    resolver = Resolver(sandbox, channel)
    kinds = {5: 6, 6: 8, 7: 9, 8: 7}
    found = [str(resolver.value({"type": kinds[select["type"]], "name": "choice"}, value)) for value in values]
    return {"values": found, "resolved": resolver.resolved}


def offered(sandbox: Sandbox, person: Person, body: Json) -> list[Json]:
    """What a menu lists, with label, value and is_chosen: its options, or the server's members, roles or channels.

    Raises: NotPossible.
    """
    message = message_seen(sandbox, person, str(body["message"]))
    menu = _component(message, body.get("custom_id"), body.get("label"))
    if menu["type"] == STRING_SELECT:
        return [
            {"label": one["label"], "value": one["value"], "is_chosen": bool(one.get("default"))}
            for one in menu["options"]
        ]
    chosen = {str(one["id"]) for one in menu.get("default_values") or []}
    guild = sandbox.guilds.get(sandbox.channels[message.channel_id].guild_id or 0)
    listed = _listed(sandbox, guild, menu) if guild is not None else []
    return [{"label": label, "value": number, "is_chosen": number in chosen} for label, number in listed]


def _listed(sandbox: Sandbox, guild: Guild, menu: Json) -> list[tuple[str, str]]:
    """The names and ids that a menu of members, roles, both, or channels lists."""
    told = payloads.guild(sandbox, guild)
    members = [(sandbox.people[one].name, str(one)) for one in sorted(guild.members)]
    roles = [(str(one["name"]), str(one["id"])) for one in told["roles"]]
    kinds = menu.get("channel_types")
    channels = [(one["name"], one["id"]) for one in told["channels"] if not kinds or one["type"] in kinds]
    return {5: members, 6: roles, 7: [*members, *roles], 8: channels}[menu["type"]]


def submit(sandbox: Sandbox, person: Person, body: Json) -> Interaction:
    """Submit the form that an interaction opened.

    Raises: NotPossible for what the app would not let through.
    """
    opener = sandbox.interactions.get(int(body["interaction"]))
    if opener is None or opener.member != person.id or (opener.outcome or {}).get("outcome") != "modal":
        raise NotPossible("this interaction opened no form")
    modal = opener.outcome["modal"] if opener.outcome else {}
    components, resolved = filled(sandbox, modal, body.get("values") or {}, body.get("files") or {})
    data: Json = {"custom_id": modal["custom_id"], "components": components}
    if resolved:
        data["resolved"] = {"attachments": resolved}
    message = sandbox.messages.get(opener.message_id or 0)
    return sandbox.interact(MODAL_SUBMIT, person, sandbox.channels[opener.channel_id], data, message)


def dismiss(sandbox: Sandbox, person: Person, number: str) -> None:
    """Take an ephemeral message away, as its member can."""
    message = message_seen(sandbox, person, number)
    if not message.flags & EPHEMERAL:
        raise NotPossible("only ephemeral messages can be dismissed")
    sandbox.delete(message)
