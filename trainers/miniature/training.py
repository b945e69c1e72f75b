"""What the three trainings of the miniature share: a loop that can be killed, an average of weights, a clock."""

from __future__ import annotations

import copy
import math
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import torch
from torch import Tensor, nn

SAVE_EVERY_S = 60.0  # what a kill costs at most


class Average:
    """Exponential moving average of a model's weights, warmed up so that early steps are forgotten."""

    def __init__(self, model: nn.Module, decay: float) -> None:
        self.model = copy.deepcopy(model).eval().requires_grad_(False)
        self.decay = decay

    @torch.no_grad()
    def update(self, model: nn.Module, step: int) -> None:
        """Take one step towards the model."""
        decay = min(self.decay, (1 + step) / (10 + step))
        kept: list[Tensor] = list(self.model.parameters())
        torch._foreach_lerp_(kept, [p.detach() for p in model.parameters()], 1 - decay)


def learning_rate(step: int, steps: int, peak: float, warmup: int = 100) -> float:
    """Linear warm-up, then a cosine to 2 % of the peak."""
    if step < warmup:
        return peak * (step + 1) / warmup
    share = min(1.0, (step - warmup) / max(1, steps - warmup))
    return peak * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * share)))


def train(
    models: nn.Module,
    loss_of: Callable[[int, torch.Generator], Tensor],
    *,
    name: str,
    folder: Path,
    steps: int,
    peak: float,
    decay: float,
    seed: int,
) -> Iterator[tuple[int, Average]]:
    """Train to `steps`, from the last checkpoint in folder if there is one.

    Yields (step, average) every 50 steps and at the end, so that the caller may look or stop.
    """
    optimizer = torch.optim.AdamW(models.parameters(), lr=peak, betas=(0.9, 0.99), weight_decay=1e-2, foreach=True)
    average, generator, first = Average(models, decay), torch.Generator().manual_seed(seed), 0
    path = folder / f"{name}.ckpt"
    if path.exists():
        first = _restore(path, models, average, optimizer, generator)
    saved, began, losses = time.monotonic(), time.monotonic(), []
    for step in range(first, steps):
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(step, steps, peak)
        optimizer.zero_grad(set_to_none=True)
        loss = loss_of(step, generator)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(models.parameters(), 1.0)
        optimizer.step()
        average.update(models, step)
        losses.append(float(loss.detach()))
        done = step + 1
        if done % 50 == 0 or done == steps:
            rate = (time.monotonic() - began) / (done - first)
            sys.stderr.write(f"{name} {done}/{steps} loss {sum(losses) / len(losses):.4f} {rate:.3f} s/step\n")
            losses.clear()
            if time.monotonic() - saved > SAVE_EVERY_S or done == steps:
                _save(path, done, models, average, optimizer, generator)
                saved = time.monotonic()
            yield done, average
    if first >= steps:
        yield first, average


def _save(
    path: Path,
    step: int,
    models: nn.Module,
    average: Average,
    optimizer: torch.optim.Optimizer,
    generator: torch.Generator,
) -> None:
    state = {
        "step": step,
        "models": models.state_dict(),
        "average": average.model.state_dict(),
        "optimizer": optimizer.state_dict(),
        "generator": generator.get_state(),
    }
    beside = path.with_suffix(".tmp")
    torch.save(state, beside)
    beside.replace(path)


def _restore(
    path: Path, models: nn.Module, average: Average, optimizer: torch.optim.Optimizer, generator: torch.Generator
) -> int:
    state = torch.load(path, weights_only=True)
    models.load_state_dict(state["models"])
    average.model.load_state_dict(state["average"])
    optimizer.load_state_dict(state["optimizer"])
    generator.set_state(state["generator"])
    return int(state["step"])
