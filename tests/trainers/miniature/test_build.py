"""Building: killed and started again, a training ends as if nothing had happened."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from trainers.miniature import WEIGHTS, build
from trainers.miniature.corpus import corpus
from trainers.miniature.export import committed, export
from trainers.miniature.reader_training import answers_loss, labels_of
from trainers.miniature.readers import OUTPUTS, QUESTIONS
from trainers.miniature.training import Average, learning_rate, train
from trainers.miniature.world import Picture, Subject


def steps_in(folder: Path, steps: int) -> Iterator[tuple[int, Average]]:
    torch.manual_seed(1)
    model = nn.Linear(4, 1)

    def loss_of(_step: int, generator: torch.Generator) -> Tensor:
        return model(torch.randn(8, 4, generator=generator)).square().mean()

    return train(model, loss_of, name="line", folder=folder, steps=steps, peak=1e-2, decay=0.9, seed=2)


def test_a_stopped_training_goes_on_bit_for_bit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trainers.miniature.training.SAVE_EVERY_S", -1.0)
    (tmp_path / "whole").mkdir()
    (tmp_path / "parts").mkdir()
    *_, (_, whole) = steps_in(tmp_path / "whole", 150)

    next(steps_in(tmp_path / "parts", 150))
    *_, (step, parts) = steps_in(tmp_path / "parts", 150)

    assert step == 150
    assert torch.equal(whole.model.weight, parts.model.weight)


def test_a_finished_training_is_not_repeated(tmp_path: Path) -> None:
    list(steps_in(tmp_path, 50))

    assert [step for step, _ in steps_in(tmp_path, 50)] == [50]


def test_the_learning_rate_warms_up_and_cools_down() -> None:
    assert learning_rate(0, 1000, 1.0) < learning_rate(99, 1000, 1.0) == 1.0
    assert learning_rate(999, 1000, 1.0) < 0.03


def test_drawings_whose_writing_was_cut_off_are_drawn_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trainers.miniature.corpus.CHUNK", 2)
    whole, said = corpus(tmp_path, 4)
    before = whole.copy()
    (tmp_path / "captions-4-1.json").unlink()
    with monkeypatch.context() as cut, pytest.raises(ZeroDivisionError):
        cut.setattr("numpy.save", lambda file, drawn: file.write(b"half") / 0)
        corpus(tmp_path, 4)

    assert sorted(path.name for path in tmp_path.iterdir()) == ["drawings-4-1.npy"]
    again, told = corpus(tmp_path, 4)
    assert (again == before).all()
    assert told == said


def test_an_unknown_stage_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        build.main(["build", "soup"])

    assert "no stage soup" in capsys.readouterr().err


def test_stages_run_in_the_order_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[str] = []
    monkeypatch.setattr(build, "STAGES", {name: lambda _plan, name=name: ran.append(name) for name in build.STAGES})

    build.main(["--folder", str(tmp_path), "export", "vae"])

    assert ran == ["export", "vae"]


def test_what_is_exported_does_not_say_where_it_was_made(tmp_path: Path) -> None:
    pipeline = committed(WEIGHTS)
    export(pipeline, tmp_path / "weights")
    told = "".join(path.read_text("utf-8") for path in (tmp_path / "weights").rglob("*.json"))

    assert str(WEIGHTS) not in told
    again = committed(tmp_path / "weights")
    assert again.vae.config.scaling_factor == pipeline.vae.config.scaling_factor
    assert again.tokenizer("a cat at the beach").input_ids == pipeline.tokenizer("a cat at the beach").input_ids


def test_a_question_that_a_picture_does_not_pose_costs_nothing() -> None:
    picture = Picture((Subject("cat", "red", "spots", "blue", "two"),), (None,), "snow")
    labels = torch.tensor([labels_of(picture)])
    outputs = torch.zeros(1, OUTPUTS, requires_grad=True)

    answers_loss(outputs, labels).backward()

    parts = outputs.grad.split([len(words) for words in QUESTIONS.values()], dim=1)
    posed = {question for question, part in zip(QUESTIONS, parts, strict=True) if part.abs().sum() > 0}
    assert posed == {q for q in QUESTIONS if q in ("scene", "count") or q.startswith("solo.")}
