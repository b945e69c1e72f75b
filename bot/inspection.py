"""Hands uploads to inspector processes and takes back what is safe; opens nothing itself, writes nothing to disk."""

from __future__ import annotations

import asyncio
import logging
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from signal import SIGKILL
from tempfile import TemporaryDirectory
from typing import Any
from weakref import WeakKeyDictionary

from storage import wire
from storage.errors import PhotoRejected, TintypeError
from storage.inspection_client import (
    ENVIRONMENT,
    REPLY_BYTES,
    TIMEOUT_S,
    InspectedImport,
    InspectedPhoto,
    command,
    import_of,
    import_request,
    lost,
    photo_of,
    photo_request,
    refusal_of,
)

__all__ = [
    "InspectedImport",
    "InspectedPhoto",
    "InspectedZip",
    "PhotoRejected",
    "inspect_import",
    "inspect_photo",
    "inspect_weights",
    "inspect_zip",
]

log = logging.getLogger(__name__)

AT_ONCE = 2  # inspectors of a kind in this process: each may take a core and 1.5 GB
BUFFER_BYTES = 2**20
_lanes: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[str, asyncio.Semaphore]] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectedZip:
    """What was in a zip."""

    photos: tuple[InspectedPhoto, ...]
    rejected: tuple[PhotoRejected, ...]
    skipped: int  #: files that never claimed to be photos


async def inspect_photo(data: bytes, name: str, *, size_px: int) -> InspectedPhoto:
    """Have one photo rebuilt from its pixels; `size_px` is what the base trains at.

    Raises: PhotoRejected with the reason; its facts name the `photo`.
    """
    async with _lane("photo"), _asked(photo_request(data, name, size_px), "photo", name) as inspector:
        frame = await inspector.answer()
        try:
            return photo_of(frame)
        except (KeyError, TypeError, ValueError) as error:
            raise await inspector.lost() from error


async def inspect_zip(data: bytes, name: str, *, size_px: int, most: int) -> InspectedZip:
    """Have each photo of a zip rebuilt, in their order; each in a process of its own.

    Of more than `most` photos the rest stays packed, and one refusal says so.

    Raises: PhotoRejected when the zip itself cannot be used.
    """
    photos: list[InspectedPhoto] = []
    rejected: list[PhotoRejected] = []
    skipped = 0
    request = wire.encode({"do": "zip", "name": name}, data)
    async with (
        _lane("zip"),
        _asked(request, "zip", name) as inspector,
        aclosing(inspector.answers()) as answers,
        aclosing(_batches(answers)) as batches,
    ):
        async for batch in batches:
            found = await asyncio.gather(*(_member(frame, name, size_px) for frame in batch))
            photos += [one for one in found if isinstance(one, InspectedPhoto)]
            rejected += [one for one in found if isinstance(one, PhotoRejected)]
            skipped += sum(int(frame.head.get("skipped", 0)) for frame in batch)
            if len(photos) > most:
                rejected.append(PhotoRejected("E_TOO_MANY_PHOTOS", have=most, most=most))
                break
    return InspectedZip(photos=tuple(photos[:most]), rejected=tuple(rejected), skipped=skipped)


async def inspect_weights(data: bytes, name: str, *, width: int | None = None, base: str = "") -> dict[str, Any]:
    """Have a weights file checked: {"kind", "family", "width", "tensors", "rank", "bytes"}.

    `width` is the cross-attention width that the base named `base` needs; None asks nothing.
    Raises: WeightsRefused with the reason; its facts name the `file`.
    """
    request = wire.encode({"do": "weights", "name": name, "width": width, "base": base}, data)
    async with _lane("weights"), _asked(request, "weights", name) as inspector:
        head = (await inspector.answer()).head
        return {fact: head.get(fact) for fact in ("kind", "family", "width", "tensors", "rank", "bytes")}


