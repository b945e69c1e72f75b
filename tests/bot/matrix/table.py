"""Who may do what with what, written from the design and not from the code: the tests beside it play every cell."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

#: who asks, and from where, in the order of the table's columns
ACTORS = {
    "owner": "ana, whose thing it is, in the server where she made it",
    "owner, 18+": "ana in an age-restricted channel of that server",
    "owner, away": "ana in another server",
    "owner, blocked": "ana in a server whose manager has blocked her",
    "shown": "pam, the person whom ana's word <ana-pam> shows; for all else an ordinary member",
    "named": "nia, with whom ana shares words by name",
    "role": "rob, who has a role with which ana shares a word",
    "member": "mo, an ordinary member of the same server",
    "blocked": "bob, blocked in that server, with whom ana shares words by name",
    "manager": "mia, who may manage that server",
    "away": "eve, a member of another server only",
    "manager, away": "max, who may manage that other server",
    "left": "leo, who has left the server, in a direct message",
    "operator": "opal, who runs this Tintype, from another server",
}

#: what a cell says, and how the sentence begins that the actor is told
MARKS = {
    "+": "may",
    "-": "is told the same as if there were no such thing, or is not offered it",
    "b": "The moderators of this server have blocked you",
    "y": "That belongs to another member",
    "a": "A word for a person is never used in an age-restricted channel",
    "c": "took their agreement back",
    "d": "These pictures were deleted",
    "f": "That button is for another member's data",
    "h": "These pictures were reported",
    "i": "The likeness of another member cannot be taken over from a file yet, so it was deleted",
    "l": "This list of styles is too old",
    "m": "Only members who may manage this server",
    "n": "In an age-restricted channel no picture is made or shown that began from one that was sent",
    "o": "your own",
    "p": "Photos are never posted in a channel",
    "q": "This question was asked of another member",
    "r": "This report is settled already",
    "s": "shared with single members only",
    "w": "only its owner can do that",
}

#: what stands for `-` in a sentence
NOTHING = (
    "There is no such thing of yours",
    "There is no word <",
    "This style cannot be used here any more",
    "You have no preset",
    "These pictures do not wait for a choice any more",
    "This question does not exist any more",
    "is not in this server's filter",
    "This server keeps no such style out",
)

TABLE = Path(__file__).with_name("table.txt")


@dataclass(frozen=True, slots=True)
class Row:
    """One deed with one thing, and for each actor whether they may."""

    thing: str
    action: str
    deed: str
    changes: str  #: "*" when whoever may do it changes what is kept, "~" when they need not, else nothing changes
    cells: dict[str, str]  #: a mark for each actor

    def __str__(self) -> str:
        return f"{self.thing}: {self.deed}"


def rows() -> list[Row]:
    """The whole table."""
    return list(_rows())


def _rows() -> Iterator[Row]:
    thing = ""
    for line in TABLE.read_text("utf-8").strip().splitlines():
        if line.startswith("== "):
            thing = line[3:]
        elif line:
            action, deed, marks = (part.strip() for part in line.split("|"))
            cells = dict(zip(ACTORS, marks.replace(" ", ""), strict=True))
            name = action.rstrip("*~")
            yield Row(thing, name, deed, action.removeprefix(name), cells)


#: who may press, as docs/commands.md says it
PRESSERS = {
    "owner": "its owner",
    "shown": "the person shown",
    "named": "those with whom it is shared",
    "role": "those with whom it is shared",
    "member": "members of the server",
    "away": "members of every server",
    "manager": "managers of the server",
    "operator": "the operator",
}
#: whoever is meant by the first may press where the second may, who need not be named beside them
WITHIN = {"member": ("shown", "named", "role", "manager"), "away": ("member", "operator")}
MAY = "+i"  # a press that is answered with i does what stands on the button: it drops the files


def pressers() -> dict[str, str]:
    """Of each button's or menu's verb, who may press it: always, and with some things beside."""
    found: dict[str, list[Row]] = {}
    for row in rows():
        kind, _, what = row.deed.partition(" ")
        if kind in {"button", "menu"} and set(MAY) & set(row.cells.values()):
            found.setdefault(what.partition(":")[0], []).append(row)
    return {verb: _pressed_by(some) for verb, some in found.items()}


def _pressed_by(some: list[Row]) -> str:
    if all(row.thing.startswith("a question") for row in some) and some[0].action != "withdraw":
        return "who is asked"
    may = [_people({actor for actor, mark in row.cells.items() if mark in MAY}) for row in some]
    every = [told for told in dict.fromkeys(PRESSERS.values()) if any(told in people for people in may)]
    always = [told for told in every if all(told in people for people in may)]
    others = [told for told in every if told not in always]
    return "; ".join(part for part in (", ".join(always), others and f"for some things {', '.join(others)}") if part)


def _people(actors: set[str]) -> set[str]:
    hidden = {one for wide, narrow in WITHIN.items() if wide in actors for one in narrow}
    return {PRESSERS[actor] for actor in actors - hidden if actor in PRESSERS}


def page() -> str:
    """The table as docs/permissions.md shows it."""
    parts = [_list({f"**{who}**": about for who, about in ACTORS.items()})]
    parts.append(_list({f"`{mark}`": told if mark in "+-" else f"is told: *…{told}…*" for mark, told in MARKS.items()}))
    found = rows()
    for thing in dict.fromkeys(row.thing for row in found):
        parts += [f"## {thing[0].upper()}{thing[1:]}", _grid([row for row in found if row.thing == thing])]
    return "\n\n".join(parts)


def _list(told: dict[str, str]) -> str:
    return "\n".join(f"- {name}: {about}" for name, about in told.items())


def _grid(found: list[Row]) -> str:
    head = ["", *ACTORS]
    lines = [head, ["---", *(":-:" for _ in ACTORS)]]
    lines += [[f"{row.action}: `{row.deed}`", *row.cells.values()] for row in found]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
