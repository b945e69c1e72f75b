"""Memory that nobody uses any more goes back: the allocator is told to keep it, so somebody has to say when."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path

import pytest

from storage.output_checks import WantedCheck
from trainers.attempt import Attempt
from trainers.desk import Desk
from trainers.engine import Card, Engine, WantedBase
from trainers.process import COMPUTING

MIB = 2**20
KEPT_MIB = 256
#: many blocks, freed below one that stays, as a step's are
FREED = f"""
from pathlib import Path
from trainers.process import release_heap

def resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * {os.sysconf("SC_PAGE_SIZE")}

blocks = [b"x" * {MIB} for _ in range({KEPT_MIB})]
stays = b"x" * {MIB}
del blocks
before = resident()
release_heap()
print(before - resident())
"""


class AtRestError(Exception):
    """The engine waits for work."""


@pytest.mark.skipif(sys.platform != "linux", reason="only there the allocator is told to keep memory")
def test_what_the_allocator_keeps_goes_back_when_asked() -> None:
    command = [sys.executable, "-c", FREED]
    told = subprocess.run(command, env={**os.environ, **COMPUTING}, capture_output=True, text=True, check=True)

    assert int(told.stdout) > 0.9 * KEPT_MIB * MIB


def test_an_engine_gives_memory_back_once_its_work_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    happened: list[str] = []

    def steps(base: object, attempt: Attempt) -> Generator[None, None, None]:
        happened.append("step")
        yield
        happened.append("step")

    def rest(timeout_s: float) -> None:
        raise AtRestError

    desk = Desk()
    desk.put(Attempt(folder=Path("nowhere"), job="a", number=1, kind="imagine", seed=0, base_model="", revision="",
                     resume=None, order={}))  # fmt: skip
    engine = Engine(WantedBase("miniature", "cpu", WantedCheck("off")), desk, Card())
    for name, stand_in in (("_loaded", object), ("_begin", steps), ("_tell_memory", lambda base: None)):
        monkeypatch.setattr(engine, name, stand_in)
    monkeypatch.setattr(desk, "wait", rest)
    monkeypatch.setattr("trainers.faults.release_memory", lambda: happened.append("released"))

    with pytest.raises(AtRestError):
        engine.work()

    assert happened == ["step", "step", "released"]
