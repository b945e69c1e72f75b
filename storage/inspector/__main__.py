"""`python -I -m storage.inspector`: one request on stdin, its answer on stdout, and it is over."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from typing import Any

from storage import wire
from storage.errors import TintypeError
from storage.inspector import confinement, formats

UPLOAD_BYTES = 512 * 2**20
NICE = 5  # as the engine: the bot answers Discord within three seconds, whatever is looked at beside it


def main() -> int:
    """Confine this process, then answer."""
    frames = confinement.take_over_output()
    confinement.confine()
    os.nice(NICE)
    request = wire.read(sys.stdin.buffer, UPLOAD_BYTES)
    with os.fdopen(frames, "wb") as out:
        for head, payload in answers(request):
            out.write(wire.encode(head, payload))
            out.flush()
    return 0


def answers(request: wire.Frame) -> Iterator[tuple[dict[str, Any], bytes]]:
    """The frames that answer one request; the last one has `"last": true`.

    Requests: {"do": "photo", "name", "size_px"}, {"do": "zip", "name"}, {"do": "weights", "name", …}, {"do": "import",
    "name", …}. Here, and only
    here, any error of a decoder becomes a code: this process is the border.
    """
    name = formats.plain_name(str(request.head.get("name", "")))
    try:
        yield from _answers(request, name)
    except TintypeError as refusal:
        yield {"ok": False, "last": True, "code": refusal.code, "facts": refusal.facts, "why": _why(refusal)}, b""
    except MemoryError as error:
        yield _refused("E_TOO_HEAVY", request, name, error)
    except Exception as error:  # noqa: BLE001  a decoder may raise anything at all over hostile bytes
        yield _refused("E_CORRUPT", request, name, error)


def _answers(request: wire.Frame, name: str) -> Iterator[tuple[dict[str, Any], bytes]]:
    match request.head.get("do"):
        case "photo":
            from storage.inspector.photo import inspect

            told, payload = inspect(request.payload, name, int(request.head["size_px"]))
            yield {"ok": True, "last": True, "name": name, **told}, payload
        case "zip":
            from storage.inspector.zips import members

            for told, payload in members(request.payload, name):
                yield {"ok": True, "last": False, **told}, payload
            yield {"ok": True, "last": True}, b""
        case "weights":
            from storage.inspector.weights import check

            told = check(request.payload, name, request.head.get("width"), str(request.head.get("base", "")))
            yield {"ok": True, "last": True, "name": name, **told}, b""
        case "import":
            from storage.inspector.imports import taken

            for told, payload in taken(
                request.payload, name, request.head.get("width"), str(request.head.get("base", ""))
            ):
                yield {"ok": True, "last": False, **told}, payload
            yield {"ok": True, "last": True}, b""
        case other:
            raise ValueError(f"no request of ours: {other!r}")


def _refused(code: str, request: wire.Frame, name: str, error: BaseException) -> tuple[dict[str, Any], bytes]:
    told = {"zip": ("E_ZIP_BAD", {"photo": name}), "weights": ("E_WEIGHTS_HEADER", {"file": name})}
    told["import"] = told["weights"]
    code, facts = told.get(str(request.head.get("do")), (code, {"photo": name}))
    return {"ok": False, "last": True, "code": code, "facts": facts, "why": _why(error)}, b""


def _why(error: BaseException) -> str:
    """The library's own words, for the log."""
    cause = error.__cause__ or error
    return f"{type(cause).__name__}: {cause}"[:200]


if __name__ == "__main__":
    sys.exit(main())
