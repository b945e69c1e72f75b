from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.fates import onward
from bot.store import open_rooms
from storage.clock import SystemClock
from storage.records import Progress
from tests.bot.engine.stage import put_pictures

STEP = Progress(phase="train", done=20, total=100)


@pytest.mark.parametrize(
    ("before", "reached"),
    [(None, 0), (replace(STEP, done=75), 75), (replace(STEP, done=10, reached=80), 80)],
    ids=["a first attempt", "a second", "a third that died while it caught up"],
)
def test_an_attempt_tells_how_far_those_before_it_came(tmp_path: Path, before: Progress | None, reached: int) -> None:
    rooms = open_rooms(tmp_path, tmp_path / "master.key", SystemClock())
    job = put_pictures(rooms, "a")
    rooms.db.conn.close()

    told = onward(replace(job, progress=before), STEP)

    assert told == replace(STEP, reached=reached)
