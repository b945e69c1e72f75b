"""What is told stays until it is acknowledged; what is started twice is started once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from storage.errors import TintypeError
from trainers.attempt import Attempt, read_attempt, write_attempt
from trainers.desk import MAX_EVENTS, Desk
from trainers.events import Done, Failed, Step, Wish
from trainers.verbs import Verbs


def attempt_of(job: str, kind: str = "imagine", number: int = 1) -> Attempt:
    return Attempt(
        folder=Path("nowhere"),
        job=job,
        number=number,
        kind=kind,
        seed=0,
        base_model="",
        revision="",
        resume=None,
        order={},
    )


def step(done: int) -> Step:
    return Step(phase="train", done=done, total=9)


def test_events_are_kept_until_a_higher_number_is_asked_for() -> None:
    desk = Desk()
    tell = desk.teller(("a", 1))
    tell(step(1))
    tell(step(2))

    first, following = desk.since(0)
    again, _ = desk.since(0)
    rest, last = desk.since(following)

    assert [event["seq"] for event in first] == [0, 1]
    assert again == first
    assert (rest, last) == ([], 2)


def test_an_event_carries_its_job_its_attempt_and_its_type() -> None:
    desk = Desk()
    desk.tell(("a", 3), Failed(code="E_X", facts={"n": 1}))

    events, _ = desk.since(0)

    assert events == [{"seq": 0, "job": "a", "attempt": 3, "type": "failed", "code": "E_X", "facts": {"n": 1}}]
    json.dumps(events)


def test_the_same_attempt_twice_is_taken_once() -> None:
    desk = Desk()
    desk.put(attempt_of("a"))
    desk.put(attempt_of("a"))
    desk.put(attempt_of("a", number=2))

    assert [attempt.key for attempt in desk.take()] == [("a", 1), ("a", 2)]


def test_an_attempt_that_ended_is_not_started_again() -> None:
    desk = Desk()
    desk.put(attempt_of("a"))
    desk.take()
    desk.tell(("a", 1), Done(result={}, files=()))
    desk.put(attempt_of("a"))

    assert desk.take() == []
    assert desk.busy() == []


def test_so_many_attempts_are_remembered_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trainers.desk.MAX_ENDED", 3)
    desk = Desk()
    desk.put(attempt_of("long"))
    for job in "abcde":
        desk.put(attempt_of(job))
        desk.tell((job, 1), Done(result={}, files=()))
    desk.take()
    for job in ("long", *"abcde"):
        desk.put(attempt_of(job))

    assert [attempt.job for attempt in desk.take()] == ["a", "b"]


def test_a_second_training_is_refused_until_the_first_has_ended() -> None:
    desk = Desk()
    desk.put(attempt_of("a", "train"))
    desk.put(attempt_of("p", "imagine"))

    with pytest.raises(TintypeError, match="E_BUSY"):
        desk.put(attempt_of("b", "train"))
    desk.tell(("a", 1), Failed(code="E_X"))
    desk.put(attempt_of("b", "train"))

    assert desk.busy() == [{"job": "p", "attempt": 1}, {"job": "b", "attempt": 1}]


def test_to_cancel_overrides_other_wishes_and_is_not_overridden() -> None:
    desk = Desk()
    desk.put(attempt_of("a"))

    desk.want("a", 1, Wish.KEEP_BEST)
    desk.want("a", 1, Wish.CANCEL)
    desk.want("a", 1, Wish.CHECKPOINT)

    assert desk.wish(("a", 1)) is Wish.CANCEL


def test_a_wish_for_an_unknown_attempt_is_forgotten() -> None:
    desk = Desk()

    desk.want("a", 1, Wish.CANCEL)
    desk.put(attempt_of("a"))

    assert desk.wish(("a", 1)) is None


def test_a_bot_that_never_acknowledges_costs_steps_but_no_end() -> None:
    desk = Desk()
    desk.put(attempt_of("a"))
    for done in range(MAX_EVENTS):
        desk.tell(("a", 1), step(done))
    desk.tell(("a", 1), Done(result={}, files=()))

    events, following = desk.since(0)

    assert [event["type"] for event in events] == ["done"]
    assert following == MAX_EVENTS + 1


def verbs_of(desk: Desk) -> Verbs:
    return Verbs(desk, lambda: {"state": "ready"}, {"imagine", "train"})


def told(job: str, kind: str, **more: object) -> dict[str, object]:
    return {
        "job": job,
        "attempt": 1,
        "kind": kind,
        "seed": 7,
        "base_model": {"id": "miniature", "revision": "1"},
        **more,
    }


def test_start_reads_the_folder_and_is_idempotent(tmp_path: Path) -> None:
    desk = Desk()
    write_attempt(tmp_path, told("a", "imagine", imagine={"prompt": "a hat"}))
    request = {"id": 5, "verb": "start", "folder": str(tmp_path)}

    replies = [verbs_of(desk).answer(request) for _ in range(2)]

    assert replies == [{"id": 5, "ok": True}] * 2
    (attempt,) = desk.take()
    assert (attempt.job, attempt.seed, attempt.base_model) == ("a", 7, "miniature")
    assert attempt.get("prompt", str) == "a hat"


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        ({"id": 1, "verb": "dance"}, "E_VERB"),
        ({"id": 1}, "E_VERB"),
        ({"id": 1, "verb": "start"}, "E_ATTEMPT"),
        ({"id": 1, "verb": "start", "folder": "/nowhere/at/all"}, "E_ATTEMPT"),
        ({"id": 1, "verb": "cancel", "job": "a", "attempt": 1, "wish": "explode"}, "E_VERB"),
        ({"id": 1, "verb": "cancel", "job": ["a"], "attempt": 1, "wish": "cancel"}, "E_VERB"),
    ],
)
def test_a_request_that_makes_no_sense_is_refused_with_a_code(request_: dict[str, object], code: str) -> None:
    reply = verbs_of(Desk()).answer(request_)

    assert (reply["ok"], reply["code"], reply["id"]) == (False, code, 1)


def test_a_kind_nobody_runs_is_refused(tmp_path: Path) -> None:
    write_attempt(tmp_path, told("a", "dance"))

    reply = verbs_of(Desk()).answer({"id": 1, "verb": "start", "folder": str(tmp_path)})

    assert reply["code"] == "E_JOB_KIND"


def test_ping_tells_what_is_running() -> None:
    desk = Desk()
    desk.put(attempt_of("a"))

    assert verbs_of(desk).answer({"id": 2, "verb": "ping"}) == {
        "id": 2,
        "ok": True,
        "engine": {"state": "ready", "busy": [{"job": "a", "attempt": 1}]},
    }


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "", ".", "missing.png", None, 7])
def test_an_attempt_names_no_file_outside_its_folder(tmp_path: Path, name: object) -> None:
    attempt = write_attempt(tmp_path / "a", told("a", "train"))

    with pytest.raises(TintypeError, match="E_ATTEMPT"):
        attempt.file(name)


@pytest.mark.parametrize(
    "change",
    [
        {"protocol": 2},
        {"job": None},
        {"attempt": "one"},
        {"kind": 4},
        {"base_model": "miniature"},
        {"resume": "gone.zip"},
    ],
)
def test_a_folder_that_does_not_say_what_it_must_is_refused(tmp_path: Path, change: dict[str, object]) -> None:
    (tmp_path / "attempt.json").write_text(json.dumps({"protocol": 1, **told("a", "train"), **change}))

    with pytest.raises(TintypeError, match="E_ATTEMPT"):
        read_attempt(tmp_path)
