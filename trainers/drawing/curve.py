"""The progress curve: the smoothed loss, and the likeness at each sample point; numbers and signs, no words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image

from trainers.drawing.ink import ACCENT, FAINT, SECOND, TEXT, Colour, Pen, font, sheet_of

SMOOTHING = 0.95  # of the running mean: single losses jump with their timestep and say little
MARGIN_PX = 40
NUMBER_PX = 13
SIGN_PX = 24  # a piece of the line, before the number that it stands for
MOST_POINTS = 400  # more than a curve this wide can show


@dataclass(frozen=True, slots=True)
class Marks:
    """What a curve shows; x runs from 0 to `total` steps."""

    total: int
    losses: Sequence[tuple[int, float]]  #: (step, loss)
    scores: Sequence[tuple[int, float]]  #: (step, likeness from 0 to 1) at sample points
    best: int | None = None  #: the step of the best sample point


def smoothed(losses: Sequence[tuple[int, float]], smoothing: float = SMOOTHING) -> list[tuple[int, float]]:
    """The running mean, corrected for its start, thinned to what a curve can show."""
    mean, weight = 0.0, 0.0
    line = []
    for step, loss in losses:
        mean = smoothing * mean + (1 - smoothing) * loss
        weight = smoothing * weight + (1 - smoothing)
        line.append((step, mean / weight))
    stride = max(1, len(line) // MOST_POINTS)
    return line[::stride] + ([line[-1]] if line and (len(line) - 1) % stride else [])


class _Frame:
    """Maps steps and values to pixels of a box."""

    def __init__(self, box: tuple[int, int, int, int], total: int) -> None:
        self.left, self.top, self.right, self.bottom = box
        self._total = max(total, 1)

    def at(self, step: int, share: float) -> tuple[float, float]:
        x = self.left + (self.right - self.left) * min(step / self._total, 1.0)
        return x, self.bottom - (self.bottom - self.top) * min(max(share, 0.0), 1.0)


def draw_curve(pen: Pen, box: tuple[int, int, int, int], marks: Marks) -> None:
    """Draw the curve into a box (left, top, right, bottom) of a sheet."""
    left, top, right, bottom = box
    frame = _Frame((left + MARGIN_PX, top + 24, right - MARGIN_PX, bottom - 24), marks.total)
    pen.line((frame.left, frame.bottom, frame.right, frame.bottom), fill=FAINT)
    pen.line((frame.left, frame.top, frame.left, frame.bottom), fill=FAINT)
    pen.text((frame.left, bottom - 20), "0", fill=FAINT, font=font(12))
    pen.text((frame.right, bottom - 20), f"{marks.total}", fill=FAINT, font=font(12), anchor="ra")
    _draw_loss(pen, frame, marks)
    _draw_scores(pen, frame, marks)


def _draw_loss(pen: Pen, frame: _Frame, marks: Marks) -> None:
    line = smoothed(marks.losses)
    if len(line) < 2:
        return
    low, high = min(loss for _, loss in line), max(loss for _, loss in line)
    spread = (high - low) or 1.0
    pen.line([frame.at(step, 0.05 + 0.9 * (loss - low) / spread) for step, loss in line], fill=SECOND, width=2)
    _draw_number(pen, (frame.left, frame.top - 20), f"{line[-1][1]:.3f}", SECOND)


def _draw_scores(pen: Pen, frame: _Frame, marks: Marks) -> None:
    if not marks.scores:
        return
    points = [frame.at(step, score) for step, score in marks.scores]
    if len(points) > 1:
        pen.line(points, fill=ACCENT, width=2)
    for (step, _), at in zip(marks.scores, points, strict=True):
        is_best = step == marks.best
        _draw_dot(pen, at, 7 if is_best else 4, TEXT if is_best else None)
    number = f"{marks.scores[-1][1]:.0%}"
    left, top = frame.right - SIGN_PX - 6 - font(NUMBER_PX).getlength(number), frame.top - 20
    _draw_number(pen, (left, top), number, ACCENT)
    _draw_dot(pen, (left + SIGN_PX / 2, top + NUMBER_PX / 2 + 1), 4)


def _draw_number(pen: Pen, at: tuple[float, float], number: str, colour: Colour) -> None:
    """A number after a piece of the line that it belongs to, so that they are told apart without their colours, too."""
    left, top = at
    middle = top + NUMBER_PX / 2 + 1
    pen.line((left, middle, left + SIGN_PX, middle), fill=colour, width=2)
    pen.text((left + SIGN_PX + 6, top), number, fill=colour, font=font(NUMBER_PX))


def _draw_dot(pen: Pen, at: tuple[float, float], reach: int, outline: Colour | None = None) -> None:
    x, y = at
    pen.ellipse((x - reach, y - reach, x + reach, y + reach), fill=ACCENT, outline=outline)


def curve(marks: Marks, width_px: int = 640, height_px: int = 280) -> Image.Image:
    """The curve on a sheet of its own."""
    paper, pen = sheet_of(width_px, height_px)
    draw_curve(pen, (0, 0, width_px, height_px), marks)
    return paper
