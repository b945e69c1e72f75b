"""Files come from Discord's hosts only, under caps, and one bad file does not lose the others."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.attachments import Attachments, Fetched, PublicResolver, Upload
from storage.errors import TintypeError

CAP = 200_000


@asynccontextmanager
async def cdn(answer: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> AsyncIterator[tuple[Attachments, str]]:
    app = web.Application()
    app.router.add_get("/{name}", answer)
    async with TestServer(app) as server:
        attachments = Attachments(f"http://127.0.0.1:{server.port}/api/v10", file_bytes=CAP, all_bytes=3 * CAP)
        yield attachments, str(server.make_url("/"))
        await attachments.close()


def upload(url: str, name: str = "a.png", size: int = 10) -> Upload:
    return Upload.of({"filename": name, "url": url, "size": size})


def fetch(answer: Callable[[web.Request], Awaitable[web.StreamResponse]], *names: str, size: int = 10) -> list[Any]:
    async def scene() -> list[Any]:
        async with cdn(answer) as (attachments, root):
            return await attachments.fetch([upload(root + name, name, size) for name in names])

    return asyncio.run(scene())


async def good(request: web.Request) -> web.Response:
    if request.match_info["name"] == "gone.png":
        raise web.HTTPNotFound
    return web.Response(body=request.match_info["name"].encode())


async def lying(request: web.Request) -> web.StreamResponse:
    stream = web.StreamResponse()
    await stream.prepare(request)
    for _ in range(1000):
        await stream.write(b"x" * 10_000)
    return stream


def test_files_arrive_in_their_order() -> None:
    assert fetch(good, "a.png", "b.png") == [
        Fetched(name="a.png", data=b"a.png"),
        Fetched(name="b.png", data=b"b.png"),
    ]


def test_one_expired_file_does_not_lose_the_others() -> None:
    first, gone, last = fetch(good, "a.png", "gone.png", "b.png")

    assert (first.data, last.data) == (b"a.png", b"b.png")
    assert (gone.code, gone.facts) == ("E_UPLOAD_EXPIRED", {"name": "gone.png"})


def test_a_file_that_lies_about_its_size_is_cut_off_at_the_cap() -> None:
    (error,) = fetch(lying, "a.png")

    assert error.code == "E_UPLOAD_BIG"


def test_a_file_announced_too_big_is_not_even_asked_for() -> None:
    async def never(request: web.Request) -> web.Response:
        raise AssertionError

    (error,) = fetch(never, "a.png", size=CAP + 1)

    assert error.code == "E_UPLOAD_BIG"


def test_files_too_big_together_are_refused_at_once() -> None:
    with pytest.raises(TintypeError, match="E_UPLOADS_BIG"):
        fetch(good, "a.png", "b.png", "c.png", "d.png", size=CAP)


def test_a_redirect_is_not_followed() -> None:
    async def away(request: web.Request) -> web.Response:
        raise web.HTTPFound("http://169.254.169.254/")

    (error,) = fetch(away, "a.png")

    assert error.code == "E_UPLOAD_FAILED"


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest",
        "https://cdn.discordapp.com@evil.example/a.png",
        "https://cdn.discordapp.com.evil.example/a.png",
        "http://cdn.discordapp.com/a.png",
        "https://cdn.discordapp.com:8443/a.png",
        "file:///etc/passwd",
        "https://user:pw@cdn.discordapp.com/a.png",
        "",
        "https://[",
    ],
)
def test_only_discords_hosts_are_asked(url: str) -> None:
    assert Attachments().is_allowed(url) is False


def test_discords_cdn_is_allowed_and_another_apis_host_on_any_port() -> None:
    assert Attachments().is_allowed("https://cdn.discordapp.com/attachments/1/2/a.png?ex=1&hm=2")
    assert Attachments("https://canary.discord.com/api/v10").is_allowed("http://canary.discord.com/a.png") is False
    assert Attachments("http://127.0.0.1:8080/api/v10").is_allowed("http://127.0.0.1:9/a.png")
    assert Attachments("http://127.0.0.1:8080/api/v10").is_allowed("http://127.0.0.2:8080/a.png") is False


def test_a_name_that_leads_into_the_own_network_is_not_resolved() -> None:
    class Inside(PublicResolver):
        async def resolve(self, host: str, port: int = 0, family: Any = 0) -> Any:
            return [{"hostname": host, "host": "10.0.0.1", "port": port, "family": 2, "proto": 0, "flags": 0}]

    with pytest.raises(OSError, match="no public address"):
        asyncio.run(PublicResolver(Inside()).resolve("cdn.discordapp.com"))
