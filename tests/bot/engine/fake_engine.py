"""An engine without torch: the real desk, verbs, loop and worker of trainers, with jobs that only hash.

A "training" is a chain of hashes over seed and photos, so that its weights tell whether every step was done once and in
order. FAKE_ENGINE_PLAN names a file of points, one a line; each life takes the first and kills itself there.
"""

from __future__ import annotations

import hashlib
import json
import os
import signal
import struct
import sys
import threading
import time
import zlib
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

from storage.errors import TintypeError
from trainers import process
from trainers.attempt import Attempt
from trainers.desk import Desk
from trainers.events import Checkpoint, Done, Event, Sample, Step, Stopped, Wish, made
from trainers.loop import Drive, Loop
from trainers.verbs import Verbs, answer_all
from trainers.worker import drive

STEPS = int(os.environ.get("FAKE_ENGINE_STEPS", "30"))
STEP_S = float(os.environ.get("FAKE_ENGINE_STEP_S", "0.004"))
BREAKS = os.environ.get("FAKE_ENGINE_BREAKS", "broken")  # the word whose training fails
LOAD_S = float(os.environ.get("FAKE_ENGINE_LOAD_S", "0"))
CHECKPOINT_STEPS, SAMPLE_STEPS = 5, 10
POINTS = (
    "load", "ready", "begin", "step", "half-checkpoint", "checkpoint", "told-checkpoint", "half-weights", "weights",
    "told-weights", "half-image", "image", "told-image",
)  # fmt: skip


def planned() -> str:
    """The point at which this life ends; the file loses its first line."""
    path = Path(os.environ.get("FAKE_ENGINE_PLAN", "/nowhere"))
    if not path.exists():
        return ""
    first, _, rest = path.read_text().partition("\n")
    path.write_text(rest)
    return first


PLANNED = planned()


def reached(point: str) -> None:
    if point == PLANNED:
        with Path(f"{os.environ['FAKE_ENGINE_PLAN']}.reached").open("a") as file:
            file.write(f"{point}\n")
        os.kill(os.getpid(), signal.SIGKILL)


def png(seed: bytes, side: int = 8) -> bytes:
    """A small true PNG whose pixels are a hash."""
    pixels = b"".join(b"\0" + hashlib.sha256(seed + bytes([row])).digest()[: side * 3] for row in range(side))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(pixels)) + chunk(b"IEND", b"")


def weights_of(seed: int, photos: list[bytes], steps: int = STEPS) -> bytes:
    """What a training must come to, however often it was interrupted."""
    state = first_state(seed, photos)
    for done in range(1, steps + 1):
        state = next_state(state, done)
    return b"weights " + state.hex().encode()


def first_state(seed: int, photos: list[bytes]) -> bytes:
    return hashlib.sha256(str(seed).encode() + b"".join(hashlib.sha256(photo).digest() for photo in photos)).digest()


def next_state(state: bytes, done: int) -> bytes:
    return hashlib.sha256(state + str(done).encode()).digest()


