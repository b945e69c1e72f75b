"""Threads for what nobody waits for at the end: lookups of names, reads of files."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

SHUTDOWN_S = 0.5


class DaemonThreads(ThreadPoolExecutor):
    """Runs each piece of work on a daemon thread of its own, for an event loop's default.

    Python waits for the threads of any other executor before it exits, and a lookup of a name can hang for minutes.
    """

    def __init__(self, shutdown_s: float = SHUTDOWN_S) -> None:
        """`shutdown_s` is how long work under way may hold `shutdown` up."""
        super().__init__()
        self._shutdown_s = shutdown_s
        self._at_work: set[threading.Thread] = set()

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Begin the work at once."""
        future: Future[T] = Future()
        thread = threading.Thread(target=_do, args=(future, partial(fn, *args, **kwargs)), daemon=True)
        self._at_work = {one for one in self._at_work if one.is_alive()} | {thread}
        thread.start()
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002  as it is there
        """Wait a while for what is under way, and leave the rest to the end of the process."""
        super().shutdown(wait=False, cancel_futures=cancel_futures)
        until_s = time.monotonic() + (self._shutdown_s if wait else 0.0)
        for thread in self._at_work:
            thread.join(max(0.0, until_s - time.monotonic()))


def _do(future: Future[Any], work: Callable[[], Any]) -> None:
    if not future.set_running_or_notify_cancel():
        return
    try:
        future.set_result(work())
    except BaseException as error:  # noqa: BLE001 – it belongs to whoever asked
        future.set_exception(error)
