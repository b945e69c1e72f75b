from __future__ import annotations

from typing import Any

import pytest

from bot.sandbox.state import AUTOCOMPLETE, EPHEMERAL, V2
from tests.bot.sandbox.conftest import Raw

pytestmark = pytest.mark.asyncio

TEXT = {"type": 10, "content": "hello"}


def button(number: int = 0, **more: Any) -> dict[str, Any]:
    return {"type": 2, "style": 1, "label": "press", "custom_id": f"b{number}"} | more


def row(*parts: dict[str, Any]) -> dict[str, Any]:
    return {"type": 1, "components": list(parts)}


def gallery(count: int, **more: Any) -> dict[str, Any]:
    return {"type": 12, "items": [{"media": {"url": "https://example.org/a.png"}} | more for _ in range(count)]}


def select(count: int, **more: Any) -> dict[str, Any]:
    options = [{"label": f"o{number}", "value": f"{number}"} for number in range(count)]
    return {"type": 3, "custom_id": "s", "options": options} | more


GOOD_V2 = [
    [TEXT],
    [
        {
            "type": 17,
            "accent_color": 0xFF8800,
            "components": [TEXT, gallery(10), row(*map(button, range(5))), {"type": 14}],
        }
    ],
    [{"type": 9, "components": [TEXT], "accessory": button()}],
    [row(select(25, min_values=0, max_values=25))],
    [TEXT] * 40,
    [{"type": 10, "content": "x" * 4000}],
    [gallery(1, description="x" * 1024)],
]
BAD_V2 = [
    ([], ("components",)),
    ([TEXT] * 41, ("components",)),
    ([{"type": 17, "components": [TEXT] * 39}, TEXT], ("components",)),
    ([{"type": 10, "content": "x" * 2001}] * 2, ("components",)),
    ([{"type": 10, "content": ""}], ("components", 0, "content")),
    ([gallery(0)], ("components", 0, "items")),
    ([gallery(11)], ("components", 0, "items")),
    ([gallery(1, description="x" * 1025)], ("components", 0, "items", 0, "description")),
    ([row(*map(button, range(6)))], ("components", 0, "components")),
    ([row(button(label="x" * 81))], ("components", 0, "components", 0, "label")),
    ([row(button(custom_id="x" * 101))], ("components", 0, "components", 0, "custom_id")),
    ([row(button(1), button(1))], ("components", 0, "components", 1, "custom_id")),
    ([row(button(style=9))], ("components", 0, "components", 0, "style")),
    ([row({"type": 2, "style": 1, "custom_id": "a"})], ("components", 0, "components", 0)),
    ([row(select(26))], ("components", 0, "components", 0, "options")),
    ([row(select(3, max_values=26))], ("components", 0, "components", 0, "max_values")),
    ([row(button(), select(2))], ("components", 0, "components")),
    ([row(TEXT)], ("components", 0, "components", 0, "type")),
    ([button()], ("components", 0, "type")),
    ([{"type": 17, "components": [{"type": 17, "components": [TEXT]}]}], ("components", 0, "components", 0, "type")),
    ([{"type": 9, "components": [TEXT] * 4, "accessory": button()}], ("components", 0, "components")),
    ([{"type": 9, "components": [TEXT]}], ("components", 0, "accessory", "type")),
    (
        [{"type": 12, "items": [{"media": {"url": "attachment://no.png"}}]}],
        ("components", 0, "items", 0, "media", "url"),
    ),
    ([{"type": 12, "items": [{"media": {"url": "file:///etc"}}]}], ("components", 0, "items", 0, "media", "url")),
    ([{"type": 17, "accent_color": 1 << 24, "components": [TEXT]}], ("components", 0, "accent_color")),
    ([{"type": 18, "label": "x", "component": {"type": 23, "custom_id": "a"}}], ("components", 0, "type")),
]


@pytest.mark.parametrize("components", GOOD_V2)
async def test_a_card_within_the_limits_is_taken(raw: Raw, components: list[Any]) -> None:
    assert (await raw.send({"flags": V2, "components": components})).status == 200


