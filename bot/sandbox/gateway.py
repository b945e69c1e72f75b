"""The gateway, version 10: hello, identify, heartbeats, events, resume."""

from __future__ import annotations

import asyncio
import json
import zlib
from typing import Any, Protocol

from aiohttp import WSMsgType, web

from bot.sandbox import payloads
from bot.sandbox.refusals import Json
from bot.sandbox.sandbox import Sandbox
from bot.sandbox.sessions import Session

HEARTBEAT_MS = 41250
PRIVILEGED = 1 << 1 | 1 << 8 | 1 << 15  # members, presences, message content
UNKNOWN_OP, NOT_JSON, NOT_IDENTIFIED, BAD_TOKEN, TWICE = 4001, 4002, 4003, 4004, 4005
BAD_VERSION, BAD_INTENTS, FORBIDDEN_INTENTS = 4012, 4013, 4014


class Squeezer(Protocol):
    """A stream that can be flushed after each message."""

    def __call__(self, data: bytes, /) -> bytes:
        """The next piece of the stream."""
        ...


def zlib_stream() -> Squeezer:
    """Discord's `zlib-stream`."""
    stream = zlib.compressobj()
    return lambda data: stream.compress(data) + stream.flush(zlib.Z_SYNC_FLUSH)


def zstd_stream() -> Squeezer:
    """Discord's `zstd-stream`."""
    import zstandard

    stream = zstandard.ZstdCompressor().compressobj()
    return lambda data: stream.compress(data) + stream.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)


STREAMS = {"zlib-stream": zlib_stream, "zstd-stream": zstd_stream}


class Wire:
    """One connection; frames leave in order through one task."""

    def __init__(self, socket: web.WebSocketResponse, squeeze: Squeezer | None) -> None:
        self.socket = socket
        self.is_zombie = False  # a zombie acknowledges no heartbeat
        self._squeeze = squeeze
        self._frames: asyncio.Queue[Json] = asyncio.Queue()

    def send(self, frame: Json) -> None:
        """Queue a frame."""
        self._frames.put_nowait(frame)

    async def pump(self) -> None:
        """Send what is queued, for ever."""
        while True:
            text = json.dumps(await self._frames.get())
            if self.socket.closed:
                return
            try:
                if self._squeeze is None:
                    await self.socket.send_str(text)
                else:
                    await self.socket.send_bytes(self._squeeze(text.encode()))
            except ConnectionError:
                return

    async def close(self, code: int) -> None:
        """Close with one of Discord's codes."""
        await self.socket.close(code=code)


class Gateway:
    """One client's conversation."""

    def __init__(self, sandbox: Sandbox, wire: Wire) -> None:
        self._sandbox, self._wire = sandbox, wire
        self.session: Session | None = None

    async def converse(self) -> None:
        """Listen until the connection ends; then keep the session for a resume."""
        self._wire.send({"op": 10, "s": None, "t": None, "d": {"heartbeat_interval": HEARTBEAT_MS}})
        pump = asyncio.create_task(self._wire.pump())
        try:
            async for message in self._wire.socket:
                if message.type is WSMsgType.TEXT and not await self._hear(message.data):
                    break
        finally:
            pump.cancel()
            if self.session is not None and self.session.wire is self._wire:
                self.session.wire = None
                self.session.left = self._sandbox.clock.now()

    async def _hear(self, text: str) -> bool:
        """Act on one frame; False once the connection was closed."""
        try:
            frame = json.loads(text)
            op, data = int(frame["op"]), frame.get("d")
        except (ValueError, TypeError, KeyError):
            await self._wire.close(NOT_JSON)
            return False
        if op == 1:
            if not self._wire.is_zombie:
                self._wire.send({"op": 11, "s": None, "t": None, "d": None})
            return True
        if op in {2, 6}:
            return await (self._identify(data) if op == 2 else self._resume(data))
        if op not in {3, 4, 8}:
            await self._wire.close(UNKNOWN_OP)
            return False
        if self.session is None:
            await self._wire.close(NOT_IDENTIFIED)
            return False
        return True

    async def _identify(self, data: Any) -> bool:
        refusal = self._refusal(data)
        if refusal is not None:
            await self._wire.close(refusal)
            return False
        session = self.session = self._sandbox.sessions.open(int(data["intents"]), self._wire)
        servers = [guild for guild in self._sandbox.guilds.values() if guild.has_bot]
        session.push(
            "READY",
            {
                "v": 10,
                "user": payloads.user(self._sandbox.bot),
                "guilds": [{"id": str(guild.id), "unavailable": True} for guild in servers],
                "session_id": session.id,
                "session_type": "normal",
                "resume_gateway_url": gateway_url(self._sandbox),
                "shard": data.get("shard") or [0, 1],
                "application": {"id": str(self._sandbox.bot.id), "flags": 0},
            },
        )
        if session.intents & 1:
            for guild in servers:
                session.push("GUILD_CREATE", payloads.guild(self._sandbox, guild))
        return True

    def _refusal(self, data: Any) -> int | None:
        """The close code for an identify that Discord would not take."""
        if self.session is not None:
            return TWICE
        if not isinstance(data, dict) or data.get("token") != self._sandbox.discord_token:
            return BAD_TOKEN
        intents = data.get("intents")
        if not isinstance(intents, int) or intents < 0 or intents >= 1 << 26:
            return BAD_INTENTS
        return FORBIDDEN_INTENTS if intents & PRIVILEGED else None

    async def _resume(self, data: Any) -> bool:
        if not isinstance(data, dict) or data.get("token") != self._sandbox.discord_token:
            await self._wire.close(BAD_TOKEN)
            return False
        seq = int(data.get("seq") or 0)
        session = self._sandbox.sessions.resume(str(data.get("session_id")), seq)
        if session is None:
            self._wire.send({"op": 9, "s": None, "t": None, "d": False})
            return True
        session.wire, self.session = self._wire, session
        for frame in session.kept:
            if frame["s"] > seq:
                self._wire.send(frame)
        session.push("RESUMED", {})
        return True


def gateway_url(sandbox: Sandbox) -> str:
    """Where the gateway is."""
    return sandbox.root.replace("http", "ws", 1) + "/gateway"


async def serve_gateway(sandbox: Sandbox, request: web.Request) -> web.StreamResponse:
    """The WebSocket endpoint."""
    make = STREAMS.get(request.query.get("compress", ""))
    socket = web.WebSocketResponse(max_msg_size=1 << 20)
    await socket.prepare(request)
    wire = Wire(socket, make() if make else None)
    if request.query.get("v") != "10":
        await wire.close(BAD_VERSION)
        return socket
    await Gateway(sandbox, wire).converse()
    return socket
