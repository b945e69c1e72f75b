"""Every cell of the table, played on the stand-in: who may, who may not, and what they are told."""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from typing import Any

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot import buttons, modals
from bot.notices import tell
from bot.sandbox import Sandbox, serve
from bot.takedown import take_down
from storage.permissions import Action
from tests.bot.commands.stage import FACTS, on_stage
from tests.bot.matrix import table
from tests.bot.matrix.deeds import Outcome, played, pressed
from tests.bot.matrix.table import ACTORS, MARKS, NOTHING, Row
from tests.bot.matrix.world import WORDS, Inspector, World, people_of, things_of

pytestmark = pytest.mark.asyncio(loop_scope="module")
ROWS = table.rows()
BESIDES = {"like", "report", "consent", "moderate"}  # what is asked without `can`
PUBLIC = {"/train method", "/train class_word"}  # what the engine can do: the same for everybody
BESIDE_THEM = {
    "learning",
    "failing",
    "pamsmile",
    "mylikeness",
    "takenover",
    "twinned",
    "askfirst",
    "outcast",
}  # other words
NOBODY = "0" * 16
PRIVATE = "a word that nobody else may use"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    box = Sandbox()
    box.limits.is_on = False
    facts, folder = replace(FACTS, image_prompt="image_prompt"), tmp_path_factory.mktemp("matrix")
    async with serve(box) as url, on_stage(box, url, folder, facts=facts) as stage:
        made, stage.inspect = World(stage), Inspector()
        await people_of(made)
        async with stage.running():
            await things_of(made)
            await take_down(stage.bot, stage.run)  # what reports have hidden
            await tell(stage.bot, stage.run)  # what was removed
            for actor in made.actors.values():
                await played(made, actor, "/help", {})  # their names are noted when they are first met
            await stage.bot.studio.names.settle()
            await made.keep()
            yield made
        assert box.ledger.violations == []
        assert box.ledger.mentions == []


def mark_of(outcome: Outcome) -> str:
    """What the table would say for this answer."""
    if outcome.kind == "nothing":
        return "-"
    if outcome.kind != "refused":
        return "+"
    if any(sentence in outcome.text for sentence in NOTHING):
        return "-"
    found = [mark for mark, sentence in MARKS.items() if mark not in "+-" and sentence in outcome.text]
    return found[0] if found else outcome.text


async def cell(world: World, row: Row, who: str) -> str:
    return mark_of(await played(world, world.actors[who], row.deed, world.facts[row.thing]))


@pytest.mark.parametrize("row", ROWS, ids=str)
async def test_each_actor_may_and_may_not_as_the_table_says(world: World, row: Row) -> None:
    before = await world.digest()
    may = [who for who in ACTORS if row.cells[who] in "+i" and row.changes]
    others = [who for who in ACTORS if who not in may]

    found = dict(zip(others, await asyncio.gather(*(cell(world, row, who) for who in others)), strict=True))
    is_same = await world.digest() == before
    if not is_same:
        await world.restore()
    without_effect = []
    for who in may:
        found[who] = await cell(world, row, who)
        if row.changes == "*" and await world.digest() == before:
            without_effect.append(who)
        await world.restore()

    assert {who: mark for who, mark in found.items() if mark != row.cells[who]} == {}
    assert without_effect == []
    assert is_same or row.changes == "~"


async def test_a_managers_deeds_stay_in_their_own_server(world: World) -> None:
    bob = world.facts["the order of the server"]["blocked"]
    await pressed(world, world.actors["manager, away"], f"t1:unblock:{bob}")

    assert await world.stage.run(lambda rooms: rooms.moderation.is_blocked(world.stage.guild, int(bob, 16)))


# --- nothing is left out ---------------------------------------------------------------------------------------------


