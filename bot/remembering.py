"""What the engine can do, known over a restart of the bot: nobody is told that it sleeps while it only loads."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from bot.bell import Bell, rounds
from bot.engine_link import LOADING, READY, EngineLink
from bot.store import Rooms, Store
from bot.studio import EngineFacts
from storage.notes import ENGINE

log = logging.getLogger(__name__)

KEPT = ("base_model", "methods", "class_words")  # of what it says; not its device, its memory or its output check
IDLE_S = 3600.0  # the bell ends it at once


class Remembering:
    """Gives a link what the last engine of the same command said, and writes down what the present one says."""

    def __init__(self, store: Store, link: EngineLink, command: Sequence[str]) -> None:
        self._store, self._link, self._command = store, link, list(command)
        self._bell = Bell()

    def wake(self) -> None:
        """The engine may have said something new."""
        self._bell.ring()

    async def recall(self) -> None:
        """Until an engine has spoken, let the link tell what the last one said; of another base model nothing."""
        noted = await self._store.run(lambda rooms: rooms.notes.get(ENGINE))
        if noted is not None and noted["command"] == self._command and self._link.facts is None:
            self._link.facts = EngineFacts.from_ping({**noted["told"], "state": LOADING})

    async def run(self) -> None:
        """Write down what is new until this is cancelled."""
        await rounds(self.look, self._bell, log)

    async def look(self) -> float:
        """Write down what a ready engine says, when it is new; seconds until the next look."""
        told = self._link.told
        if told.get("state") == READY:
            await self._store.run(partial(_noted, command=self._command, told=told))
        return IDLE_S


def _noted(rooms: Rooms, *, command: Sequence[str], told: Mapping[str, Any]) -> None:
    rooms.notes.put(ENGINE, {"command": command, "told": {name: told.get(name) for name in KEPT}})
