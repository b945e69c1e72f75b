"""The real engine process over the real wire: it answers while it loads and works, and goes on after a fault."""

from __future__ import annotations

import hashlib
import resource
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.trainers.engine.wired import WiredEngine, prompting, training
from trainers.drawing.mark import PNG_KEY, XMP

SMALL_FILE_BYTES = 300_000  # less than the weights of the miniature's LoRA
LITTLE_BYTES = 48 << 20  # room for prompts, not for a picture of two megapixels


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WiredEngine]:
    with WiredEngine(tmp_path_factory.mktemp("engine")) as engine:
        engine.ready()
        yield engine


@pytest.fixture(scope="module")
def whole(engine: WiredEngine, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The end of a training that nothing disturbed."""
    return engine.end(engine.start(training(tmp_path_factory.mktemp("training") / "whole")))


def file_of(event: dict[str, Any], role: str) -> dict[str, Any]:
    found: dict[str, Any] = next(file for file in event["files"] if file["role"] == role)
    return found


def left_over(folder: Path) -> list[str]:
    """Files of a training that are neither what it was given nor whole results."""
    return [path.name for path in folder.rglob("*") if path.suffix in {".tmp", ".safetensors"}]


def test_it_answers_at_once_while_it_loads_and_then_tells_what_it_can_do(tmp_path: Path) -> None:
    with WiredEngine(tmp_path) as engine:
        first, gaps = engine.ask("ping")["engine"], [0.0]
        while engine.ask("ping")["engine"]["state"] == "loading":
            began = time.monotonic()
            engine.ask("poll", seq=0)
            gaps.append(time.monotonic() - began)
        facts = engine.ready()

    assert (first["state"], first["methods"]) == ("loading", [])
    assert max(gaps) < 3.0
    assert facts["state"] == "ready"
    assert (facts["base_model"]["id"], facts["base_model"]["size_px"]) == ("miniature", 64)
    assert {"lora", "textual_inversion"} <= {method["name"] for method in facts["methods"]}
    assert 0 < facts["device"]["free_mib"] <= facts["device"]["total_mib"]
    assert facts["fits"]["train"]["is_enough"]
    assert facts["class_words"]["animal"]


def test_a_base_that_cannot_be_loaded_is_told_and_attempts_fail_with_it(tmp_path: Path) -> None:
    with WiredEngine(tmp_path, str(tmp_path)) as engine:
        facts = engine.ready()
        end = engine.end(engine.start(prompting(tmp_path / "p")))

    assert facts["state"] == "failed"
    assert facts["error"]["code"] == end["code"] == "E_BASE_LOAD"


def test_it_leaves_when_the_bot_has_closed_the_wire(tmp_path: Path) -> None:
    with WiredEngine(tmp_path) as engine:
        engine.ask("ping")
        assert engine.process.stdin is not None
        engine.process.stdin.close()

        assert engine.process.wait(timeout=30) == 0


@pytest.mark.slow
def test_a_killed_training_resumed_from_its_checkpoint_ends_with_the_same_bits(
    engine: WiredEngine, whole: dict[str, Any], tmp_path: Path
) -> None:
    with WiredEngine(tmp_path) as doomed:
        doomed.ready()
        saved = doomed.until(doomed.start(training(tmp_path / "cut")), "checkpoint")
        doomed.until("cut", "step")
        doomed.kill()
    checkpoint = tmp_path / "cut" / file_of(saved, "checkpoint")["path"]
    resumed = engine.end(engine.start(training(tmp_path / "resumed", checkpoint=checkpoint)))
    steps = [event["done"] for event in engine.events if event["job"] == "resumed" and event.get("phase") == "train"]

    assert steps[0] == saved["done"] + 1 > 1
    assert file_of(resumed, "weights")["sha256"] == file_of(whole, "weights")["sha256"]
    assert file_of(resumed, "sheet")["sha256"] == file_of(whole, "sheet")["sha256"]
    assert resumed["result"]["best_step"] == whole["result"]["best_step"]


def test_a_prompt_is_served_within_a_training_and_leaves_no_trace_in_it(
    engine: WiredEngine, whole: dict[str, Any], tmp_path: Path
) -> None:
    engine.start(training(tmp_path / "disturbed"))
    engine.until("disturbed", "step")
    drawn = engine.end(engine.start(prompting(tmp_path / "between")))
    is_training = {"job": "disturbed", "attempt": 1} in engine.ask("ping")["engine"]["busy"]
    refused = engine.ask("start", folder=str(training(tmp_path / "second")))
    disturbed = engine.end("disturbed")

    assert drawn["type"] == "done"
    assert is_training
    assert refused["code"] == "E_BUSY"
    assert file_of(disturbed, "weights")["sha256"] == file_of(whole, "weights")["sha256"]


def test_every_picture_is_announced_with_its_hash_and_carries_the_mark(engine: WiredEngine, tmp_path: Path) -> None:
    end = engine.end(engine.start(prompting(tmp_path / "marked", count=2)))

    assert [file["role"] for file in end["files"]] == ["image", "image", "sheet"]
    for file in end["files"]:
        path = tmp_path / "marked" / file["path"]
        assert hashlib.sha256(path.read_bytes()).hexdigest() == file["sha256"]
        with Image.open(path) as image:
            image.load()
            assert image.text[PNG_KEY] == XMP  # type: ignore[attr-defined]
            assert "beach" not in str(image.text)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("wish", "end_type"), [("cancel", "stopped"), ("checkpoint", "stopped"), ("keep_best", "done")]
)
def test_a_training_ends_between_two_steps_as_it_is_wished(
    engine: WiredEngine, tmp_path: Path, wish: str, end_type: str
) -> None:
    folder = training(tmp_path / f"wished-{wish}", steps=2000, points=2, checkpoint_every_s=3600)
    job = engine.start(folder)
    while engine.until(job, "step")["phase"] != "train":
        continue
    engine.ask("cancel", job=job, attempt=1, wish=wish)
    end = engine.end(job)

    assert end["type"] == end_type
    assert any(e["type"] == "checkpoint" for e in engine.events if e["job"] == job) is (wish == "checkpoint")
    if wish == "keep_best":
        assert 0 < end["result"]["steps"] == end["result"]["best_step"] < 2000
        assert (folder / file_of(end, "weights")["path"]).is_file()


def test_a_full_disk_fails_the_training_with_its_code_and_leaves_nothing_half_written(
    engine: WiredEngine, tmp_path: Path
) -> None:
    with engine.limited(resource.RLIMIT_FSIZE, SMALL_FILE_BYTES):
        end = engine.end(engine.start(training(tmp_path / "full", steps=4, points=1, checkpoint_every_s=3600)))

    assert (end["type"], end["code"]) == ("failed", "E_DISK_FULL")
    assert left_over(tmp_path / "full") == []
    assert engine.end(engine.start(prompting(tmp_path / "freed")))["type"] == "done"


def test_an_engine_out_of_memory_says_so_and_goes_on(engine: WiredEngine, tmp_path: Path) -> None:
    folder = tmp_path / "huge"
    folder.mkdir()
    Image.new("RGB", (1024, 1024), "teal").save(folder / "parent.png")
    prompting(folder, relation={"kind": "enlarge", "parent": "parent.png"})
    engine.end(engine.start(prompting(tmp_path / "before")))
    with engine.limited(resource.RLIMIT_AS, engine.address_bytes + LITTLE_BYTES):
        end = engine.end(engine.start(folder))

    assert (end["type"], end["code"]) == ("failed", "E_NO_MEMORY")
    assert end["facts"]["device"] == "cpu"
    assert engine.end(engine.start(prompting(tmp_path / "after")))["type"] == "done"
