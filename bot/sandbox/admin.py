"""The admin side: faults, clock, gateway mishaps, servers and channels, ledger."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from bot.sandbox import payloads
from bot.sandbox.gateway import gateway_url
from bot.sandbox.sandbox import GUILDS, Sandbox
from bot.sandbox.sessions import Session
from bot.sandbox.state import Channel, Guild, Json


class Admin:
    """Routes for tests, demo and whoever wants to look."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def add_to(self, app: web.Application) -> None:
        """Register the routes."""
        add = app.router.add_route
        add("GET", "/sandbox", self._about)
        add("GET", "/sandbox/ledger", self._ledger)
        add("GET", "/sandbox/messages", self._messages)
        add("GET", "/sandbox/faults", self._list_faults)
        add("POST", "/sandbox/faults", self._add_fault)
        add("DELETE", "/sandbox/faults", self._clear_faults)
        add("POST", "/sandbox/clock", self._clock)
        add("POST", "/sandbox/gateway", self._gateway)
        add("PATCH", "/sandbox/guilds/{name}", self._guild)
        add("PUT", "/sandbox/guilds/{name}", self._new_guild)
        add("PATCH", "/sandbox/channels/{name}", self._channel)
        add("PATCH", "/sandbox/limits", self._limits)

    async def _about(self, request: web.Request) -> web.Response:
        box = self._sandbox
        return web.json_response(
            {
                "api": f"{box.root}/api/v10",
                "gateway": gateway_url(box),
                "now": box.clock.now(),
                "application_id": str(box.bot.id),
                "syncs": box.syncs,
                "sessions": sum(1 for one in box.sessions.all.values() if one.wire is not None),
                "commands": [one["name"] for some in box.commands.values() for one in some],
                "guilds": [{"id": str(one.id), "name": one.name} for one in box.guilds.values()],
                "channels": [payloads.channel(box, one) | {"name": one.name} for one in box.channels.values()],
            }
        )

    async def _ledger(self, request: web.Request) -> web.Response:
        ledger, since = self._sandbox.ledger, int(request.query.get("since", 0))
        told = {
            "requests": ledger.requests[since:],
            "violations": ledger.violations,
            "mentions": ledger.mentions,
            "latencies": ledger.latencies(),
        }
        return web.json_response(told)

    async def _messages(self, request: web.Request) -> web.Response:
        """Every message there ever was, with its edits."""
        told = [
            payloads.message(self._sandbox, one)
            | {
                "edits": one.edits,
                "deleted": one.is_deleted,
                "visible_to": one.visible_to and str(one.visible_to),
                "nonce": one.nonce,
                "allowed_mentions": one.allowed_mentions,
            }
            for one in self._sandbox.messages.values()
        ]
        return web.json_response(told)

    async def _list_faults(self, request: web.Request) -> web.Response:
        return web.json_response([f"{rule}" for rule in self._sandbox.faults.rules])

    async def _add_fault(self, request: web.Request) -> web.Response:
        try:
            self._sandbox.faults.add(await request.json())
        except ValueError as error:
            return web.json_response({"error": str(error)}, status=400)
        return web.json_response({})

    async def _clear_faults(self, request: web.Request) -> web.Response:
        self._sandbox.faults.clear()
        return web.json_response({})

    async def _clock(self, request: web.Request) -> web.Response:
        self._sandbox.advance(float((await request.json())["advance"]))
        return web.json_response({"now": self._sandbox.clock.now()})

    async def _gateway(self, request: web.Request) -> web.Response:
        """`{"op": 7}`, `{"op": 9, "resumable": bool}`, `{"close": code}`, `{"zombie": true}`, `{"again": true}`."""
        body: Json = await request.json()
        for session in list(self._sandbox.sessions.all.values()):
            await self._mishap(session, body)
        if body.get("again"):
            self._sandbox.sessions.again()
        return web.json_response({})

    async def _mishap(self, session: Session, body: Json) -> None:
        wire = session.wire
        if wire is None:
            return
        wire.is_zombie = bool(body.get("zombie", wire.is_zombie))
        if body.get("op") in {7, 9}:
            wire.send({"op": body["op"], "s": None, "t": None, "d": body.get("resumable") if body["op"] == 9 else None})
        if body.get("op") == 9 and not body.get("resumable"):
            self._sandbox.sessions.all.pop(session.id, None)
        if "close" in body:
            await wire.close(int(body["close"]))

    def _guild_named(self, name: str) -> Guild | None:
        guilds = self._sandbox.guilds.values()
        return next((one for one in guilds if name in {one.name, str(one.id)}), None)

    async def _new_guild(self, request: web.Request) -> web.Response:
        guild = self._guild_named(request.match_info["name"])
        if guild is None:
            guild = self._sandbox.add_guild(request.match_info["name"], ("general", False), ("after-dark", True))
        return web.json_response({"id": str(guild.id)})

    async def _guild(self, request: web.Request) -> web.Response:
        """Change permissions, filesize_limit, locale; `has_bot` false = kicked; `unavailable` = an outage."""
        guild, body = self._guild_named(request.match_info["name"]), await request.json()
        if guild is None:
            raise web.HTTPNotFound(text="no such server")
        for key in ("permissions", "filesize_limit", "locale", "has_bot"):
            if key in body:
                setattr(guild, key, body[key])
        gone: Json = {"id": str(guild.id)}
        if body.get("has_bot") is False:
            self._sandbox.sessions.dispatch("GUILD_DELETE", gone, GUILDS)
        if body.get("unavailable"):
            self._sandbox.sessions.dispatch("GUILD_DELETE", gone | {"unavailable": True}, GUILDS)
        elif body.get("has_bot") or "unavailable" in body:
            self._sandbox.sessions.dispatch("GUILD_CREATE", payloads.guild(self._sandbox, guild), GUILDS)
        return web.json_response(gone)

    async def _channel(self, request: web.Request) -> web.Response:
        """Change a channel: is_nsfw, is_archived, is_locked, permissions; `gone` deletes it."""
        name, body = request.match_info["name"], await request.json()
        found: Channel | None = next(
            (one for one in self._sandbox.channels.values() if name in {one.name, str(one.id)}), None
        )
        if found is None:
            raise web.HTTPNotFound(text="no such channel")
        for key in ("is_nsfw", "is_archived", "is_locked", "permissions"):
            if key in body:
                setattr(found, key, body[key])
        told: Any = payloads.channel(self._sandbox, found)
        if body.get("gone"):
            del self._sandbox.channels[found.id]
        self._sandbox.sessions.dispatch("CHANNEL_DELETE" if body.get("gone") else "CHANNEL_UPDATE", told, GUILDS)
        return web.json_response({"id": str(found.id)})

    async def _limits(self, request: web.Request) -> web.Response:
        """`{"on": false}` lifts all rate limits."""
        self._sandbox.limits.is_on = bool((await request.json())["on"])
        return web.json_response({})