@pytest.mark.parametrize(("components", "path"), BAD_V2)
async def test_a_card_beyond_a_limit_is_refused_with_its_place(
    raw: Raw, components: list[Any], path: tuple[str | int, ...]
) -> None:
    answer = await raw.send({"flags": V2, "components": components})

    assert (answer.status, answer.code) == (400, 50035)
    assert answer.wrong(*path)
    assert len(raw.box.ledger.violations) == 1


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"content": "x" * 2001}, ("content",)),
        ({"embeds": [{"title": "t"}] * 11}, ("embeds",)),
        ({"embeds": [{"title": "t" * 257}]}, ("embeds", 0, "title")),
        ({"embeds": [{"description": "t" * 4000}] * 2}, ("embeds",)),
        ({"components": [row(button(n)) for n in range(6)], "content": "x"}, ("components",)),
        ({"components": [TEXT], "content": "x"}, ("components", 0, "type")),
        ({"content": "x", "nonce": "n" * 26}, ("nonce",)),
        ({"content": "x", "flags": EPHEMERAL}, ("flags",)),
        ({"content": "x", "flags": 1 << 20}, ("flags",)),
        ({"content": "x", "flags": V2, "components": [TEXT]}, ("content",)),
        ({"embeds": [{"title": "x"}], "flags": V2, "components": [TEXT]}, ("embeds",)),
        ({"content": "x", "attachments": [{"id": 3}]}, ("attachments",)),
    ],
)
async def test_a_message_beyond_a_limit_is_refused(raw: Raw, body: dict[str, Any], path: tuple[str | int, ...]) -> None:
    answer = await raw.send(body)

    assert (answer.status, answer.code) == (400, 50035)
    assert answer.wrong(*path)


@pytest.mark.parametrize(
    "body", [{"flags": "many"}, {"components": 5, "flags": V2}, {"attachments": "x"}, {"embeds": ["x"]}, ["x"], "x"]
)
async def test_a_body_of_the_wrong_shape_is_refused(raw: Raw, body: Any) -> None:
    answer = await raw.send(body)

    assert (answer.status, answer.code) == (400, 50035)


async def test_an_empty_message_is_refused(raw: Raw) -> None:
    assert (await raw.send({"content": ""})).code == 50006


async def test_a_file_may_have_ten_mebibytes_and_no_byte_more(raw: Raw) -> None:
    fits = await raw.send({"content": "x"}, {"a.bin": bytes(10 * 2**20)})
    too_large = await raw.send({"content": "x"}, {"a.bin": bytes(10 * 2**20 + 1)})
    too_many = await raw.send({"content": "x"}, {f"{n}.bin": b"1" for n in range(11)})

    assert (fits.status, too_large.status, too_large.code) == (200, 413, 40005)
    assert (too_many.status, too_many.code) == (400, 50035)


async def test_a_card_must_show_the_files_it_brings_under_their_stored_names(raw: Raw) -> None:
    def shown(name: str) -> dict[str, Any]:
        return {"flags": V2, "components": [{"type": 12, "items": [{"media": {"url": f"attachment://{name}"}}]}]}

    stored = await raw.send(shown("my_photo.png"), {"my photo.png": b"1"})
    unsanitised = await raw.send(shown("my photo.png"), {"my photo.png": b"1"})
    unused = await raw.send({"flags": V2, "components": [TEXT]}, {"a.png": b"1"})

    assert stored.status == 200
    assert stored.body["attachments"] == []
    assert "/cdn/attachments/" in stored.body["components"][0]["items"][0]["media"]["url"]
    assert unsanitised.code == 50035
    assert unused.wrong("attachments") == ["ATTACHMENT_NOT_REFERENCED"]


async def test_a_classic_message_turned_into_a_card_must_lose_its_classic_parts(raw: Raw) -> None:
    sent = await raw.send({"content": "x"}, {"a.png": b"1"})
    path = f"/channels/{raw.channel}/messages/{sent.body['id']}"
    card = {"flags": V2, "components": [TEXT]}

    kept = await raw("PATCH", path, card)
    cleared = await raw("PATCH", path, card | {"content": None, "embeds": [], "attachments": []})

    assert kept.wrong("content")
    assert kept.wrong("attachments")
    assert cleared.status == 200


