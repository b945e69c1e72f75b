"""A real engine process on a real wire, as the bot holds it."""

from __future__ import annotations

import itertools
import json
import os
import resource
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from storage import wire
from trainers.miniature.world import held_out_subjects, photos_of

ROOT = Path(__file__).parents[3]
PATIENCE_S = 240.0
ENVIRONMENT = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}


class WiredEngine:
    """Starts an engine; ends it on leaving."""

    def __init__(self, folder: Path, base_model: str = "miniature") -> None:
        folder.mkdir(exist_ok=True)
        self.log = (folder / "engine.log").open("ab")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "trainers", "engine", "--base-model", base_model, "--device", "cpu"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log, cwd=ROOT, env=ENVIRONMENT,
        )  # fmt: skip
        self._ids = itertools.count()
        self.seq = 0
        self.events: list[dict[str, Any]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()
        self.log.close()

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            assert stream is not None
            stream.close()

    @contextmanager
    def limited(self, what: int, most: int) -> Iterator[None]:
        """The kernel refuses the engine more than that, as a full disk or a small machine does."""
        before = resource.prlimit(self.process.pid, what)
        resource.prlimit(self.process.pid, what, (most, before[1]))
        try:
            yield
        finally:
            resource.prlimit(self.process.pid, what, before)

    @property
    def address_bytes(self) -> int:
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[0])
        return pages * resource.getpagesize()

    def ask(self, verb: str, **told: Any) -> dict[str, Any]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        number = next(self._ids)
        self.process.stdin.write(wire.encode({"id": number, "verb": verb, **told}))
        self.process.stdin.flush()
        assert select.select([self.process.stdout], [], [], PATIENCE_S)[0], f"no answer to {verb}"
        reply = wire.read(self.process.stdout).head
        assert reply["id"] == number
        return reply

    def ready(self) -> dict[str, Any]:
        ends_at = time.monotonic() + PATIENCE_S
        while time.monotonic() < ends_at:
            engine: dict[str, Any] = self.ask("ping")["engine"]
            if engine["state"] != "loading":
                return engine
            time.sleep(0.1)
        raise AssertionError("the engine is still loading")

    def until(self, job: str, *types: str) -> dict[str, Any]:
        """The job's next event of one of these types; other jobs' events wait in `events`."""
        ends_at = time.monotonic() + PATIENCE_S
        while time.monotonic() < ends_at:
            reply = self.ask("poll", seq=self.seq)
            for event in reply["events"]:
                self.seq = event["seq"] + 1
                self.events.append(event)
                if event["type"] in types and event["job"] == job:
                    return dict(event)
            time.sleep(0.05)
        raise AssertionError(f"no {types} came")

    def end(self, job: str) -> dict[str, Any]:
        return self.until(job, "done", "failed", "stopped")

    def start(self, folder: Path) -> str:
        """Start the attempt; its job is called as its folder."""
        reply = self.ask("start", folder=str(folder))
        assert reply["ok"], reply
        return folder.name


def laid(folder: Path, kind: str, order: dict[str, Any], **told: Any) -> Path:
    """An attempt folder as the bot lays it out."""
    folder.mkdir(parents=True, exist_ok=True)
    about = {"protocol": 1, "job": folder.name, "attempt": 1, "kind": kind, "seed": 7, kind: order, **told}
    (folder / "attempt.json").write_text(json.dumps(about), "utf-8")
    return folder


def training(folder: Path, steps: int = 10, points: int = 1, checkpoint: Path | None = None, **more: Any) -> Path:
    """A folder of a short training of three photos."""
    (folder / "photos").mkdir(parents=True)
    subject = held_out_subjects(1, kinds=("animal",))[0]
    rows = []
    for number, (photo, _) in enumerate(photos_of(subject, 3, seed=2)):
        photo.save(folder / f"photos/{number}.png")
        rows.append({"path": f"photos/{number}.png", "caption": None})
    order = {
        "word": "zed",
        "kind": "animal",
        "class_word": subject.class_word,
        "method": "lora",
        "settings": {"min_steps": steps, "max_steps": steps, "points": points},
        "photos": rows,
        "checkpoint_every_s": 0.5,
        **more,
    }
    if checkpoint is not None:
        (folder / "resume.zip").write_bytes(checkpoint.read_bytes())
    return laid(folder, "train", order, resume="resume.zip" if checkpoint else None)


def prompting(folder: Path, **order: Any) -> Path:
    """A folder of a quick drawing."""
    return laid(folder, "imagine", {"prompt": "a dog at the beach", "steps": 4, **order})
