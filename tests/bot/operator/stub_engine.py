"""An engine without torch that answers `ping` as it is told to: the state is the first argument; a program."""

from __future__ import annotations

import sys
from typing import Any

from storage import wire

CARD: dict[str, Any] = {
    "error": None,
    "device": {"name": "two cores"},
    "base_model": {"id": "miniature", "revision": "1", "title": "Miniature"},
    "methods": [{"name": "lora"}, {"name": "textual_inversion"}],
    "output_check": "safety_checker",
    "upscaler": "ana/upscaler@main",
    "image_prompt": "ip-adapter.safetensors",
}
BROKEN = {"code": "E_MODEL_CHANGED", "facts": {"name": "a/b@c", "file": "unet/x.safetensors", "folder": "/m"}}


def main(state: str) -> None:
    if state == "dies":
        sys.exit(3)
    while True:
        try:
            request = wire.read(sys.stdin.buffer).head
        except EOFError:
            return
        told = CARD | {"state": state} | ({"error": BROKEN} if state == "failed" else {})
        sys.stdout.buffer.write(wire.encode({"id": request["id"], "ok": True, "engine": told}))
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main(sys.argv[1])