def save(path: Path, content: bytes, point: str) -> Path:
    """In place and in two halves, so that a file can be torn."""
    with path.open("wb") as file:
        file.write(content[: len(content) // 2])
        file.flush()
        reached(f"half-{point}")
        file.write(content[len(content) // 2 :])
    reached(point)
    return path


Running = Generator[Event, "Wish | None", Any]


def train(attempt: Attempt) -> Running:
    reached("begin")
    refuse(attempt.get("word", str))
    photos = [attempt.file(row["path"]).read_bytes() for row in attempt.records("photos")]
    state, done = first_state(attempt.seed, photos), 0
    if attempt.resume:
        told = resumed(attempt.resume)
        state, done = bytes.fromhex(told["state"]), told["done"]
    yield Step(phase="prepare", done=done, total=STEPS)
    while done < STEPS:
        time.sleep(STEP_S)
        reached("step")
        done += 1
        state = next_state(state, done)
        wish = yield Step(phase="train", done=done, total=STEPS, loss=1.0 / done)
        if wish is Wish.KEEP_BEST:
            break
        yield from shown(attempt, state, done, wish)
        if wish is Wish.CHECKPOINT:
            return Stopped()
    return learned(attempt, state, done)


def refuse(word: str) -> None:
    """Words with a fate of their own."""
    if word == "poison":
        os.abort()
    if word == BREAKS:
        raise TintypeError("E_DIVERGED", step=3)


def shown(attempt: Attempt, state: bytes, done: int, wish: Wish | None) -> Generator[Event, Any, None]:
    """The sample and the checkpoint that are due."""
    if done % SAMPLE_STEPS == 0:
        picture = attempt.folder / f"card-{done}.png"
        picture.write_bytes(png(state))
        number, learned_so_far = done // SAMPLE_STEPS, attempt.folder / f"point-{done}.safetensors"
        learned_so_far.write_bytes(b"point " + state.hex().encode())
        told = {"point": number, "done": done, "score": 0.5}
        files = (made(attempt.folder, picture, "preview"), made(attempt.folder, learned_so_far, "point", alt=told))
        yield Sample(point=number, done=done, score=0.5, files=files)
    if done % CHECKPOINT_STEPS == 0 or wish is Wish.CHECKPOINT:
        yield checkpoint(attempt, state, done)
        reached("told-checkpoint")


def resumed(path: Path) -> dict[str, Any]:
    try:
        told: dict[str, Any] = json.loads(path.read_text())
    except ValueError as error:
        raise TintypeError("E_CHECKPOINT") from error
    return told


def checkpoint(attempt: Attempt, state: bytes, done: int) -> Checkpoint:
    content = json.dumps({"state": state.hex(), "done": done}).encode()
    path = save(attempt.folder / f"checkpoint-{done:06}.zip", content, "checkpoint")
    return Checkpoint(done=done, files=(made(attempt.folder, path, "checkpoint"),))


def learned(attempt: Attempt, state: bytes, done: int) -> Done:
    weights = save(attempt.folder / "weights.safetensors", b"weights " + state.hex().encode(), "weights")
    files = [made(attempt.folder, weights, "weights")]
    for role in ("sheet", "curve", "cover"):
        path = attempt.folder / f"{role}.png"
        path.write_bytes(png(state + role.encode()))
        files.append(made(attempt.folder, path, role, size=(8, 8)))
    result = {
        "method": attempt.get("method", str), "steps": done, "best_step": done, "score": 0.5, "seconds": 1.0,
        "bytes": weights.stat().st_size, "word": attempt.get("word", str), "class_word": attempt.get("class_word", str),
    }  # fmt: skip
    return Done(result=result, files=tuple(files))


def imagine(attempt: Attempt) -> Running:
    reached("begin")
    seed, count = attempt.get("seed", int), attempt.get("count", int)
    read = [attempt.file(path).read_bytes() for row in attempt.records("words") for path in row["weights"]]
    relation = attempt.get("relation", dict, {})
    if relation.get("parent"):
        read.append(attempt.file(relation["parent"]).read_bytes())
    for done in range(1, 4):
        time.sleep(STEP_S)
        if (yield Step(phase="imagine", done=done, total=3)) is Wish.CHECKPOINT:
            return Stopped()
        if done == 2:
            picture = attempt.folder / "preview.png"
            picture.write_bytes(png(str(seed).encode() + b"half"))
            yield Sample(point=1, done=done, score=None, files=(made(attempt.folder, picture, "preview"),))
    held = held_back(attempt.get("prompt", str), count)
    if held == count:
        raise TintypeError("E_HELD_BACK", count=count)
    files = []
    for n in range(1, count + 1 - held):
        path = save(attempt.folder / f"image-{n}.png", png(b"".join(read) + str(seed + n - 1).encode()), "image")
        alt = {"n": n, "seed": seed + n - 1}
        files.append(made(attempt.folder, path, "image", size=(8, 8), alt=alt))
    if count - held > 1:
        path = attempt.folder / "grid.png"
        path.write_bytes(png(str(seed).encode() + b"grid"))
        files.append(made(attempt.folder, path, "sheet", size=(8, 8)))
    settings = {"prompt": attempt.get("prompt", str), "steps": 3, "base_model": "fake@1"}
    result = {"seed": seed, "width": 8, "height": 8, "settings": settings, "held_back": held}
    told = {"warnings": [{"code": "W_HELD_BACK", "count": held}]} if held else {}
    return Done(result=result | told, files=tuple(files))


def held_back(prompt: str, count: int) -> int:
    """Prompts with a fate of their own: the output check holds back the last picture, or all of them."""
    return count if "naked" in prompt else 1 if "bare" in prompt else 0


def sheet(attempt: Attempt) -> Running:
    """A sheet whose pixels tell which weights it was drawn with, and at which strengths."""
    reached("begin")
    weights = b"".join(attempt.file(path).read_bytes() for path in attempt.records("words")[0]["weights"])
    strengths = attempt.get("strengths", list)
    if (yield Step(phase="sample", done=0, total=1)) is Wish.CHECKPOINT:
        return Stopped()
    path = save(attempt.folder / "sheet.png", png(weights + str(strengths).encode()), "image")
    return Done(result={"samples": len(strengths)}, files=(made(attempt.folder, path, "sheet", size=(8, 8)),))


def import_(attempt: Attempt) -> Running:
    """Takes the first file as it is; its pictures are hashes of it."""
    reached("begin")
    refuse(attempt.get("word", str))
    first = attempt.file(attempt.records("files")[0]["path"]).read_bytes()
    for done in range(1, STEPS + 1):
        time.sleep(STEP_S)
        reached("step")
        if (yield Step(phase="sample", done=done, total=STEPS)) is Wish.CHECKPOINT:
            return Stopped()
    weights = save(attempt.folder / "weights.safetensors", first, "weights")
    files = [made(attempt.folder, weights, "weights")]
    for role in ("sheet", "cover"):
        path = attempt.folder / f"{role}.png"
        path.write_bytes(png(first + role.encode()))
        files.append(made(attempt.folder, path, role, size=(8, 8)))
    word, class_word = attempt.get("word", str), attempt.get("class_word", str)
    result = {
        "word": word, "class_word": class_word, "kind": attempt.get("kind", str), "method": "lora",
        "bytes": files[0].bytes, "sha256": files[0].sha256, "base_model": "fake", "base_revision": "1",
        "trigger": attempt.get("trigger", str, "") or f"{word} {class_word}", "warnings": [],
    }  # fmt: skip
    return Done(result=result, files=tuple(files))


RUNS: dict[str, Callable[[Attempt], Running]] = {"train": train, "imagine": imagine, "import": import_, "sheet": sheet}
FACTS = {
    "protocol": 1,
    "pid": os.getpid(),
    "state": "loading",
    "error": None,
    "device": {"kind": "cpu", "name": "fake device", "free_mib": 1000, "total_mib": 2000},
    "base_model": None,
    "methods": [],
    "kinds": sorted(RUNS),
    "class_words": {},
    "fits": {},
    "output_check": None,
}
READY = {
    "state": "ready",
    "base_model": {"id": "fake", "revision": "1", "title": "Fake base", "size_px": 8},
    "methods": [{"name": "lora", "title": "LoRA", "summary": "hashes", "min_photos": 3}],
    "class_words": {"person": ["person"], "animal": ["dog", "cat"], "object": ["mug"], "style": ["style"]},
    "output_check": "off",
}


def work(desk: Desk) -> None:
    reached("load")
    time.sleep(LOAD_S)
    FACTS.update(READY)
    reached("ready")

    def begin(attempt: Attempt) -> Drive:
        return drive(RUNS[attempt.kind](attempt), telling(desk, attempt), lambda: desk.wish(attempt.key))

    loop = Loop(begin, lambda attempt: desk.wish(attempt.key) in {Wish.CANCEL, Wish.CHECKPOINT})
    while True:
        for attempt in desk.take():
            loop.add(attempt)
        if loop.has_work:
            loop.turn()
        else:
            desk.wait(1.0)


def telling(desk: Desk, attempt: Attempt) -> Callable[[Any], None]:
    tell = desk.teller(attempt.key)

    def told(event: Any) -> None:
        tell(event)
        if isinstance(event, Done):
            reached("told-image" if attempt.kind == "imagine" else "told-weights")

    return told


def main() -> None:
    process.die_with_parent()
    requests, replies = process.guarded_wire()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    desk = Desk()
    verbs = Verbs(desk, lambda: dict(FACTS), RUNS)
    print("INFO fake: awake", file=sys.stderr, flush=True)

    def talk() -> None:
        answer_all(verbs, requests, replies)
        os._exit(0)

    threading.Thread(target=talk, daemon=True).start()
    work(desk)


if __name__ == "__main__":
    main()
