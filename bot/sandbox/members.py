"""The members' side over HTTP and WebSocket: `/sandbox/members/<name>/…`."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

from aiohttp import web
from aiohttp.multipart import BodyPartReader

from bot.sandbox import deeds, payloads
from bot.sandbox.options import NotPossible
from bot.sandbox.sandbox import GUILDS, Sandbox
from bot.sandbox.state import Guild, Interaction, Json, Person

WATCH_STEP_S = 30.0  # how often a silent watcher is looked after


class Members:
    """Routes by which someone plays a member."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._watchers: set[web.WebSocketResponse] = set()

    def add_to(self, app: web.Application) -> None:
        """Register the routes."""
        app.on_shutdown.append(self._end_watching)
        root = "/sandbox/members/{name}"
        app.router.add_get("/sandbox/members", self._all)
        app.router.add_put(root, self._be)
        app.router.add_delete(root, self._leave)
        app.router.add_post(f"{root}/uploads", self._upload)
        app.router.add_get(f"{root}/commands", self._commands)
        app.router.add_get(f"{root}/channels", self._channels)
        app.router.add_get(f"{root}/channels/{{channel}}/messages", self._read)
        app.router.add_delete(f"{root}/messages/{{message}}", self._dismiss)
        app.router.add_get(f"{root}/watch", self._watch)
        deed = self._deed
        app.router.add_post(f"{root}/command", deed(deeds.use_command))
        app.router.add_post(
            f"{root}/complete", deed(lambda sandbox, who, body: deeds.use_command(sandbox, who, body, completing=True))
        )
        app.router.add_post(f"{root}/press", deed(deeds.press))
        app.router.add_post(f"{root}/submit", deed(deeds.submit))
        app.router.add_post(f"{root}/offers", self._offers)

    def _who(self, request: web.Request) -> Person:
        person = self._sandbox.person(request.match_info["name"])
        if person is None:
            raise web.HTTPNotFound(text="no such member")
        return person

    def _deed(self, do: Callable[[Sandbox, Person, Json], Interaction]) -> Callable[[web.Request], Any]:
        """A route that does something and answers with what came of it, after 3 s at the latest."""

        async def answer(request: web.Request) -> web.Response:
            try:
                one = do(self._sandbox, self._who(request), await request.json())
            except (NotPossible, KeyError) as error:
                return web.json_response({"error": str(error)}, status=400)
            await one.settled.wait()
            return web.json_response(one.outcome)

        return answer

    async def _all(self, request: web.Request) -> web.Response:
        people = [person for person in self._sandbox.people.values() if not person.is_bot]
        return web.json_response([self._told(person) for person in people])

    def _told(self, person: Person) -> Json:
        names = {number: name for guild in self._sandbox.guilds.values() for number, name in guild.roles.items()}
        about = {"is_manager": person.is_manager, "roles": [names[role] for role in person.roles]}
        return payloads.user(person) | about | {"name": person.name, "n": self._sandbox.feeds.last(person.id)}

    async def _be(self, request: web.Request) -> web.Response:
        """Make this member, or change them; they join the servers named, or the first one."""
        body: Json = await request.json() if request.can_read_body else {}
        person = self._sandbox.person(request.match_info["name"])
        if person is None:
            person = self._sandbox.add_person(request.match_info["name"])
            body.setdefault("guilds", [next(iter(self._sandbox.guilds.values())).name])
        for key in ("locale", "is_manager", "is_adult", "dms_open"):
            if key in body:
                setattr(person, key, body[key])
        for guild in self._sandbox.guilds.values():
            if "guilds" in body:
                (guild.members.add if guild.name in body["guilds"] else guild.members.discard)(person.id)
            for role in body.get("roles", []) if person.id in guild.members else []:
                person.roles = sorted({*person.roles, self._role(guild, role)})
            lost = {number for number, role in guild.roles.items() if role in body.get("without_roles", [])}
            person.roles = [number for number in person.roles if number not in lost]
        return web.json_response(self._told(person))

    def _role(self, guild: Guild, role: str) -> int:
        """The id of a role by its name; it is made when there is none."""
        for number, name in guild.roles.items():
            if name == role:
                return number
        number = self._sandbox.new_id()
        guild.roles[number] = role
        made = {"guild_id": str(guild.id), "role": payloads.role(guild, number, role)}
        self._sandbox.sessions.dispatch("GUILD_ROLE_CREATE", made, GUILDS)
        return number

    async def _leave(self, request: web.Request) -> web.Response:
        person = self._who(request)
        for guild in self._sandbox.guilds.values():
            guild.members.discard(person.id)
        return web.json_response({})

    async def _upload(self, request: web.Request) -> web.Response:
        self._who(request)
        if request.content_type == "multipart/form-data":
            part = await (await request.multipart()).next()
            if not isinstance(part, BodyPartReader):
                raise web.HTTPBadRequest(text="one file, please")
            name, data = part.filename or "file", bytes(await part.read())
        else:
            name, data = request.query.get("name", "file"), await request.read()
        file = deeds.upload(self._sandbox, name, data)
        return web.json_response({"id": str(file.id), "filename": file.name, "size": len(data)})

    async def _offers(self, request: web.Request) -> web.Response:
        try:
            return web.json_response(deeds.offered(self._sandbox, self._who(request), await request.json()))
        except (NotPossible, KeyError) as error:
            return web.json_response({"error": str(error)}, status=400)

    async def _commands(self, request: web.Request) -> web.Response:
        person = self._who(request)
        try:
            channel = deeds.channel_of(self._sandbox, person, request.query.get("channel"))
        except NotPossible as error:
            raise web.HTTPBadRequest(text=str(error)) from error
        return web.json_response(deeds.commands_for(self._sandbox, person, channel))

    async def _channels(self, request: web.Request) -> web.Response:
        person = self._who(request)
        mine = [
            one
            for one in self._sandbox.channels.values()
            if one.recipient == person.id or (one.guild_id and person.id in self._sandbox.guilds[one.guild_id].members)
        ]
        return web.json_response([payloads.channel(self._sandbox, one) | {"name": one.name} for one in mine])

    async def _read(self, request: web.Request) -> web.Response:
        person = self._who(request)
        try:
            channel = deeds.channel_of(self._sandbox, person, request.match_info["channel"])
        except NotPossible as error:
            raise web.HTTPBadRequest(text=str(error)) from error
        there = [
            payloads.message(self._sandbox, one)
            for one in self._sandbox.messages.values()
            if one.channel_id == channel.id and self._sandbox.sees(person.id, one)
        ]
        return web.json_response(there[-int(request.query.get("limit", 100)) :])

    async def _dismiss(self, request: web.Request) -> web.Response:
        try:
            deeds.dismiss(self._sandbox, self._who(request), request.match_info["message"])
        except NotPossible as error:
            raise web.HTTPBadRequest(text=str(error)) from error
        return web.json_response({})

    async def _watch(self, request: web.Request) -> web.StreamResponse:
        """Every event of this member after number `since`, as they happen."""
        person, seen = self._who(request), int(request.query.get("since", 0))
        socket = web.WebSocketResponse(heartbeat=WATCH_STEP_S, max_msg_size=1 << 20)
        await socket.prepare(request)
        self._watchers.add(socket)
        telling = asyncio.create_task(self._tell(socket, person, seen))
        try:
            async for _ in socket:
                pass  # a watcher has nothing to say; this hears it leave
        finally:
            self._watchers.discard(socket)
            telling.cancel()
        return socket

    async def _tell(self, socket: web.WebSocketResponse, person: Person, seen: int) -> None:
        feeds = self._sandbox.feeds
        while not socket.closed:
            for event in feeds.since(person.id, seen):
                try:
                    await socket.send_str(json.dumps(event))
                except ConnectionError:
                    return
                seen = event["n"]
            if feeds.last(person.id) == seen:
                await feeds.moved(person.id, WATCH_STEP_S)

    async def _end_watching(self, app: web.Application) -> None:
        for socket in list(self._watchers):
            await socket.close(code=1001)
