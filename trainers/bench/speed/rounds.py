"""Trainings in turn, each in a process of its own; what they took, and the ratios of the two sides."""

from __future__ import annotations

import json
import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from storage.errors import TintypeError
from trainers.bench.speed.sides import OURS, REFERENCE, Side

RESULTS = "*.safetensors"
CPU_TICK_S = 1e-6  # a step can be too short for the clock of CPU time
TAIL_CHARACTERS = 800  # of what a program said before it failed


@dataclass(frozen=True, slots=True)
class Took:
    """What one training took."""

    side: str
    samples_per_s: float  #: from the end of its first step to the end of its last
    samples_per_cpu_s: float  #: in that time, for each second of one core: what other work on the machine leaves alone
    wall_s: float  #: from the start of its process, with photos on the disk, to its end, with a file there
    cpu_s: float  #: seconds of one core in all, processes that it started included
    peak_mib: float  #: the most memory that the process had in use
    seconds_to_first_step: float  #: of its own time: libraries, base and photos


def took_of(side: str, told: Mapping[str, Any], wall_s: float, batch: int) -> Took:
    """Read what the launcher wrote.

    Raises: ValueError when there were not two steps, which nothing can be measured between.
    """
    steps = told["steps_s"]
    if len(steps) < 2 or steps[-1] <= steps[0]:
        raise ValueError(f"{len(steps)} steps")
    samples, cpu_s = batch * (len(steps) - 1), told["steps_cpu_s"]
    return Took(
        side,
        samples_per_s=samples / (steps[-1] - steps[0]),
        samples_per_cpu_s=samples / max(cpu_s[-1] - cpu_s[0], CPU_TICK_S),
        wall_s=wall_s,
        cpu_s=told["cpu_s"],
        peak_mib=told["peak_kib"] / 1024,
        seconds_to_first_step=steps[0],
    )


def measure(side: Side, folder: Path, steps: int, batch: int) -> Took:
    """Run one side to its end; `folder` is where it leaves its file.

    Raises: TintypeError E_BENCH_PYTHON when its Python cannot be started, E_BENCH_MISSING when that lacks a package,
    E_BENCH_RUN when it failed, left no file, or did not take the steps it was asked for.
    """
    measured = folder.with_suffix(".json")
    log = folder.with_suffix(".log")
    folder.mkdir(parents=True)
    began_s = time.perf_counter()
    code = _run(side, measured, log, folder)
    wall_s = time.perf_counter() - began_s
    told = json.loads(measured.read_text("utf-8")) if measured.is_file() else {}
    if "missing" in told:
        raise TintypeError("E_BENCH_MISSING", packages=", ".join(told["missing"]), python=side.python)
    if code or not any(folder.glob(RESULTS)):
        raise TintypeError("E_BENCH_RUN", side=side.name, status=code, reason=_tail(log))
    if len(told["steps_s"]) != steps:
        raise TintypeError("E_BENCH_RUN", side=side.name, status=code, reason=f"{len(told['steps_s'])} steps")
    return took_of(side.name, told, wall_s, batch)


def _run(side: Side, measured: Path, log: Path, folder: Path) -> int:
    command = side.command(measured)
    try:
        with log.open("wb") as said:
            return subprocess.run(  # noqa: S603  ourselves, and the script that the person at the keyboard named
                command, stdout=said, stderr=said, cwd=folder, check=False
            ).returncode
    except OSError as error:
        raise TintypeError("E_BENCH_PYTHON", python=side.python, reason=error.strerror or "refused") from error


def _tail(log: Path) -> str:
    return log.read_text("utf-8", errors="replace")[-TAIL_CHARACTERS:].strip()


def alternating(sides: Sequence[str], rounds: int) -> list[list[str]]:
    """Who runs in which order: whoever was last in one round is first in the next, so that drift hits both."""
    return [list(sides) if number % 2 == 0 else list(reversed(sides)) for number in range(rounds)]


def run_rounds(
    sides: Mapping[str, Callable[[Path], Side]], out: Path, rounds: int, steps: int, batch: int
) -> list[Took]:
    """All trainings in turn; each side is made for the folder that it is to write to."""
    found = []
    for number, turn in enumerate(alternating(list(sides), rounds), 1):
        for name in turn:
            folder = out / f"{number}-{name}"
            found.append(measure(sides[name](folder), folder, steps, batch))
    return found


# --- what is told ----------------------------------------------------------------------------------------------------

#: field -> title, and whether more is better
ROWS = {
    "samples_per_s": ("samples a second", True),
    "samples_per_cpu_s": ("samples a CPU second", True),
    "wall_s": ("photos to finished file, s", False),
    "cpu_s": ("CPU seconds for it", False),
    "peak_mib": ("peak memory, MiB", False),
}


def medians(found: Sequence[Took], side: str) -> dict[str, float]:
    """Of each number, over this side's trainings; empty when it had none."""
    mine = [asdict(one) for one in found if one.side == side]
    return {field: statistics.median(one[field] for one in mine) for field in ROWS} if mine else {}


def ratios(found: Sequence[Took]) -> dict[str, dict[str, float]]:
    """How many times better ours is: median, lowest and highest over rounds, each round compared with itself."""
    mine, other = ([asdict(one) for one in found if one.side == side] for side in (OURS, REFERENCE))
    if not other:
        return {}
    return {field: _spread([_better(a[field], b[field], more) for a, b in zip(mine, other, strict=True)])
            for field, (_, more) in ROWS.items()}  # fmt: skip


def _better(mine: float, other: float, is_more_better: bool) -> float:  # noqa: FBT001  a column of ROWS
    return mine / other if is_more_better else other / mine


def _spread(values: Sequence[float]) -> dict[str, float]:
    return {"median": statistics.median(values), "low": min(values), "high": max(values)}


def table(found: Sequence[Took]) -> str:
    """Medians of both sides and the ratios, as Markdown."""
    head = "| | ours | reference | ours is better by |\n|---|---|---|---|"
    mine, other, better = medians(found, OURS), medians(found, REFERENCE), ratios(found)
    lines = [
        f"| {title} | {_told(mine, field)} | {_told(other, field)} | {_factor(better.get(field))} |"
        for field, (title, _) in ROWS.items()
    ]
    return "\n".join([head, *lines])


def _told(numbers: Mapping[str, float], field: str) -> str:
    if not numbers:
        return "–"
    decimals = 1 if numbers[field] >= 10 else 2
    return f"{numbers[field]:,.{decimals}f}"


def _factor(spread: Mapping[str, float] | None) -> str:
    if spread is None:
        return "–"
    return f"{spread['median']:.2f} × [{spread['low']:.2f}, {spread['high']:.2f}]"
