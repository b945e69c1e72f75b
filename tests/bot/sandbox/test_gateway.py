from __future__ import annotations

import json
import zlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
import zstandard

from bot.sandbox.gateway import zlib_stream, zstd_stream
from bot.sandbox.state import EPHEMERAL
from tests.bot.sandbox.conftest import Raw

pytestmark = pytest.mark.asyncio
Socket = aiohttp.ClientWebSocketResponse
IDENTIFY = {"token": "sandbox", "intents": 1, "properties": {}}


@asynccontextmanager
async def connected(raw: Raw, query: str = "?v=10&encoding=json") -> AsyncIterator[Socket]:
    async with raw.http.ws_connect(raw.url.replace("http", "ws") + "/gateway/" + query) as socket:
        yield socket


async def identified(socket: Socket, **more: Any) -> tuple[Any, Any]:
    """HELLO and READY."""
    hello = await socket.receive_json(timeout=5)
    await socket.send_json({"op": 2, "d": IDENTIFY | more})
    return hello, await socket.receive_json(timeout=5)


async def until(socket: Socket, event: str) -> Any:
    while True:
        frame = await socket.receive_json(timeout=5)
        if frame["t"] == event:
            return frame


async def test_identifying_gives_ready_and_then_each_server(raw: Raw) -> None:
    async with connected(raw) as socket:
        hello, ready = await identified(socket)
        guild = await socket.receive_json(timeout=5)

    assert (hello["op"], ready["t"], ready["s"], guild["t"], guild["s"]) == (10, "READY", 1, "GUILD_CREATE", 2)
    assert [channel["name"] for channel in guild["d"]["channels"]] == ["general", "after-dark"]
    assert [channel["nsfw"] for channel in guild["d"]["channels"]] == [False, True]


async def test_heartbeats_are_acknowledged_until_the_connection_is_a_zombie(raw: Raw) -> None:
    async with connected(raw) as socket:
        await identified(socket)
        await socket.send_json({"op": 1, "d": 2})
        await socket.receive_json(timeout=5)
        acknowledged = await socket.receive_json(timeout=5)
        session = next(iter(raw.box.sessions.all.values()))
        assert session.wire is not None
        session.wire.is_zombie = True
        await socket.send_json({"op": 1, "d": 2})

        with pytest.raises(TimeoutError):
            await socket.receive_json(timeout=0.05)

    assert acknowledged["op"] == 11


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ({"op": 2, "d": IDENTIFY | {"token": "wrong"}}, 4004),
        ({"op": 2, "d": IDENTIFY | {"intents": 1 << 15}}, 4014),
        ({"op": 2, "d": IDENTIFY | {"intents": -1}}, 4013),
        ({"op": 99, "d": None}, 4001),
        ({"op": 3, "d": None}, 4003),
        ({"d": None}, 4002),
        ({"op": 6, "d": {"token": "wrong"}}, 4004),
    ],
)
async def test_what_the_gateway_does_not_take_closes_it_with_its_code(raw: Raw, frame: Any, code: int) -> None:
    async with connected(raw) as socket:
        await socket.receive_json(timeout=5)
        await socket.send_json(frame)
        await socket.receive(timeout=5)

        assert socket.close_code == code


async def test_an_old_version_is_refused(raw: Raw) -> None:
    async with connected(raw, "?v=6") as socket:
        await socket.receive(timeout=5)

        assert socket.close_code == 4012


async def test_a_resume_replays_what_was_missed_in_order(raw: Raw) -> None:
    async with connected(raw) as socket:
        _, ready = await identified(socket)
        last = (await until(socket, "GUILD_CREATE"))["s"]
    missed = [raw.begin().id, raw.begin().id]

    async with connected(raw) as socket:
        await socket.receive_json(timeout=5)
        await socket.send_json(
            {"op": 6, "d": {"token": "sandbox", "session_id": ready["d"]["session_id"], "seq": last}}
        )
        frames = [await socket.receive_json(timeout=5) for _ in range(3)]

    assert [frame["t"] for frame in frames] == ["INTERACTION_CREATE", "INTERACTION_CREATE", "RESUMED"]
    assert [int(frame["d"]["id"]) for frame in frames[:2]] == missed
    assert [frame["s"] for frame in frames] == [last + 1, last + 2, last + 3]


async def test_a_session_gone_for_too_long_cannot_be_resumed(raw: Raw) -> None:
    async with connected(raw) as socket:
        _, ready = await identified(socket)
    while next(iter(raw.box.sessions.all.values())).wire is not None:
        await raw("GET", "/gateway")
    raw.box.advance(301)

    async with connected(raw) as socket:
        await socket.receive_json(timeout=5)
        await socket.send_json({"op": 6, "d": {"token": "sandbox", "session_id": ready["d"]["session_id"], "seq": 1}})
        frame = await socket.receive_json(timeout=5)

    assert (frame["op"], frame["d"]) == (9, False)


async def test_with_the_guilds_intent_alone_no_message_is_told(raw: Raw) -> None:
    async with connected(raw) as socket:
        await identified(socket)
        await raw.send({"content": "x"})
        one = raw.begin()
        await raw.answer(one, 4, {"content": "psst", "flags": EPHEMERAL})
        raw.begin()
        seen = [(await socket.receive_json(timeout=5))["t"] for _ in range(3)]

    assert seen == ["GUILD_CREATE", "INTERACTION_CREATE", "INTERACTION_CREATE"]


async def test_an_ephemeral_message_is_told_like_a_direct_one(raw: Raw) -> None:
    async with connected(raw) as socket:
        await identified(socket, intents=1 | 1 << 9 | 1 << 12)
        await raw.answer(raw.begin(), 4, {"content": "psst", "flags": EPHEMERAL})
        hidden = await until(socket, "MESSAGE_CREATE")
        await raw.send({"content": "x"})
        public = await until(socket, "MESSAGE_CREATE")

    assert "guild_id" not in hidden["d"]
    assert "guild_id" in public["d"]


async def test_both_streams_can_be_read_piece_by_piece() -> None:
    unzlib, unzstd = zlib.decompressobj(), zstandard.ZstdDecompressor().decompressobj()
    readers: list[tuple[Any, Callable[[bytes], bytes]]] = [
        (zlib_stream(), unzlib.decompress),
        (zstd_stream(), unzstd.decompress),
    ]

    for squeeze, read in readers:
        for frame in ({"op": 10}, {"op": 0, "d": "x" * 5000}):
            assert json.loads(read(squeeze(json.dumps(frame).encode()))) == frame