def leaves(definitions: list[dict[str, Any]], before: str = "/") -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Every command that one can send, with its options."""
    for one in definitions:
        inner = [part for part in one.get("options") or [] if part["type"] in {1, 2}]
        if inner:
            yield from leaves(inner, f"{before}{one['name']} ")
        else:
            yield f"{before}{one['name']}", one.get("options") or []


def named(deed: str) -> tuple[str, str]:
    """The kind of a deed, and what it is about: a verb, a command, or a command and the option it completes."""
    how, _, rest = deed.partition(" ")
    if how in {"button", "menu", "form"}:
        return how, rest.partition(":")[0]
    if how == "completes":
        command, _, option = rest.rpartition(":")[0].rpartition(" ")
        return how, f"{command} {option}"
    line = rest.partition(" ")[2] if how == "finds" else deed
    words = line.split(" ")
    return "command", " ".join(word for word in words[: next(_options(words), len(words))])


def _options(words: list[str]) -> Iterator[int]:
    return (at for at, word in enumerate(words) if ":" in word)


async def test_every_button_form_command_completion_and_action_has_its_row(world: World) -> None:
    known = list(leaves(world.stage.box.commands[None]))
    told: dict[str, set[str]] = {"button": set(), "form": set(), "command": set(), "completes": set()}
    for row in ROWS:
        kind, name = named(row.deed)
        told["button" if kind == "menu" else kind].add(name)

    completed = {f"{name} {one['name']}" for name, options in known for one in options if one.get("autocomplete")}
    assert buttons.verbs() ^ told["button"] == set()
    assert modals.forms() ^ told["form"] == set()
    assert {name for name, _ in known} ^ told["command"] == set()
    assert completed - PUBLIC ^ told["completes"] == set()
    assert set(Action) | BESIDES == {row.action for row in ROWS}


# --- what cannot be told apart ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("deed", [f"completes {one}" for one in ("/imagine word:", "/imagine prompt:<")])
async def test_completion_offers_exactly_the_words_that_one_may_use(world: World, deed: str) -> None:
    cells = {row.thing: row.cells for row in ROWS if row.deed == f"{deed}{{word}}"}
    assert set(cells) == set(WORDS)
    for who, actor in world.actors.items():
        outcome = await played(world, actor, deed, {})
        offered = {line.strip("<>") for line in outcome.text.splitlines()}

        assert offered - BESIDE_THEM == {WORDS[thing] for thing, marks in cells.items() if marks[who] == "+"}, who


async def steps(world: World, who: str, deed: str, facts: dict[str, str]) -> tuple[str, int]:
    """What somebody is told, and how many statements that took."""
    seen: list[str] = []
    await world.stage.run(lambda rooms: rooms.db.conn.set_trace_callback(seen.append))
    outcome = await played(world, world.actors[who], deed, facts)
    await world.stage.run(lambda rooms: rooms.db.conn.set_trace_callback(None))
    told = re.sub(r"[0-9a-f]{16}", NOBODY, outcome.text).replace(facts["word"], "that")
    return f"{outcome.kind}: {told}", len(seen)


@pytest.mark.parametrize("who", ["member", "named", "away", "left", "manager", "operator"])
@pytest.mark.parametrize(
    "deed",
    [row.deed for row in ROWS if row.thing == PRIVATE and "{word}" in row.deed and not row.deed.startswith("form")],
)
async def test_a_private_word_takes_as_long_to_refuse_as_one_that_is_not_there(
    world: World, who: str, deed: str
) -> None:
    real = world.facts[PRIVATE]
    missing = {"word": "nosuchone", "concept": NOBODY}

    assert await steps(world, who, deed, real) == await steps(world, who, deed, missing)


# --- forged presses --------------------------------------------------------------------------------------------------


def ids_of(world: World) -> list[str]:
    return sorted({one for facts in world.facts.values() for one in facts.values() if len(one) == len(NOBODY)})


async def test_every_verb_on_ids_of_anas_other_things_changes_nothing_for_a_foreign_member(world: World) -> None:
    before, actor = await world.digest(), world.actors["away"]
    ids = ids_of(world)
    for verb in sorted(buttons.verbs() - {"like", "unlike", "try"}):
        some = random.Random(verb).sample(ids, 6)
        outcomes = await asyncio.gather(*(pressed(world, actor, f"t1:{verb}:{one}:1") for one in some))
        assert not [one.text for one in outcomes if "Something broke" in one.text], verb

    assert await world.digest() == before


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
async def test_what_no_button_ever_carried_is_answered_and_changes_nothing(world: World, data: st.DataObject) -> None:
    before, actor = await world.digest(), world.actors["member"]
    verbs = st.sampled_from(sorted(buttons.verbs() | modals.forms()))
    numbers = st.one_of(st.sampled_from(ids_of(world)), st.text("0123456789abcdef", min_size=0, max_size=20))
    ends = st.sampled_from(["", ":", ":0", ":999", ":1000", ":-1", ":x"])
    made = st.builds("t1:{}:{}{}".format, verbs, numbers, ends)
    forged = data.draw(st.lists(st.one_of(made, st.text(min_size=1, max_size=100)), min_size=10, max_size=10))
    outcomes = await asyncio.gather(*(pressed(world, actor, one) for one in forged if one.count(":") >= 2))

    assert not [one.text for one in outcomes if "Something broke" in one.text]
    if await world.digest() != before:
        await world.restore()
