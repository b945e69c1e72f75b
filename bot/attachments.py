"""Fetches the files a member gave to a command: at once, streamed under caps, from Discord's hosts only."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import DefaultResolver
from yarl import URL

from storage.errors import PhotoRejected, TintypeError

DISCORD_API = "https://discord.com/api/v10"
CDN_HOSTS = frozenset({"cdn.discordapp.com", "media.discordapp.net"})
FILE_BYTES = 30 * 2**20  # above any phone's photo, and room for a zip of twenty
ALL_BYTES = 200 * 2**20  # of one command or modal
CHUNK_BYTES = 64 * 2**10  # what may arrive above a cap before we hang up
TIMEOUT_S = 60.0  # for one file; Discord's token lives 15 minutes
AT_ONCE = 4  # parallel downloads of one member


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """One file as the interaction announces it; every field is the sender's claim."""

    name: str
    url: str
    size_bytes: int

    @classmethod
    def of(cls, raw: dict[str, Any]) -> Upload:
        """From an attachment object of Discord's API."""
        return cls(name=str(raw.get("filename", "file")), url=str(raw["url"]), size_bytes=int(raw.get("size", 0)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """The bytes of one upload."""

    name: str
    data: bytes


class PublicResolver(AbstractResolver):
    """Resolves names to public addresses only, so that no DNS answer leads into the operator's own network."""

    def __init__(self, inner: AbstractResolver | None = None) -> None:
        self._inner = inner

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Raises: OSError when no address is public."""
        if self._inner is None:
            self._inner = DefaultResolver()
        found = await self._inner.resolve(host, port, family)
        public = [result for result in found if ipaddress.ip_address(result["host"]).is_global]
        if not public:
            raise OSError(f"{host} resolves to no public address")
        return public

    async def close(self) -> None:
        """Close the resolver below."""
        if self._inner is not None:
            await self._inner.close()


class Attachments:
    """Downloads uploads for one bot; `api_url` decides which hosts are Discord's.

    Attachments come from Discord's CDN over https; only when the API is not Discord's own, from that URL's host,
    on any port and scheme.
    """

    def __init__(self, api_url: str = DISCORD_API, *, file_bytes: int = FILE_BYTES, all_bytes: int = ALL_BYTES) -> None:
        self._other_host = _other_host(api_url)
        self._file_bytes = file_bytes
        self._all_bytes = all_bytes
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()

    def is_allowed(self, address: str) -> bool:
        """Whether a file may be fetched from this URL."""
        try:
            url = URL(address)
        except ValueError:
            return False
        if url.user is not None or url.password is not None or url.scheme not in {"http", "https"}:
            return False
        if self._other_host is not None and url.host == self._other_host:
            return True
        return url.host in CDN_HOSTS and url.scheme == "https" and url.port == 443

    async def fetch(self, uploads: Sequence[Upload], file_bytes: int | None = None) -> list[Fetched | TintypeError]:
        """Fetch all, in their order; one that fails stands as its error, so that the others are not lost.

        `file_bytes` is the cap for each where it is not that of photos.
        Raises: TintypeError(E_UPLOADS_BIG) when they claim to be, or are, too large together.
        """
        if sum(upload.size_bytes for upload in uploads) > self._all_bytes:
            raise TintypeError("E_UPLOADS_BIG", most_mb=self._all_bytes // 2**20)
        room, most = Room(self._all_bytes), file_bytes or self._file_bytes
        lanes = asyncio.Semaphore(AT_ONCE)
        return list(await asyncio.gather(*(self._one(upload, room, lanes, most) for upload in uploads)))

    async def _one(self, upload: Upload, room: Room, lanes: asyncio.Semaphore, most: int) -> Fetched | TintypeError:
        try:
            async with lanes:
                return Fetched(name=upload.name, data=await self._bytes_of(upload, room, most))
        except PhotoRejected as error:
            return error

    async def _bytes_of(self, upload: Upload, room: Room, most: int) -> bytes:
        if not self.is_allowed(upload.url):
            raise PhotoRejected("E_UPLOAD_HOST", name=upload.name)
        if upload.size_bytes > most:
            raise _too_big(upload, most)
        try:
            async with self._http().get(URL(upload.url, encoded=True), allow_redirects=False) as answer:
                if answer.status in {403, 404, 410}:
                    raise PhotoRejected("E_UPLOAD_EXPIRED", name=upload.name)
                if answer.status != 200:
                    raise PhotoRejected("E_UPLOAD_FAILED", name=upload.name)
                return await self._read(answer, upload, room, most)
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise PhotoRejected("E_UPLOAD_FAILED", name=upload.name) from error

    async def _read(self, answer: aiohttp.ClientResponse, upload: Upload, room: Room, most: int) -> bytes:
        data = bytearray()
        async for chunk in answer.content.iter_chunked(CHUNK_BYTES):
            data += chunk
            if len(data) > most:
                raise _too_big(upload, most)
            if not room.take(len(chunk)):
                raise PhotoRejected("E_UPLOADS_BIG", name=upload.name, most_mb=self._all_bytes // 2**20)
        return bytes(data)

    def _http(self) -> aiohttp.ClientSession:
        if self._session is None:
            resolver = None if self._other_host is not None else PublicResolver()
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(resolver=resolver),
                timeout=aiohttp.ClientTimeout(total=TIMEOUT_S),
                auto_decompress=False,  # a photo is never sent compressed; a bomb could be
                headers={"Accept-Encoding": "identity"},
                trust_env=False,
            )
        return self._session


class Room:
    """How many bytes all files of one command may still take."""

    def __init__(self, count_bytes: int) -> None:
        self._left = count_bytes

    def take(self, count_bytes: int) -> bool:
        """Use some of it; False when there is not that much left."""
        self._left -= count_bytes
        return self._left >= 0


def _too_big(upload: Upload, most: int) -> PhotoRejected:
    return PhotoRejected("E_UPLOAD_BIG", name=upload.name, most_mb=most // 2**20)


def _other_host(api_url: str) -> str | None:
    """The host of an API that is not Discord's own; None for Discord's."""
    host = URL(api_url).host
    return None if host is None or host == "discord.com" or host.endswith(".discord.com") else host
