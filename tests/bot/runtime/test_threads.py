from __future__ import annotations

import threading
import time

import pytest

from bot.threads import DaemonThreads


def test_work_gives_its_result_or_its_error() -> None:
    threads = DaemonThreads()

    assert threads.submit(pow, 2, exp=10).result(5) == 1024
    with pytest.raises(ValueError, match="invalid literal"):
        threads.submit(int, "no number").result(5)


def test_what_is_under_way_at_the_end_is_waited_for_but_not_for_ever() -> None:
    threads, hanging = DaemonThreads(shutdown_s=0.3), threading.Event()
    short, long = threads.submit(time.sleep, 0.05), threads.submit(hanging.wait)

    began = time.monotonic()
    threads.shutdown()
    took_s = time.monotonic() - began
    is_over = short.done(), long.done()
    hanging.set()

    assert is_over == (True, False)
    assert 0.3 <= took_s < 2.0
