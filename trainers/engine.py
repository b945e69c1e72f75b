"""The engine process: one frozen base model that trains and serves, behind four verbs on standard input and output."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, NoReturn

from storage.beside import Beside
from storage.errors import TintypeError
from storage.output_checks import WantedCheck
from trainers import process
from trainers.attempt import PROTOCOL, Attempt
from trainers.desk import Desk
from trainers.events import Wish
from trainers.jobs import kinds
from trainers.loop import Drive, Loop
from trainers.verbs import Verbs, answer_all
from trainers.worker import drive

if TYPE_CHECKING:
    from trainers.pipeline import Base

log = logging.getLogger(__name__)

IDLE_S = 5.0  # how long the loop sleeps at most; an arriving attempt wakes it at once
MEMORY_EVERY_S = 1.0  # how often free memory is read
NICE = 5  # the bot answers Discord within three seconds, whatever is computed beside it
EXIT_STICKY = 70  # EX_SOFTWARE: the device is lost to this process; the bot starts another one


class Card:
    """What `ping` tells; written by the working thread, read by the talking one."""

    def __init__(self) -> None:
        self._facts: dict[str, Any] = {
            "protocol": PROTOCOL,
            "pid": os.getpid(),
            "state": "loading",
            "error": None,
            "device": None,
            "base_model": None,
            "methods": [],
            "kinds": sorted(kinds()),
            "class_words": {},
            "families": [],
            "fits": {},
            "output_check": None,
            "vae": "",
            "upscaler": "",
            "image_prompt": "",
        }

    def facts(self) -> dict[str, Any]:
        """A copy that the caller may keep."""
        return dict(self._facts)

    def update(self, **facts: Any) -> None:
        """Tell other facts from now on; one assignment, so a reader sees all of them or none."""
        self._facts = {**self._facts, **facts}


@dataclass(frozen=True, slots=True)
class WantedBase:
    """What an engine is to load."""

    base_model: str
    device: str
    output_check: WantedCheck
    beside: Beside | None = None  #: models that are loaded beside it


class Engine:
    """Loads the base, then works through what lies on the desk until the process ends."""

    def __init__(self, wanted: WantedBase, desk: Desk, card: Card) -> None:
        self._wanted = wanted
        self._desk = desk
        self._card = card
        self._memory_s = 0.0

    def work(self) -> NoReturn:
        """Load and work, for ever; a base that cannot be loaded is told by `ping` until somebody ends us."""
        base = self._loaded()
        if base is None:
            self._refuse_for_ever()
        loop = Loop(partial(self._begin, base), self._is_ending)
        while True:
            for attempt in self._desk.take():
                loop.add(attempt)
            if loop.has_work:
                loop.turn()
                _give_back_after(loop)
            else:
                self._desk.wait(IDLE_S)
            self._tell_memory(base)

    def _loaded(self) -> Base | None:
        from trainers.advertise import advertised
        from trainers.faults import translated
        from trainers.jobs import runs
        from trainers.pipeline import load_base

        try:
            wanted = self._wanted
            base = load_base(wanted.base_model, wanted.device, wanted.output_check, wanted.beside)
            log.info("%s at %s computes in %s on %s", base.id, base.revision, base.dtype, base.device)
            runs()  # imported now, not while the first prompt waits
            self._card.update(state="ready", **advertised(base))
        except TintypeError as error:
            self._fail(error)
        except Exception as error:
            log.exception("the base model %s cannot be loaded", self._wanted.base_model)
            self._fail(translated(error) or TintypeError("E_BASE_LOAD", base=self._wanted.base_model))
        else:
            return base
        return None

    def _fail(self, error: TintypeError) -> None:
        log.error("engine cannot work: %s", error)
        self._card.update(state="failed", error={"code": error.code, "facts": error.facts})

    def _refuse_for_ever(self) -> NoReturn:
        from trainers.events import Failed

        error = self._card.facts()["error"]
        while True:
            for attempt in self._desk.take():
                self._desk.tell(attempt.key, Failed(code=error["code"], facts=error["facts"]))
            self._desk.wait(IDLE_S)

    def _begin(self, base: Base, attempt: Attempt) -> Drive:
        from trainers.faults import translated
        from trainers.jobs import runs

        log.info("attempt %d at %s job %s", attempt.number, attempt.kind, attempt.job)
        return drive(
            runs()[attempt.kind](base, attempt),
            self._desk.teller(attempt.key),
            partial(self._desk.wish, attempt.key),
            partial(_or_exit, translated),
            f"{attempt.kind} job {attempt.job}",
        )

    def _is_ending(self, attempt: Attempt) -> bool:
        return self._desk.wish(attempt.key) in {Wish.CANCEL, Wish.CHECKPOINT}

    def _tell_memory(self, base: Base) -> None:
        from trainers.advertise import device_facts

        now = time.monotonic()
        if now - self._memory_s >= MEMORY_EVERY_S:
            self._memory_s = now
            self._card.update(device=device_facts(base))


def _give_back_after(loop: Loop) -> None:
    """Leave memory to whoever else uses the computer, once there is nothing more to do."""
    if not loop.has_work:
        from trainers.faults import release_memory

        release_memory()


def _or_exit(translated: Callable[[BaseException], TintypeError | None], error: BaseException) -> TintypeError | None:
    """Translate, but leave the process when the device is lost: the bot sees the exit and tries the attempt again."""
    from trainers.faults import is_sticky, release_memory

    if is_sticky(error):
        log.critical("the device is lost to this process", exc_info=error)
        os._exit(EXIT_STICKY)
    known = translated(error)
    if known is not None and known.code == "E_NO_MEMORY":
        release_memory()
    return known


def _talk(verbs: Verbs, requests: Any, replies: Any) -> None:
    """Answer until the wire ends; without a bot there is nobody to work for, so the process ends with it."""
    code = 1
    try:
        answer_all(verbs, requests, replies)
        code = 0
    finally:
        logging.shutdown()
        os._exit(code)


def serve(wanted: WantedBase) -> None:
    """Be an engine: the wire on descriptors 0 and 1, the log on 2, until the wire is closed."""
    process.die_with_parent()
    os.nice(NICE)
    requests, replies = process.guarded_wire()
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a Ctrl-C in the terminal is the bot's to handle
    desk, card = Desk(), Card()
    verbs = Verbs(desk, card.facts, kinds())
    threading.Thread(target=_talk, args=(verbs, requests, replies), name="wire", daemon=True).start()
    try:
        Engine(wanted, desk, card).work()
    except BaseException:
        log.critical("the engine's loop broke", exc_info=True)
        logging.shutdown()
        os._exit(EXIT_STICKY)
