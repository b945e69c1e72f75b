"""Commands, buttons and forms as they are declared."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import buttons, commands, labels, modals, presses
from bot.manual import commands_page
from tests.bot.commands.stage import Stage, shown
from tests.bot.matrix.table import pressers

BOT = Path(__file__).parents[3] / "bot"
BUILDERS = {"button", "choices", "roles", "channels"}  # of what can be pressed: buttons, and the menus
presses.load()


def calls() -> Iterator[ast.Call]:
    for path in BOT.rglob("*.py"):
        if "sandbox" not in path.parts:
            yield from (node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call))


def name_of(call: ast.Call) -> str:
    return str(getattr(call.func, "id", getattr(call.func, "attr", "")))


def shown_verbs() -> set[str]:
    first = [call.args[0] for call in calls() if name_of(call) in BUILDERS and call.args]
    return {argument.value for argument in first if isinstance(argument, ast.Constant)}


def form_verbs() -> set[str]:
    own = [word.value for call in calls() if name_of(call) == "Press" for word in call.keywords if word.arg == "verb"]
    return {value.value for value in own if isinstance(value, ast.Constant)}


def test_every_button_that_a_card_shows_has_an_answer_and_every_answer_a_button() -> None:
    assert shown_verbs() == buttons.verbs()


def test_every_form_has_an_answer() -> None:
    assert form_verbs() <= modals.forms()
    assert modals.forms() <= buttons.verbs() | {"teach"}


def test_every_command_stands_in_a_file_of_its_name() -> None:
    assert {command.name for command in commands.every()} == {
        path.stem for path in (BOT / "commands").glob("*.py") if path.stem != "__init__"
    }


def test_the_page_of_commands_names_every_command_button_and_form() -> None:
    page = (BOT.parent / "docs" / "commands.md").read_text("utf-8")

    assert commands_page(pressers()) in page
    assert all(f"## /{command.name}" in page for command in commands.every())
    assert all(f"| `{verb}` |" in page for verb in buttons.verbs() | modals.forms())


def labels_in_code() -> Iterator[tuple[str, str]]:
    """The verb and the text of each button and menu for which a card names both where it makes it."""
    for call in calls():
        at = {"button": 2}.get(name_of(call), 3)
        if name_of(call) in BUILDERS and len(call.args) > at and isinstance(call.args[0], ast.Constant):
            said = [node for node in ast.walk(call.args[at]) if isinstance(node, ast.Call) and name_of(node) == "say"]
            yield from (
                (str(call.args[0].value), str(one.args[0].value))
                for one in said
                if isinstance(one.args[0], ast.Constant)
            )


def test_the_list_of_buttons_shows_what_stands_on_them() -> None:
    found = list(labels_in_code())

    assert len(found) > 60
    assert [(verb, text) for verb, text in found if text not in labels.ids_of(verb)] == []


def test_no_label_is_missing_in_the_list_of_buttons() -> None:
    source = (BOT / "texts" / "en.ftl").read_text("utf-8")
    listed = {text for verb in buttons.verbs() for text in labels.ids_of(verb)}

    assert set(re.findall(r"^((?:btn|menu)-[\w-]+) =", source, re.MULTILINE)) - listed == set()
    assert set(labels.OTHERS) <= buttons.verbs()


def test_of_every_button_it_is_told_who_may_press_it() -> None:
    told = pressers()

    assert buttons.verbs() <= set(told)
    assert told["discard"] == "its owner"
    assert told["cancel"] == "its owner, managers of the server, the operator"
    assert told["agree"] == "who is asked"
    assert told["vary"] == "its owner; for some things members of the server"


@pytest.mark.asyncio
async def test_discord_is_told_of_the_commands_only_when_they_changed(idle: Stage) -> None:
    for _ in range(2):
        async with idle.running():
            seen = {one["name"] for one in await idle.ana.commands()}
            assert seen == {one.name for one in commands.every()} - {"studio"}
    assert idle.box.syncs == 1

    (idle.folder / "commands.sha256").write_text("those of an earlier Tintype")
    async with idle.running():
        assert "`/train`" in shown(await idle.ana.command("help")).body
    assert idle.box.syncs == 2


@pytest.mark.asyncio
async def test_nobody_is_ever_mentioned(stage: Stage) -> None:
    await stage.taught()
    await stage.grid("@everyone <@1> <@&2> <ana-dog>")
    await stage.ana.command("show", public=True)

    bodies = [one["json"] for one in stage.box.ledger.requests if one["method"] == "POST" and one["json"]]
    messages = [body.get("data", body) for body in bodies if "components" in str(body)]

    assert messages
    assert all(one.get("allowed_mentions", {"parse": []})["parse"] == [] for one in messages if isinstance(one, dict))
