from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.lock import held, holder
from storage.errors import TintypeError

OTHER = """
import sys, time
from pathlib import Path
from bot.lock import held
with held(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def other(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    child = subprocess.Popen([sys.executable, "-c", OTHER, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert child.stdout
    assert child.stdout.readline() == "held\n"
    yield child
    child.kill()
    child.communicate()


def test_a_second_process_is_refused_and_told_who_holds_the_lock(tmp_path: Path, other: subprocess.Popen[str]) -> None:
    with pytest.raises(TintypeError) as refusal, held(tmp_path):
        pass

    assert refusal.value.code == "E_LOCKED"
    assert refusal.value.facts == {"folder": str(tmp_path), "pid": str(other.pid)}
    assert holder(tmp_path) == str(other.pid)


def test_the_lock_of_a_killed_process_is_free_at_once(tmp_path: Path, other: subprocess.Popen[str]) -> None:
    other.kill()
    other.wait()

    with held(tmp_path):
        assert holder(tmp_path) == str(os.getpid())


def test_the_lock_is_free_after_the_block_even_when_it_fails(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), held(tmp_path):
        1 / 0  # noqa: B018

    assert holder(tmp_path) is None
    with held(tmp_path):
        pass


def test_a_new_data_folder_and_its_lock_are_nobody_elses_business(tmp_path: Path) -> None:
    with held(tmp_path / "data" / "sandbox"):
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "data").rglob("*")}
        assert modes == {"sandbox": 0o700, "lock": 0o600}
        assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700


def test_a_folder_without_a_lock_is_held_by_nobody(tmp_path: Path) -> None:
    assert holder(tmp_path) is None
