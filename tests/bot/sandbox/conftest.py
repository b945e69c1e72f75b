from __future__ import annotations

import io
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from json import dumps
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from bot.sandbox import Sandbox, serve
from bot.sandbox.openapi import Description
from bot.sandbox.state import COMMAND, Interaction

REPOSITORY = Path(__file__).parents[3]


@dataclass
class Answered:
    status: int
    body: Any
    headers: Any

    @property
    def code(self) -> int:
        return int(self.body["code"])

    def wrong(self, *path: str | int) -> list[str]:
        """The codes of the errors at a path of the form."""
        place = self.body["errors"]
        for step in path:
            place = place[str(step)]
        return [error["code"] for error in place["_errors"]]


@dataclass
class Raw:
    """A bot without a library: plain requests."""

    box: Sandbox
    url: str
    http: aiohttp.ClientSession

    async def __call__(
        self, method: str, path: str, json: Any = None, files: dict[str, bytes] | None = None, token: str | None = None
    ) -> Answered:
        headers = {"Authorization": f"Bot {token or self.box.discord_token}"}
        sent: dict[str, Any] = {"json": json} if json is not None else {}
        if files:
            form = aiohttp.FormData(quote_fields=False)
            form.add_field("payload_json", dumps(json or {}), content_type="application/json")
            for number, (name, data) in enumerate(files.items()):
                form.add_field(f"files[{number}]", io.BytesIO(data), filename=name)
            sent = {"data": form}
        async with self.http.request(method, f"{self.url}/api/v10{path}", headers=headers, **sent) as answer:
            body = await answer.json() if answer.content_type == "application/json" else await answer.text()
            return Answered(answer.status, body, answer.headers)

    @property
    def channel(self) -> str:
        return next(str(one.id) for one in self.box.channels.values() if one.name == "general")

    async def send(self, json: Any, files: dict[str, bytes] | None = None) -> Answered:
        return await self("POST", f"/channels/{self.channel}/messages", json, files)

    def begin(self, kind: int = COMMAND, **more: Any) -> Interaction:
        """An interaction of a member who needs no bot that is connected."""
        person = self.box.person("ana") or self.box.add_person("ana")
        guild = next(iter(self.box.guilds.values()))
        guild.members.add(person.id)
        return self.box.interact(
            kind, person, self.box.channels[int(self.channel)], {"name": "x", "options": []}, **more
        )

    async def answer(
        self, one: Interaction, kind: int, data: Any = None, files: dict[str, bytes] | None = None
    ) -> Answered:
        body = {"type": kind} if data is None else {"type": kind, "data": data}
        return await self("POST", f"/interactions/{one.id}/{one.token}/callback", body, files)

    async def follow(self, one: Interaction, data: Any, files: dict[str, bytes] | None = None) -> Answered:
        return await self("POST", f"/webhooks/{self.box.bot.id}/{one.token}", data, files)

    async def original(self, one: Interaction, method: str = "GET", data: Any = None) -> Answered:
        return await self(method, f"/webhooks/{self.box.bot.id}/{one.token}/messages/@original", data)


@pytest.fixture
def box() -> Sandbox:
    return Sandbox()


@pytest_asyncio.fixture
async def url(box: Sandbox) -> AsyncIterator[str]:
    async with serve(box) as root:
        yield root


@pytest_asyncio.fixture
async def raw(box: Sandbox, url: str) -> AsyncIterator[Raw]:
    box.limits.is_on = False
    async with aiohttp.ClientSession() as http:
        yield Raw(box, url, http)


@pytest.fixture
def admin(raw: Raw) -> Callable[..., Awaitable[Any]]:
    async def ask(method: str, path: str, json: Any = None) -> Any:
        async with raw.http.request(method, f"{raw.url}/sandbox{path}", json=json) as answer:
            return await answer.json()

    return ask


@pytest.fixture(scope="session")
def description() -> Description:
    given = os.environ.get("TINTYPE_DISCORD_OPENAPI")
    path = Path(given) if given else REPOSITORY.parent / "shared" / "discord-openapi.json.gz"
    if not path.exists():
        pytest.skip(f"Discord's description of its API is not at {path}")
    return Description(path)
