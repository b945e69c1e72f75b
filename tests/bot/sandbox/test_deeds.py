from __future__ import annotations

from typing import Any

import pytest

from bot.sandbox import Sandbox, deeds
from bot.sandbox.options import NotPossible
from bot.sandbox.state import EPHEMERAL, Message, Person
from bot.sandbox.views import Message as Seen
from tests.bot.sandbox.conftest import Raw

pytestmark = pytest.mark.asyncio
SELECT = {
    "type": 3,
    "custom_id": "kind",
    "placeholder": "Kind",
    "max_values": 2,
    "options": [{"label": name.title(), "value": name} for name in ("dog", "cat", "cup")],
}


def member(box: Sandbox, name: str, **about: Any) -> Person:
    person = box.add_person(name)
    next(iter(box.guilds.values())).members.add(person.id)
    for key, value in about.items():
        setattr(person, key, value)
    return person


def sent(box: Sandbox, *components: dict[str, Any], **more: Any) -> Message:
    channel = next(iter(box.channels.values()))
    rows = [{"type": 1, "components": [component]} for component in components]
    return box.post(
        Message(id=box.new_id(), channel_id=channel.id, author=box.bot.id, created=1.0, components=rows, **more)
    )


def define(box: Sandbox, name: str, *options: dict[str, Any], **more: Any) -> None:
    box.commands.setdefault(None, []).append({"id": "1", "type": 1, "name": name, "options": [*options]} | more)


def names(box: Sandbox, person: Person, channel: str) -> list[str]:
    return [one["name"] for one in deeds.commands_for(box, person, deeds.channel_of(box, person, channel))]


async def test_a_choice_in_a_select_is_sent_with_its_values(box: Sandbox) -> None:
    ana, message = member(box, "ana"), sent(box, SELECT)

    one = deeds.press(box, ana, {"message": str(message.id), "label": "Kind", "values": ["dog", "cup"]})

    assert (one.data["component_type"], one.data["values"]) == (3, ["dog", "cup"])
    assert one.payload["message"]["id"] == str(message.id)
    with pytest.raises(NotPossible, match="choose 1 to 2"):
        deeds.press(box, ana, {"message": str(message.id), "custom_id": "kind", "values": []})
    with pytest.raises(NotPossible, match="offered are"):
        deeds.press(box, ana, {"message": str(message.id), "custom_id": "kind", "values": ["hat"]})


async def test_a_button_that_is_off_or_not_there_cannot_be_pressed(box: Sandbox) -> None:
    ana = member(box, "ana")
    message = sent(box, {"type": 2, "style": 1, "label": "Go", "custom_id": "go", "disabled": True})

    with pytest.raises(NotPossible, match="switched off"):
        deeds.press(box, ana, {"message": str(message.id), "label": "Go"})
    with pytest.raises(NotPossible, match="there are: 'Go'"):
        deeds.press(box, ana, {"message": str(message.id), "label": "Stop"})


async def test_another_members_ephemeral_message_cannot_be_seen_or_pressed(box: Sandbox) -> None:
    ana, ben = member(box, "ana"), member(box, "ben")
    message = sent(box, SELECT, flags=EPHEMERAL, visible_to=ana.id)

    with pytest.raises(NotPossible, match="ben sees no message"):
        deeds.press(box, ben, {"message": str(message.id), "label": "Kind", "values": ["dog"]})
    deeds.dismiss(box, ana, str(message.id))
    assert not box.sees(ana.id, message)


async def test_commands_show_where_and_to_whom_they_may_be_used(box: Sandbox) -> None:
    ana, boss = member(box, "ana"), member(box, "boss", is_manager=True)
    minor = member(box, "minor", is_adult=False)
    define(box, "train", contexts=[0])
    define(box, "studio", default_member_permissions="32")
    define(box, "adult", nsfw=True)

    assert names(box, ana, "general") == ["train"]
    assert names(box, boss, "general") == ["train", "studio"]
    assert names(box, ana, "after-dark") == ["train", "adult"]
    assert names(box, minor, "after-dark") == ["train"]
    assert names(box, ana, "dm") == ["studio"]


async def test_options_are_typed_and_resolved(box: Sandbox) -> None:
    ana, ben = member(box, "ana"), member(box, "ben")
    choices = [{"name": "Large", "value": 2}]
    define(box, "do", *(
        {"name": name, "type": kind} | ({"choices": choices} if name == "size" else {})
        for name, kind in {
            "count": 4, "share": 10, "on": 5, "who": 6, "size": 4, "where": 7, "role": 8, "file": 11
        }.items()
    ))  # fmt: skip
    file = deeds.upload(box, "a b.png", b"123")
    given = {
        "count": "3",
        "share": "0.5",
        "on": "true",
        "who": "@ben",
        "size": "Large",
        "where": "#general",
        "role": "@everyone",
        "file": str(file.id),
    }

    data = deeds.use_command(box, ana, {"name": "/do", "options": given}).data

    values = {option["name"]: option["value"] for option in data["options"]}
    assert (values["count"], values["share"], values["on"], values["size"]) == (3, 0.5, True, 2)
    assert data["resolved"]["users"][values["who"]]["username"] == "ben"
    assert set(data["resolved"]["members"]) == {str(ben.id)}
    assert data["resolved"]["channels"][values["where"]]["name"] == "general"
    assert data["resolved"]["roles"][values["role"]]["name"] == "@everyone"
    attachment = data["resolved"]["attachments"][values["file"]]
    assert (attachment["filename"], attachment["size"], attachment["ephemeral"]) == ("a_b.png", 3, True)
    assert "/ephemeral-attachments/" in attachment["url"]


async def test_everything_shown_is_text_buttons_and_pictures(raw: Raw) -> None:
    picture = {"type": 11, "media": {"url": "attachment://a.png"}, "description": "alt"}
    components = [
        {
            "type": 17,
            "components": [
                {"type": 10, "content": "# Title"},
                {"type": 9, "components": [{"type": 10, "content": "left"}], "accessory": picture},
                {"type": 1, "components": [{"type": 2, "style": 5, "label": "Site", "url": "https://example.org"}]},
            ],
        },
        {"type": 13, "file": {"url": "attachment://b.bin"}},
    ]  # fmt: skip
    answer = await raw.send({"flags": 1 << 15, "components": components}, {"a.png": b"1", "b.bin": b"22"})

    async def fetch(url: str) -> bytes:
        async with raw.http.get(url) as got:
            return await got.read()

    message = Seen(answer.body, fetch)

    assert message.text == "# Title\nleft\nSite"
    assert [(button.label, button.url) for button in message.buttons] == [("Site", "https://example.org")]
    assert [(file.name, file.size_bytes, file.alt_text, await file.read()) for file in message.files] == [
        ("a.png", 1, "alt", b"1"),
        ("b.bin", 2, None, b"22"),
    ]
