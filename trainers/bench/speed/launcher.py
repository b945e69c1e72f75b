"""Runs a training program in this process, and writes down when its steps ended and how much memory it took.

It is started by its path, with any Python that has torch, so it imports nothing of Tintype:

    python launcher.py MEASURED.json SCRIPT ARGUMENT …
    python launcher.py MEASURED.json -m MODULE ARGUMENT …
"""

from __future__ import annotations

import ast
import json
import os
import resource
import runpy
import sys
import time
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

EXIT_MISSING = 3  # the script imports what this Python does not have; the file says what
KIB = 1 if sys.platform == "linux" else 1024  # ru_maxrss counts KiB on Linux and bytes on macOS

#: torchvision's pure Python cannot be imported without them, and there is no build of it beside a torch for CPUs alone
OPERATORS = (
    *("nms", "qnms", "roi_align", "qroi_align", "roi_pool", "ps_roi_align", "ps_roi_pool", "deform_conv2d"),
    *("_roi_align_backward", "_roi_pool_backward", "_ps_roi_align_backward", "_ps_roi_pool_backward"),
    "_deform_conv2d_backward",
)


def needed(script: Path) -> list[str]:
    """The packages that a script imports in any case, by name."""
    found: list[str] = []
    for node in ast.parse(script.read_text("utf-8")).body:
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.append(node.module)
    return sorted({name.partition(".")[0] for name in found})


def missing(script: Path) -> list[str]:
    """Those of them that this Python does not have; torch is needed to measure."""
    return [name for name in sorted({*needed(script), "torch"}) if find_spec(name) is None]


def declare_operators() -> bool:
    """Declare torchvision's operators by name if its own cannot be loaded; none of them can be called then.

    False where there is no torchvision, or where it is whole.
    """
    spec = find_spec("torchvision")
    if spec is None or spec.origin is None or _loads(Path(spec.origin).parent / "_C.so"):
        return False
    import torch

    for name in OPERATORS:
        torch.library.define(f"torchvision::{name}", "(Tensor input) -> Tensor")
    return True


def _loads(library: Path) -> bool:
    import torch

    try:
        torch.ops.load_library(library)  # type: ignore[no-untyped-call]
    except OSError:
        return False
    return True


class Marks:
    """Notes the moment of every optimizer step of this process, in seconds since it began to watch."""

    def __init__(self) -> None:
        from torch.optim.optimizer import register_optimizer_step_post_hook

        self._began_s = time.perf_counter()
        self.steps_s: list[float] = []
        self.cpu_s: list[float] = []  #: all threads' CPU time at the same moments
        register_optimizer_step_post_hook(self._note)

    def _note(self, *told: Any) -> None:
        self.steps_s.append(time.perf_counter() - self._began_s)
        self.cpu_s.append(time.process_time())

    def told(self) -> dict[str, Any]:
        """What `MEASURED.json` says."""
        return {
            "steps_s": self.steps_s,
            "steps_cpu_s": self.cpu_s,
            "peak_kib": peak_kib(),
            "cpu_s": sum(_cpu_s(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)),
        }


def _cpu_s(who: int) -> float:
    used = resource.getrusage(who)
    return used.ru_utime + used.ru_stime


def peak_kib() -> int:
    """The most memory that this process ever had in use."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // KIB


def _run(program: Sequence[str]) -> None:
    if program[0] == "-m":
        sys.argv = list(program[1:])
        sys.path[0] = ""
        runpy.run_module(program[1], run_name="__main__", alter_sys=True)
    else:
        sys.argv = list(program)
        sys.path[0] = str(Path(program[0]).parent)
        runpy.run_path(program[0], run_name="__main__")


def in_a_child(arguments: Sequence[str]) -> int:
    """The same in a fork of this small process.

    Until a process becomes another program its memory is that of its parent, and counts to its peak.
    """
    child = os.fork()
    if child == 0:
        return main(arguments)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def main(arguments: Sequence[str]) -> int:
    """Run the program; what was measured is written also when the program ends by `sys.exit`."""
    measured, *program = arguments
    if program[0] != "-m" and (lacking := missing(Path(program[0]))):
        Path(measured).write_text(json.dumps({"missing": lacking}), "utf-8")
        return EXIT_MISSING
    declare_operators()
    marks, code = Marks(), 0
    try:
        _run(program)
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    Path(measured).write_text(json.dumps(marks.told()), "utf-8")
    return code


if __name__ == "__main__":
    sys.exit(in_a_child(sys.argv[1:]))
