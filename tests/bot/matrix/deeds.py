"""Plays a deed of the table for one actor, also what Discord's app would not offer them, and says what they got."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from typing import Any

from bot.sandbox import deeds, payloads
from bot.sandbox.options import NotPossible, Resolver, find_command
from bot.sandbox.state import AUTOCOMPLETE, COMMAND, COMPONENT, LOADING, MODAL_SUBMIT, Interaction, Message
from bot.sandbox.views import Message as Shown
from tests.bot.commands.stage import photo
from tests.bot.matrix.world import Actor, World

OPTION = re.compile(r" (\w+):(.*?)(?= \w+:|$)")
NAME = re.compile(r"/([a-z ]+?)(?= \w+:|$)")
RADIO = {"kind"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the actor got."""

    kind: str  #: card, form, choices, nothing; or refused, which is a sentence alone
    text: str  #: all that is read, and what the buttons carry


async def played(world: World, actor: Actor, deed: str, facts: dict[str, str]) -> Outcome:
    """Do it and wait for the answer; nothing comes of what one cannot even name, like a channel of another server."""
    try:
        return await _played(world, actor, deed, facts)
    except NotPossible as error:
        return Outcome("nothing", str(error))


async def _played(world: World, actor: Actor, deed: str, facts: dict[str, str]) -> Outcome:
    how, _, rest = deed.partition(" ")
    rest = rest.format(**facts)
    if how == "completes":
        return await command(world, actor, rest, completing=True)
    if how == "finds":
        word, _, line = rest.partition(" ")
        found = await command(world, actor, line)
        return found if found.kind == "refused" or word in found.text else Outcome("nothing", found.text)
    if how == "button":
        return await pressed(world, actor, f"t1:{rest}")
    if how == "menu":
        custom_id, value = rest.split(" ")
        return await pressed(world, actor, f"t1m:{custom_id}", chosen=value)
    if how == "form":
        custom_id, *_ = rest.split(" ")
        return await pressed(world, actor, f"t1:{custom_id}", form=_fields(rest.removeprefix(custom_id)))
    return await command(world, actor, deed.format(**facts))


async def command(world: World, actor: Actor, line: str, *, completing: bool = False) -> Outcome:
    """A slash command as it is typed, also one that the app would hide; or the completions of its last option."""
    box, options = world.stage.box, dict(OPTION.findall(line))
    names = NAME.match(line)[1].split(" ")
    definition, path = find_command(box.commands[None], names)
    for name in {"photo1", "file", "image"} & options.keys():
        options[name] = str(deeds.upload(box, options[name], photo(77)).id)
    resolver, leaf = Resolver(box, actor.channel), path[-1] if path else definition
    told = resolver.options(leaf.get("options") or [], options, list(options)[-1] if completing else None)
    for part in reversed(path):
        told = [{"name": part["name"], "type": part["type"], "options": told}]
    data: dict[str, Any] = {"id": definition["id"], "name": definition["name"], "type": 1, "options": told}
    if resolver.resolved:
        data["resolved"] = resolver.resolved
    return await answer(world, box.interact(AUTOCOMPLETE if completing else COMMAND, actor.person, actor.channel, data))


async def pressed(
    world: World, actor: Actor, custom_id: str, *, form: Any = None, chosen: str | None = None
) -> Outcome:
    """A button of ours, of the old message where the actor sees it; or a form sent; or a choice from a menu."""
    box = world.stage.box
    data: dict[str, Any] = {"custom_id": custom_id, "component_type": 2, "id": 1}
    if chosen is not None:
        data |= {"component_type": 3, "values": [chosen]}
    if form is not None:
        data = {"custom_id": custom_id, "components": form}
    message = box.messages.get(world.posted.get(custom_id.split(":")[2], 0))
    is_seen = message is not None and actor.channel.id == message.channel_id
    kind = COMPONENT if form is None else MODAL_SUBMIT
    return await answer(world, box.interact(kind, actor.person, actor.channel, data, message if is_seen else None))


def _fields(values: str) -> list[dict[str, Any]]:
    return [
        {"type": 18, "component": {"type": 21 if name in RADIO else 4, "custom_id": name, "value": value}}
        for name, value in OPTION.findall(values)
    ]


async def answer(world: World, one: Interaction) -> Outcome:
    """The first message, form or choices that follow; a message that loads or is to be edited is waited for."""
    before = _edits(world, one)
    await asyncio.wait_for(one.settled.wait(), 10)
    told = one.outcome or {}
    if told["outcome"] == "choices":
        names = [str(choice["name"]) for choice in told["choices"]]
        return Outcome("choices" if names else "nothing", "\n".join(names))
    if told["outcome"] == "modal":
        return Outcome("form", str(told["modal"]["title"]))
    assert told["outcome"] != "failed", f"not answered in time: {one.data}"
    async with asyncio.timeout(10):
        while (message := _filled(world, one, before)) is None:
            await world.stage.box.feeds.moved(one.member, 0.2)
    shown = Shown(payloads.message(world.stage.box, message), _no_file)
    ids = [str(button.custom_id) for button in shown.buttons]
    return Outcome("card" if message.components else "refused", "\n".join([shown.text, *ids]))


async def _no_file(url: str) -> bytes:
    raise AssertionError(f"nobody opens files here: {url}")


def _edits(world: World, one: Interaction) -> int:
    message = world.stage.box.messages.get(one.message_id or 0)
    return len(message.edits) if message else 0


def _filled(world: World, one: Interaction, before: int) -> Message | None:
    for number in sorted(one.messages, reverse=True):
        message = world.stage.box.messages[number]
        if number == one.message_id and len(message.edits) == before:
            continue
        if not message.flags & LOADING:
            return message
    return None
