"""REST, version 10: every request is authorised, limited, perhaps struck by a fault, carried out and put on record."""

from __future__ import annotations

import asyncio
import json
import logging
import re
import socket
import struct
from collections.abc import Callable
from typing import Any

from aiohttp import web

from bot.sandbox.faults import Fault
from bot.sandbox.refusals import INVALID_FORM, UNAUTHORIZED, Json, Refused
from bot.sandbox.requests import Call, read_call
from bot.sandbox.sandbox import Sandbox

log = logging.getLogger(__name__)

PREFIX = "/api/v10"
NO_ROUTE = (404, 0, "404: Not Found")
Route = Callable[[Sandbox, Call, dict[str, str]], Any]
_routes: list[tuple[str, re.Pattern[str], Route]] = []


def route(method: str, pattern: str) -> Callable[[Route], Route]:
    """Make a function the answer to a route; it returns JSON, or None for 204."""
    compiled = re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", pattern))

    def keep(deed: Route) -> Route:
        _routes.append((method, compiled, deed))
        return deed

    return keep


def find(method: str, path: str) -> tuple[Route, dict[str, str]] | None:
    """The function for a request, and what its path says."""
    for verb, pattern, deed in _routes:
        found = pattern.fullmatch(path) if verb == method else None
        if found:
            return deed, found.groupdict()
    return None


async def serve_rest(sandbox: Sandbox, request: web.Request) -> web.StreamResponse:
    """Answer one request of the bot."""
    fault = sandbox.faults.strike(request.method, request.path.removeprefix(PREFIX))
    if fault is not None and fault.action == "delay":
        return await _late(sandbox, request, fault)
    if fault is not None and not fault.has_effect:
        _note(sandbox, Call(method=request.method, path=request.path.removeprefix(PREFIX), query={}), 0, None, fault)
        return await _fail(request, fault)
    answer = await _answer(sandbox, request, fault)
    return answer if fault is None else await _fail(request, fault)


async def _late(sandbox: Sandbox, request: web.Request, fault: Fault) -> web.StreamResponse:
    """A request carried out late, or carried out at once and answered late."""
    if fault.has_effect:
        answer = await _answer(sandbox, request, None)
        await asyncio.sleep(fault.seconds)
        return answer
    await asyncio.sleep(fault.seconds)
    return await _answer(sandbox, request, None)


async def _answer(sandbox: Sandbox, request: web.Request, fault: Fault | None) -> web.Response:
    path = request.path.removeprefix(PREFIX)
    call = Call(method=request.method, path=path, query=dict(request.query))
    headers, wait_s = sandbox.limits.take(request.method, path)
    if wait_s is not None:
        return _too_many(sandbox, call, headers, wait_s)
    told: Any = None
    try:
        _authorise(sandbox, request, path)
        call = await read_call(request, PREFIX)
        told, status = _carry_out(sandbox, call), 200
    except Refused as refusal:
        told, status = refusal.body(), refusal.status
    if told is None:
        status = 204
    _note(sandbox, call, status, told if status >= 400 else None, fault)
    return _json(told, status, headers)


def _carry_out(sandbox: Sandbox, call: Call) -> Any:
    found = find(call.method, call.path)
    if found is None:
        raise Refused(NO_ROUTE)
    deed, place = found
    try:
        return deed(sandbox, call, place)
    except (ValueError, TypeError, AttributeError, KeyError) as error:
        log.warning("%s %s has a body of the wrong shape", call.method, call.path, exc_info=error)
        shape = {"code": "BASE_TYPE_BAD", "message": f"A value has the wrong type: {error}"}
        raise Refused(INVALID_FORM, {"_errors": [shape]}) from error


def _authorise(sandbox: Sandbox, request: web.Request, path: str) -> None:
    if path.startswith(("/interactions/", "/webhooks/")) or path == "/gateway":
        return
    if request.headers.get("Authorization") != f"Bot {sandbox.discord_token}":
        raise Refused(UNAUTHORIZED)


def _too_many(sandbox: Sandbox, call: Call, headers: dict[str, str], wait_s: float) -> web.Response:
    everywhere = "X-RateLimit-Global" in headers
    told = {"message": "You are being rate limited.", "retry_after": round(wait_s, 3), "global": everywhere}
    _note(sandbox, call, 429, told, None)
    scope = "global" if everywhere else "user"
    return _json(told, 429, headers | {"Retry-After": str(round(wait_s, 3)), "X-RateLimit-Scope": scope})


def _json(told: Any, status: int, headers: dict[str, str]) -> web.Response:
    headers = {"Via": "1.1 sandbox"} | headers
    if status == 204:
        return web.Response(status=204, headers=headers)
    return web.Response(
        status=status, body=json.dumps(told).encode(), headers={**headers, "Content-Type": "application/json"}
    )


def _note(sandbox: Sandbox, call: Call, status: int, refusal: Json | None, fault: Fault | None) -> None:
    entry: Json = {
        "at": sandbox.clock.now(),
        "method": call.method,
        "path": call.path,
        "query": call.query,
        "json": call.body,
        "files": [{"name": name, "bytes": len(data)} for name, data in call.files.values()],
        "status": status,
    }
    if fault is not None:
        entry["fault"] = {"action": fault.action, "status": fault.status, "has_effect": fault.has_effect}
    sandbox.ledger.note(entry, refusal)
    if sandbox.describe is not None and status not in {0, 429}:
        for problem in sandbox.describe(call.method, call.path, call.body):
            sandbox.ledger.violations.append(entry | {"refusal": {"message": problem}})


async def _fail(request: web.Request, fault: Fault) -> web.StreamResponse:
    """What the bot sees of a struck request."""
    if fault.action == "drop":
        reset(request)
        raise web.HTTPServiceUnavailable  # nobody hears it any more
    if fault.action == "limit":
        told = {"message": "You are being rate limited.", "retry_after": fault.seconds, "global": fault.is_global}
        return _json(told, 429, {"Retry-After": str(fault.seconds), "X-RateLimit-Scope": "shared"})
    body = "<html><head><title>error</title></head><body>upstream error</body></html>"
    return web.Response(status=fault.status, text=body, content_type="text/html", headers={"Via": "1.1 sandbox"})


def reset(request: web.Request) -> None:
    """Cut the connection with a TCP reset."""
    transport = request.transport
    if transport is None:
        return
    plug = transport.get_extra_info("socket")
    if plug is not None:
        plug.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
