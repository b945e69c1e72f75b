"""When memory ends a training goes on with less, says so, and leaves the base as it was."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from storage.errors import NotEnoughMemory
from tests.trainers.bases import Fingerprints
from trainers import learner as learners
from trainers.conditioning import Frame, Said, predicted
from trainers.dataset import bucket_of
from trainers.imagine import Drawing, finished, imagine
from trainers.memory import Memory
from trainers.method import Lesson, Method, Progress, method_named, settings_for
from trainers.pipeline import Base
from trainers.thrift import (
    BATCH,
    CHECKPOINTING,
    SIZE,
    Concession,
    Thrift,
    at_hand,
    checkpointed,
    lowered,
    put_away,
    warnings_of,
)

Lessons = Callable[..., Lesson]
STEPS = 8
PICTURE = 8 * 16 * 16  # numbers of one picture's latents at full size
SMALLER = 8 * 12 * 12


class Scarce:
    """Memory for so many numbers of latents in a step, from one step on; with checkpointing, for four times as many."""

    def __init__(self, limits: Sequence[tuple[int, int]]) -> None:
        self.limits = dict(limits)  # call -> room from then on
        self.room, self.calls = 10**9, 0
        self.asked: list[tuple[int, ...]] = []

    def predicted(self, base: Base, noisy: Tensor, timesteps: Tensor, said: Said, frames: Sequence[Frame]) -> Tensor:
        self.calls += 1
        self.room = self.limits.get(self.calls, self.room)
        self.asked.append(tuple(noisy.shape))
        if noisy.numel() > self.room * (4 if base.unet.is_gradient_checkpointing else 1):
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 MiB")
        return predicted(base, noisy, timesteps, said, frames)


@pytest.fixture
def scarce(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Scarce]:
    def made(*limits: tuple[int, int]) -> Scarce:
        memory = Scarce(limits)
        monkeypatch.setattr(learners, "predicted", memory.predicted)
        return memory

    return made


@pytest.fixture
def lora() -> Method:
    return method_named("lora")


def steps_of(base: Base, lesson: Lesson, method: Method, batch_size: int = 4) -> Iterator[Progress]:
    chosen = {"min_steps": STEPS, "max_steps": STEPS, "points": 1, "batch_size": batch_size, "rank": 2}
    return method.train(base, lesson, settings_for(method, base, chosen))


def trained(base: Base, lesson: Lesson, method: Method, batch_size: int = 4) -> list[Progress]:
    return [step for step in steps_of(base, lesson, method, batch_size) if step.phase == "train"]


def test_things_are_given_up_in_their_order() -> None:
    thrift, told = Thrift(batch_size=5), []
    while (less := lowered(thrift)) is not None:
        told.append((less.batch_size, less.side, less.is_checkpointing))
        thrift = less

    assert told == [(2, 1.0, False), (1, 1.0, False), (1, 0.75, False), (1, 0.5, False), (1, 0.5, True)]


def test_a_step_in_which_something_is_drawn_by_lot_is_not_computed_twice() -> None:
    assert lowered(Thrift(batch_size=1, side=0.5), repeats=False) is None


def test_half_the_batch_is_tried_first_and_the_step_is_taken_again(
    base: Base, a_lesson: Lessons, lora: Method, scarce: Callable[..., Scarce]
) -> None:
    before, memory = Fingerprints.of(base), scarce((3, 2 * PICTURE))
    steps = trained(base, a_lesson(), lora)

    assert [step.done for step in steps] == list(range(1, STEPS + 1))
    assert [shape[0] for shape in memory.asked] == [4, 4, 4, *[2] * (STEPS - 2)]
    assert [len(step.conceded) for step in steps[:4]] == [0, 0, 1, 1]
    assert steps[-1].conceded == (Concession(BATCH, 3, 4, 2),)
    assert Fingerprints.of(base) == before


def test_then_pictures_are_smaller_and_at_last_activations_are_computed_twice(
    base: Base, a_lesson: Lessons, lora: Method, scarce: Callable[..., Scarce]
) -> None:
    before, memory = Fingerprints.of(base), scarce((2, SMALLER), (5, 8 * 8 * 8 - 1))
    steps = trained(base, a_lesson(), lora, batch_size=2)

    assert [shape[2:] for shape in memory.asked] == [
        (16, 16), (16, 16), (16, 16), (12, 12), (12, 12), (8, 8), *[(8, 8)] * (STEPS - 2),
    ]  # fmt: skip
    assert [(one.code, one.step) for one in steps[-1].conceded] == [
        (BATCH, 2), (SIZE, 2), (SIZE, 3), (CHECKPOINTING, 3),
    ]  # fmt: skip
    assert not base.unet.is_gradient_checkpointing
    assert Fingerprints.of(base) == before


def test_when_nothing_is_left_it_fails_with_what_is_free(
    base: Base, a_lesson: Lessons, lora: Method, scarce: Callable[..., Scarce]
) -> None:
    before = Fingerprints.of(base)
    scarce((2, 1))
    with pytest.raises(NotEnoughMemory, match=r"E_NO_MEMORY.*free_mib="):
        trained(base, a_lesson(), lora)

    assert not base.unet.is_gradient_checkpointing
    assert Fingerprints.of(base) == before


@pytest.mark.parametrize("stop", [2, 4])
def test_a_kill_between_two_concessions_shows_in_nothing(
    base: Base, a_lesson: Lessons, lora: Method, scarce: Callable[..., Scarce], tmp_path: Path, stop: int
) -> None:
    limits = {3: 2 * PICTURE, 6: SMALLER}  # by the call in the whole training: two of them fail
    whole = tmp_path / "whole"
    scarce(*limits.items())
    for step in steps_of(base, a_lesson(), lora):
        last = step
    last.save_weights(whole)
    memory = scarce(*limits.items())
    with closing(steps_of(base, a_lesson(), lora)) as steps:
        for step in steps:
            if step.done == stop and step.phase == "train":
                step.save_checkpoint(tmp_path / "checkpoint")
                break
    done, room = memory.calls, memory.room
    later = scarce(*((call - done, limit) for call, limit in limits.items() if call > done))
    later.room = room
    *_, step = steps_of(base, a_lesson(resume_from=tmp_path / "checkpoint"), lora)
    step.save_weights(tmp_path / "rest")

    assert (tmp_path / "rest").read_bytes() == whole.read_bytes()
    assert step.conceded == last.conceded
    assert [one.code for one in last.conceded] == [BATCH, BATCH, SIZE]


def test_memory_that_ends_while_numbers_change_takes_back_the_last_sound_moment(
    base: Base, a_lesson: Lessons, lora: Method, monkeypatch: pytest.MonkeyPatch
) -> None:
    step, calls = torch.optim.AdamW.step, []

    def half(optimizer: torch.optim.AdamW, *args: object) -> None:
        calls.append(1)
        if len(calls) == 4:
            optimizer.param_groups[0]["params"][0].data.fill_(1e6)
            raise torch.OutOfMemoryError
        step(optimizer)

    monkeypatch.setattr(torch.optim.AdamW, "step", half)
    steps = trained(base, a_lesson(), lora)

    assert [one.done for one in steps] == [1, 2, 3, *range(1, STEPS + 1)]
    assert steps[-1].conceded == (Concession(BATCH, 1, 4, 2),)
    assert all(one.loss is not None and one.loss < 100 for one in steps)


def test_photos_that_cannot_be_encoded_are_encoded_smaller(
    base: Base, a_lesson: Lessons, lora: Method, monkeypatch: pytest.MonkeyPatch
) -> None:
    encode = base.vae.encode

    def scarcely(pixels: Tensor) -> object:
        if pixels.shape[-1] > 48:
            raise torch.OutOfMemoryError
        return encode(pixels)

    monkeypatch.setattr(base.vae, "encode", scarcely)
    steps = trained(base, a_lesson(), lora)

    assert steps[-1].conceded == (Concession(SIZE, 1, 1.0, 0.75),)


def test_another_error_is_no_lack_of_memory(
    base: Base, a_lesson: Lessons, lora: Method, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: object) -> Tensor:
        raise RuntimeError("shapes do not match")

    monkeypatch.setattr(learners, "predicted", broken)
    with pytest.raises(RuntimeError, match="shapes"):
        trained(base, a_lesson(), lora)


def test_activations_that_are_computed_twice_give_the_same_gradients(
    base: Base, a_lesson: Lessons, lora: Method
) -> None:
    weight = base.unet.get_submodule("down_blocks.0.attentions.0.proj_in").weight
    latents = torch.randn(2, 8, 16, 16, generator=torch.Generator().manual_seed(1))
    said, found = Said(torch.ones(2, 4, base.unet.config.cross_attention_dim)), []
    for is_on in (False, True):
        weight.requires_grad_(True)
        with checkpointed(base.unet, is_on):
            assert base.unet.is_gradient_checkpointing is is_on
            predicted(base, latents, torch.tensor([3, 700]), said, []).square().mean().backward()
        found.append(weight.grad.clone())
        weight.grad = None
        weight.requires_grad_(False)

    assert not base.unet.is_gradient_checkpointing
    assert torch.allclose(found[0], found[1], rtol=1e-5, atol=1e-7)
    assert found[0].abs().max() > 0


def test_a_member_reads_the_first_and_the_last_of_each_kind() -> None:
    conceded = [
        Concession(BATCH, 7, 4, 2),
        Concession(BATCH, 9, 2, 1),
        Concession(SIZE, 9, 1, 0.75),
        Concession(CHECKPOINTING, 12),
    ]

    assert warnings_of(conceded, 512) == [
        {"code": BATCH, "step": 7, "was": 4, "now": 1},
        {"code": SIZE, "step": 9, "was": 512, "now": 384},
        {"code": CHECKPOINTING, "step": 12},
    ]


@pytest.mark.parametrize(("share", "side"), [(1.0, 64), (0.75, 48), (0.5, 32)])
def test_a_smaller_bucket_has_the_same_shape(base: Base, share: float, side: int) -> None:
    assert bucket_of(100, 100, base.family, share) == (side, side)


def test_parts_that_are_put_away_come_back_when_they_are_needed() -> None:
    part, other = nn.Linear(2, 2), torch.device("meta")
    put_away(part, to=other)

    assert next(part.parameters()).device == other
    at_hand(fresh := nn.Linear(2, 2), device=torch.device("cpu"))
    assert next(fresh.parameters()).device.type == "cpu"


def pictures(base: Base, seeds: Sequence[int]) -> list[bytes]:
    return [one.tobytes() for one in finished(imagine(base, Drawing(prompt="a cat", seeds=seeds, steps=3)))]


def test_pictures_for_which_there_is_no_memory_together_are_drawn_one_after_another(
    base: Base, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, asked = pictures(base, (3, 4, 5)), []

    def scarcely(base: Base, noisy: Tensor, *rest: object) -> Tensor:
        asked.append(len(noisy))
        if len(noisy) > 2:
            raise torch.OutOfMemoryError
        return predicted(base, noisy, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr("trainers.imagine.predicted", scarcely)
    steps = list(imagine(base, Drawing(prompt="a cat", seeds=(3, 4, 5), steps=3)))

    assert asked == [6, *[2] * 9]
    assert [(step.done, step.total) for step in steps] == [(n, 9) for n in range(1, 10)]
    for singly, together in zip(pictures(base, (3, 4, 5)), whole, strict=True):
        assert abs(np.int16(list(singly)) - np.int16(list(together))).max() <= 1


def test_one_picture_for_which_there_is_no_memory_is_given_up(base: Base, monkeypatch: pytest.MonkeyPatch) -> None:
    def scarcely(*args: object) -> Tensor:
        raise torch.OutOfMemoryError

    monkeypatch.setattr("trainers.imagine.predicted", scarcely)
    with pytest.raises(torch.OutOfMemoryError):
        pictures(base, (3, 4))


def test_what_there_is_memory_for_is_chosen_before_the_first_step_and_said(
    base: Base, a_lesson: Lessons, lora: Method, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("trainers.learning.memory_of", lambda device: Memory(total_mib=100, free_mib=90))
    steps = trained(base, a_lesson(), lora)

    assert steps[0].conceded == (Concession(CHECKPOINTING, 0),)
    assert "of 90 MiB, computed; so: activations are computed twice, a third more time (−48 MiB)" in caplog.text


def test_a_checkpoint_goes_on_as_it_was_chosen_then(
    base: Base, a_lesson: Lessons, lora: Method, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with closing(steps_of(base, a_lesson(), lora)) as steps:
        next(step for step in steps if step.phase == "train").save_checkpoint(tmp_path / "checkpoint")
    monkeypatch.setattr("trainers.learning.memory_of", lambda device: Memory(total_mib=100, free_mib=90))
    *_, last = steps_of(base, a_lesson(resume_from=tmp_path / "checkpoint"), lora)

    assert last.conceded == ()
