"""Gives many uploads, one after the other, to the inspector's own code in one confined process; a program."""

from __future__ import annotations

import json
import os
import resource
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[3]))

from storage import wire
from storage.inspector import confinement
from storage.inspector.__main__ import answers

CPU_S = 600  # of the whole batch; one upload has as much as always


def main() -> int:
    """Read frames until the end of stdin; on stdout the last number begun, then the count of every code."""
    confinement.CPU_S = CPU_S
    out = confinement.take_over_output()
    confinement.confine()
    codes: Counter[str] = Counter()
    slowest = 0.0
    for number, frame in enumerate(requests()):
        began = cpu_s()
        for head, payload in answers(frame):
            codes[judged(head, payload)] += 1
        slowest = max(slowest, cpu_s() - began)
        if number % 50 == 0:
            print(number, file=sys.stderr, flush=True)
    with os.fdopen(out, "w") as told:
        json.dump({"codes": codes, "slowest_s": slowest}, told)
    return 0


def requests() -> Iterator[wire.Frame]:
    """All requests on stdin."""
    while True:
        try:
            yield wire.read(sys.stdin.buffer)
        except EOFError:
            return


def judged(head: dict[str, Any], payload: bytes) -> str:
    """The code, or what was taken; an answer that keeps no rule of ours is `wrong`."""
    if not head.get("ok"):
        return str(head.get("code") or "wrong")
    if not head["last"]:
        return "member"
    if "thumbnail_bytes" not in head:
        return "taken"
    is_sound = payload.startswith(b"\x89PNG") and payload[-head["thumbnail_bytes"] :].startswith(b"RIFF")
    return "taken" if is_sound and min(head["width_px"], head["height_px"]) >= 32 else "wrong"


def cpu_s() -> float:
    """Seconds of processor this process has had."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    sys.exit(main())
