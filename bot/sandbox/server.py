"""Serves a stand-in on the loopback interface: REST, gateway, CDN, members, admin."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from bot.sandbox import (
    rest,
    routes_application,  # noqa: F401 – registers its routes
    routes_interactions,  # noqa: F401
    routes_messages,  # noqa: F401
)
from bot.sandbox.admin import Admin
from bot.sandbox.gateway import serve_gateway
from bot.sandbox.members import Members
from bot.sandbox.sandbox import Sandbox

HOST = "127.0.0.1"
LARGEST_BODY = 300 * 2**20
SLOW_PIECE = 1024  # bytes that a slow download gives at a time


def application(sandbox: Sandbox) -> web.Application:
    """The whole stand-in as one web application."""
    app = web.Application(client_max_size=LARGEST_BODY)

    async def answer_rest(request: web.Request) -> web.StreamResponse:
        return await rest.serve_rest(sandbox, request)

    async def answer_gateway(request: web.Request) -> web.StreamResponse:
        return await serve_gateway(sandbox, request)

    async def answer_cdn(request: web.Request) -> web.StreamResponse:
        return await serve_file(sandbox, request)

    app.router.add_route("*", rest.PREFIX + "/{rest:.*}", answer_rest)
    for path in ("/gateway", "/gateway/"):
        app.router.add_get(path, answer_gateway)
    app.router.add_get("/cdn/{folder}/{place}/{id}/{name}", answer_cdn)
    Members(sandbox).add_to(app)
    Admin(sandbox).add_to(app)
    return app


async def serve_file(sandbox: Sandbox, request: web.Request) -> web.StreamResponse:
    """One file of the CDN, when its URL is good; with whatever fault is ordered for /cdn."""
    query, path = request.query, request.path.removeprefix("/cdn")
    file = sandbox.files.get(int(request.match_info["id"])) if request.match_info["id"].isdigit() else None
    if file is None:
        raise web.HTTPNotFound(text="This content is no longer available.")
    try:
        is_good = sandbox.signer.is_good(
            path, query.get("ex", ""), query.get("is", ""), query.get("hm", ""), sandbox.clock.now()
        )
    except ValueError:
        is_good = False
    if not is_good:
        raise web.HTTPNotFound(text="This content is no longer available.")
    fault = sandbox.faults.strike(request.method, request.path)
    if fault is None:
        return web.Response(body=file.data, content_type=file.content_type)
    if fault.action == "redirect":
        raise web.HTTPFound("http://169.254.169.254/")
    if fault.action == "status":
        return web.Response(status=fault.status)
    if fault.action == "drop":
        rest.reset(request)
        raise web.HTTPServiceUnavailable
    return await _badly(request, file.data, fault.action, fault.seconds)


async def _badly(request: web.Request, data: bytes, action: str, seconds: float) -> web.StreamResponse:
    """A download that is delayed, slow, cut off in the middle, or endless whatever its announced size."""
    response = web.StreamResponse()
    if action == "cut":
        response.content_length = len(data)
    await response.prepare(request)
    if action == "delay":
        await asyncio.sleep(seconds)
    if action == "lie":
        await _endlessly(response, data)
    elif action == "slow":
        for start in range(0, len(data), SLOW_PIECE):
            await response.write(data[start : start + SLOW_PIECE])
            await asyncio.sleep(seconds)
    else:
        await response.write(data[: len(data) // 2] if action == "cut" else data)
    if action == "cut":
        rest.reset(request)
    return response


async def _endlessly(response: web.StreamResponse, data: bytes) -> None:
    """Write until the other side hangs up."""
    while True:
        try:
            await response.write(data.ljust(1 << 16, b"\0"))
        except ConnectionError:
            return


@asynccontextmanager
async def serve(sandbox: Sandbox, port: int = 0) -> AsyncIterator[str]:
    """Serve until the block ends; gives the root URL, e.g. "http://127.0.0.1:8790".

    Raises: OSError when the port is taken.
    """
    runner = web.AppRunner(application(sandbox), access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    site = web.TCPSite(runner, HOST, port)
    await site.start()
    sandbox.root = f"http://{HOST}:{runner.addresses[0][1]}"
    try:
        yield sandbox.root
    finally:
        await sandbox.close()
        await runner.cleanup()