def field(component: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": 18, "label": "Field", "component": component} | more


def text_input(number: int = 0, **more: Any) -> dict[str, Any]:
    return {"type": 4, "custom_id": f"t{number}", "style": 1} | more


def modal(*components: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"title": "Form", "custom_id": "form", "components": list(components)} | more


UPLOAD = {"type": 19, "custom_id": "u"}


@pytest.mark.parametrize(
    ("data", "path"),
    [
        (modal(), ("components",)),
        (modal(*[field(text_input(n)) for n in range(6)]), ("components",)),
        (modal(field(text_input()), title="x" * 46), ("title",)),
        (modal(field(text_input()), custom_id="x" * 101), ("custom_id",)),
        (modal(field(text_input(), label="x" * 46)), ("components", 0, "label")),
        (modal(field(text_input(), description="x" * 101)), ("components", 0, "description")),
        (modal(field(text_input(min_length=5, max_length=4))), ("components", 0, "component", "max_length")),
        (modal(field(text_input(value="abc", max_length=2))), ("components", 0, "component", "value")),
        (modal(field(UPLOAD | {"max_values": 11})), ("components", 0, "component", "max_values")),
        (modal(field({"type": 21, "custom_id": "r", "options": []})), ("components", 0, "component", "options")),
        (modal(field(button())), ("components", 0, "component", "type")),
        (modal(UPLOAD), ("components", 0, "type")),
    ],
)
async def test_a_form_beyond_a_limit_is_refused(raw: Raw, data: dict[str, Any], path: tuple[str | int, ...]) -> None:
    answer = await raw.answer(raw.begin(), 9, data)

    assert (answer.status, answer.code) == (400, 50035)
    assert answer.wrong("data", *path)


async def test_a_form_with_five_parts_is_taken(raw: Raw) -> None:
    parts = [field(text_input(n)) for n in range(4)] + [
        field(UPLOAD | {"min_values": 0, "max_values": 10, "required": False})
    ]

    assert (await raw.answer(raw.begin(), 9, modal(*parts))).status == 204


async def test_completions_are_at_most_25_of_100_characters(raw: Raw) -> None:
    many = await raw.answer(
        raw.begin(AUTOCOMPLETE), 8, {"choices": [{"name": f"{n}", "value": f"{n}"} for n in range(26)]}
    )
    long = await raw.answer(raw.begin(AUTOCOMPLETE), 8, {"choices": [{"name": "x" * 101, "value": "x"}]})
    number = await raw.answer(raw.begin(AUTOCOMPLETE), 8, {"choices": [{"name": "x", "value": 3}]})

    assert many.wrong("data", "choices")
    assert long.wrong("data", "choices", 0, "name")
    assert number.wrong("data", "choices", 0, "value")


def command(name: str = "train", **more: Any) -> dict[str, Any]:
    return {"name": name, "type": 1, "description": "d"} | more


def option(name: str = "word", **more: Any) -> dict[str, Any]:
    return {"name": name, "type": 3, "description": "d"} | more


@pytest.mark.parametrize(
    "definitions",
    [
        [command("Train")],
        [command("two words")],
        [command("x" * 33)],
        [command(description="")],
        [command(description="x" * 101)],
        [command(name_localizations={"de": "Groß"})],
        [command(options=[option(f"o{n}") for n in range(26)])],
        [command(options=[option("a"), option("b", required=True)])],
        [command(options=[option("a"), option("a")])],
        [command(options=[option(choices=[{"name": f"{n}", "value": f"{n}"} for n in range(26)])])],
        [command(options=[option(choices=[{"name": "a", "value": "a"}], autocomplete=True)])],
        [command(options=[option(choices=[{"name": "x" * 101, "value": "a"}])])],
        [command(options=[option(min_length=5, max_length=4)])],
        [command(options=[option(type=12)])],
        [command(f"c{n}") for n in range(101)],
        [command(), command()],
        [
            command(
                options=[
                    option(f"o{n}", choices=[{"name": f"{m}", "value": "x" * 100} for m in range(5)]) for n in range(20)
                ]
            )
        ],
    ],
)
async def test_a_definition_beyond_a_limit_is_refused_and_nothing_changes(raw: Raw, definitions: list[Any]) -> None:
    answer = await raw("PUT", f"/applications/{raw.box.bot.id}/commands", definitions)

    assert (answer.status, answer.code) == (400, 50035)
    assert (raw.box.commands, raw.box.syncs) == ({}, 0)


async def test_a_good_definition_is_taken_and_counted(raw: Raw) -> None:
    path = f"/applications/{raw.box.bot.id}/commands"
    words = command("words", options=[{"type": 1, "name": "mine", "description": "d", "options": [option("größe")]}])

    first = await raw("PUT", path, [command(), words])
    second = await raw("PUT", path, [command(), words])

    assert first.status == 200
    assert [one["id"] for one in first.body] == [one["id"] for one in second.body]
    assert raw.box.syncs == 2
