"""One request of the bot: its JSON, its files, whether given as JSON or as a multipart form."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from aiohttp.multipart import BodyPartReader

from bot.sandbox.refusals import INVALID_FORM, Json, Refused

NOT_JSON = (400, 50109, "The request body contains invalid JSON.")


@dataclass(slots=True, kw_only=True)
class Call:
    """What came in."""

    method: str
    path: str  #: below /api/v10
    query: dict[str, str]
    body: Any = None
    files: dict[int, tuple[str, bytes]] = field(default_factory=dict)  #: by their number n of files[n]

    @property
    def form(self) -> Json:
        """The body, when it is an object.

        Raises: Refused(50035).
        """
        if self.body is None:
            return {}
        if not isinstance(self.body, dict):
            raise Refused(INVALID_FORM, {"_errors": [{"code": "DICT_TYPE_CONVERT", "message": "Only dictionaries"}]})
        return self.body


async def read_call(request: web.Request, prefix: str) -> Call:
    """Read a request whole.

    Raises: Refused for bodies that are not JSON.
    """
    call = Call(method=request.method, path=request.path.removeprefix(prefix), query=dict(request.query))
    if request.content_type == "multipart/form-data":
        await _read_parts(request, call)
    elif request.can_read_body:
        raw = await request.read()
        call.body = _parsed(raw) if raw else None
    return call


async def _read_parts(request: web.Request, call: Call) -> None:
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader):
            continue
        data = bytes(await part.read())
        numbered = re.fullmatch(r"files\[(\d+)\]", part.name or "")
        if part.name == "payload_json":
            call.body = _parsed(data)
        elif numbered:
            call.files[int(numbered[1])] = (part.filename or "file", data)


def _parsed(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except ValueError as error:
        raise Refused(NOT_JSON) from error