async def inspect_import(data: bytes, name: str, *, width: int | None = None, base: str = "") -> InspectedImport:
    """Have weights made elsewhere checked, by themselves, in a pack or in peft's folder.

    Raises: WeightsRefused with the reason; its facts name the `file`.
    """
    async with _lane("weights"), _asked(import_request(data, name, width, base), "import", name) as inspector:
        async with aclosing(inspector.answers()) as answers:
            frames = [frame async for frame in answers]
        try:
            return import_of(frames, data, name)
        except (KeyError, TypeError, ValueError) as error:
            raise await inspector.lost() from error


async def _member(frame: wire.Frame, zip_name: str, size_px: int) -> InspectedPhoto | PhotoRejected | None:
    head = frame.head
    if "skipped" in head:
        return None
    name = str(head.get("name", zip_name))
    if "code" in head:
        refusal = refusal_of(head, "photo", name)
        return refusal if isinstance(refusal, PhotoRejected) else None
    try:
        return await inspect_photo(frame.payload, name, size_px=size_px)
    except PhotoRejected as refusal:
        return refusal


async def _batches(frames: AsyncIterator[wire.Frame]) -> AsyncGenerator[list[wire.Frame], None]:
    """As many as are inspected at once; the zip's process waits meanwhile, so that the rest stays packed."""
    batch: list[wire.Frame] = []
    async for frame in frames:
        batch.append(frame)
        if len(batch) == AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch


def _lane(what: str) -> asyncio.Semaphore:
    lanes = _lanes.setdefault(asyncio.get_running_loop(), {})
    return lanes.setdefault(what, asyncio.Semaphore(AT_ONCE))


class _Inspector:
    """One running inspector and the request it was given."""

    def __init__(self, process: Process, what: str, name: str) -> None:
        self._process, self._what, self._name = process, what, name

    async def answers(self) -> AsyncGenerator[wire.Frame, None]:
        """Every frame but the last, which only says that it is over.

        Raises: TintypeError as the inspector says, or as its death tells.
        """
        while not (frame := await self._frame()).head.get("last"):
            yield frame

    async def answer(self) -> wire.Frame:
        """The one frame of an answer.

        Raises: TintypeError as the inspector says, or as its death tells.
        """
        return await self._frame()

    async def _frame(self) -> wire.Frame:
        assert self._process.stdout is not None  # it was asked for
        try:
            async with asyncio.timeout(TIMEOUT_S):
                frame = await wire.aread(self._process.stdout, REPLY_BYTES)
        except (EOFError, wire.BadFrame) as error:
            raise await self.lost() from error
        except TimeoutError as error:
            raise lost(self._what, self._name, -SIGKILL) from error
        if frame.head.get("ok") is not True:
            log.info("inspector refused a %s: %s, %s", self._what, frame.head.get("code"), frame.head.get("why"))
            raise refusal_of(frame.head, self._what, self._name)
        return frame

    async def lost(self) -> TintypeError:
        """What its end tells; it is waited for, and killed should it have said nonsense and live on."""
        try:
            async with asyncio.timeout(1.0):
                code = await self._process.wait()
        except TimeoutError:
            code = None
        log.warning("inspector of a %s ended with %s before it had answered", self._what, code)
        return lost(self._what, self._name, code)


@asynccontextmanager
async def _asked(request: bytes, what: str, name: str) -> AsyncIterator[_Inspector]:
    """A process that has begun to read the request; gone when the block is left, however that happens."""
    with TemporaryDirectory(prefix="tintype-inspector-") as empty:
        try:
            process = await asyncio.create_subprocess_exec(
                *command(), stdin=PIPE, stdout=PIPE, stderr=DEVNULL, env=ENVIRONMENT, cwd=empty, limit=BUFFER_BYTES
            )
        except OSError as error:
            raise PhotoRejected("E_INSPECTOR", photo=name) from error
        writing = asyncio.create_task(_write(process, request))
        try:
            yield _Inspector(process, what, name)
        finally:
            writing.cancel()
            if process.returncode is None:
                process.kill()
            await asyncio.shield(process.wait())


async def _write(process: Process, request: bytes) -> None:
    assert process.stdin is not None  # it was asked for
    try:
        process.stdin.write(request)
        await process.stdin.drain()
    except (BrokenPipeError, ConnectionResetError):
        log.debug("the inspector ended before it had read everything")
    process.stdin.close()
