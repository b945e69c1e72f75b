"""One training's state: parameters, optimizer, average, random numbers, and the last moment that was sound."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from storage.errors import TintypeError
from trainers.checkpoint import State
from trainers.conditioning import Frame, Said, predicted
from trainers.dataset import Example, batch_of, masks_of
from trainers.faults import no_memory, release_memory
from trainers.loss import mask_weights, weighed_mse
from trainers.method import Lesson
from trainers.optimizers import ADAMW_8BIT, Group, Stepper
from trainers.pipeline import Base
from trainers.thrift import (
    SIDES,
    Thrift,
    as_told,
    between,
    checkpointed,
    concessions_of,
    host_copy,
    lowered,
    put_away,
    thrift_of,
)

if TYPE_CHECKING:
    from trainers.learning import Plan, Pupil

log = logging.getLogger(__name__)

EMA_DECAY = 0.99  # SimpleTuner's and ai-toolkit's default for a few hundred steps
SOUND_STEPS = 25  # how often a moment is kept to go back to
MAX_ROLLBACKS = 2
SOUND = 2.0  # a mean loss above so many times its lowest is no moment to go back to
RUNAWAY = 5.0  # a mean loss so many times the lowest it has had does not come back by itself
LOSS_DECAY = 0.98  # of the mean: single losses jump with their timestep
SETTLED_STEPS = 50  # before, the mean is still one of few
CLIP_NORM = 1.0
WARMUP_STEPS = 20


def rate_at(step: int, plan: Plan) -> float:
    """A short warm-up, then a cosine down to a tenth."""
    warm = min(1.0, (step + 1) / WARMUP_STEPS)
    share = step / max(1, plan.steps - 1)
    return plan.learning_rate * warm * (0.1 + 0.9 * 0.5 * (1 + math.cos(math.pi * share)))


@dataclass(frozen=True, slots=True)
class Sound:
    """A moment to go back to: the average, which is sounder than any single step, while the loss was low."""

    step: int
    mean_loss: float
    lowest_mean: float
    average: list[Tensor]


@dataclass(frozen=True, slots=True)
class Batch:
    """One step's question."""

    noisy_latents: Tensor  #: (B, C, H, W) in the base's numbers
    timesteps: Tensor  #: (B,)
    target: Tensor  #: (B, C, H, W) float32
    weights: Tensor  #: (B,)
    captions: Sequence[str]
    frames: Sequence[Frame]
    pixels: Tensor | None = None  #: (B, 1, H, W), how much each counts; None: all alike


class Learner:
    """Takes one step after another; everything that decides the next ones can be kept and put back."""

    def __init__(self, base: Base, lesson: Lesson, plan: Plan, pupil: Pupil, thrift: Thrift | None = None) -> None:
        self.base, self.plan, self.pupil, self.seed = base, plan, pupil, lesson.seed
        self.thrift = thrift or Thrift(batch_size=plan.batch_size)
        self.conceded = between(Thrift(batch_size=plan.batch_size), self.thrift, 0)
        self.names = list(pupil.parameters)
        self.values = list(pupil.parameters.values())
        self.optimizer = Stepper(self._optimizer_name(), self._groups(), plan.learning_rate, plan.weight_decay)
        self.average = [value.detach().clone() for value in self.values]
        self.class_examples: Sequence[Example] = ()  # of the prior, where it holds on to pictures
        self.generator = torch.Generator().manual_seed(lesson.seed)
        self._before, self._is_between = self.generator.get_state(), True
        self.step, self.rollbacks = 0, 0
        self.mean_loss, self.lowest_mean = 0.0, math.inf
        self.sound = self._now([value.clone() for value in self.average])
        self.diffusion = base.diffusion

    def _optimizer_name(self) -> str:
        return ADAMW_8BIT if self.thrift.is_8bit else self.plan.optimizer

    def _groups(self) -> list[Group]:
        """The parameters in their order, those together that learn at one pace."""
        paced = groupby(self.pupil.parameters.items(), lambda found: self.pupil.paces.get(found[0], 1.0))
        return [Group(pace=pace, values=dict(found)) for pace, found in paced]

    # --- one step ------------------------------------------------------------------------------------------------

    def learn(self, found: Sequence[Example]) -> float:
        """One optimizer step; the loss, NaN when it was not taken.

        When memory ends in it, `concede` makes the state whole again.
        """
        self._before = self.generator.get_state()
        if self.thrift.offloads:
            put_away(*self._idle_parts())
        for group in self.optimizer.param_groups:
            group["lr"] = group["pace"] * rate_at(self.step, self.plan) / 3**self.rollbacks
        self.pupil.before_step(self.step / self.plan.steps)
        self.optimizer.zero_grad()
        batch = self._batch(found)
        kept = self._of_class(batch)
        with self.pupil.attached(), checkpointed(self.base.denoiser, self.thrift.is_checkpointing):
            measured = self._loss(batch, kept)
            measured.backward()  # type: ignore[no-untyped-call]
        clipped = nn.utils.clip_grad_norm_(self.values, CLIP_NORM)
        loss, norm = map(float, torch.stack([measured.detach(), clipped]).tolist())  # both in the one wait for a card
        if not (math.isfinite(loss) and math.isfinite(norm)):
            return math.nan
        self._is_between = False
        self.optimizer.step()
        self.pupil.after_step()
        self._average()
        self._is_between = True
        self._watch(loss)
        self.step += 1
        return loss

    def _batch(self, found: Sequence[Example]) -> Batch:
        chosen = batch_of(found, self.thrift.batch_size, self.generator)
        latents = torch.stack([found[index].sample(self.generator) for index in chosen])
        noise = torch.randn(latents.shape, generator=self.generator)
        timesteps = self.diffusion.timesteps(len(chosen), self.generator)
        noisy_latents = self.diffusion.noisy(latents, noise, timesteps)
        target = self.diffusion.target(latents, noise, timesteps)
        weights = self.diffusion.weights(timesteps)
        masks = masks_of([found[index] for index in chosen])
        device = self.base.device
        return Batch(
            noisy_latents.to(device, self.base.dtype, memory_format=torch.channels_last),
            timesteps.to(device),
            target.to(device),
            weights.to(device),
            [found[index].caption for index in chosen],
            [found[index].frame for index in chosen],
            None if masks is None else mask_weights(masks).to(device),
        )

    def _loss(self, batch: Batch, kept: Batch | None) -> Tensor:
        with self.base.autocast():
            model_pred = self._led(batch)
            loss = weighed_mse(model_pred, batch.target, batch.weights, batch.pixels)
            if kept is None or self.pupil.prior is None:
                return loss
            drifted = weighed_mse(self._predicted(kept, self.pupil.prior.said), kept.target, kept.weights)
            return loss + self.pupil.prior.weight * drifted

    def _led(self, batch: Batch) -> Tensor:
        """What the denoiser says of the captions, led away from what is refused, if anything is."""
        model_pred, refused = self._predicted(batch, self.pupil.said), self.pupil.refused
        if refused is None:
            return model_pred
        away = self._predicted(batch, refused.said)
        return away + refused.guidance_scale * (model_pred - away)

    @torch.no_grad()
    def _of_class(self, batch: Batch) -> Batch | None:
        """What the class word must go on to mean: its pictures, or what the untouched base says of the same noise.

        Where memory leaves room for smaller pictures alone, those of the class word are too large as well.
        """
        if self.pupil.prior is None:
            return None
        if self.class_examples and self.thrift.side == SIDES[0]:
            return self._batch(self.class_examples)
        with self.base.autocast():
            return replace(batch, target=self._predicted(batch, self.pupil.prior.said))

    def _predicted(self, batch: Batch, said: Callable[[Sequence[str]], Said]) -> Tensor:
        return predicted(self.base, batch.noisy_latents, batch.timesteps, said(batch.captions), batch.frames)

    @torch.no_grad()
    def _average(self) -> None:
        decay = min(EMA_DECAY, (1 + self.step) / (10 + self.step))
        torch._foreach_lerp_(self.average, [value.detach() for value in self.values], 1 - decay)

    # --- when numbers explode ------------------------------------------------------------------------------------

    def _watch(self, loss: float) -> None:
        decay = min(LOSS_DECAY, self.step / (self.step + 1))
        self.mean_loss = decay * self.mean_loss + (1 - decay) * loss
        if self.step >= SETTLED_STEPS:
            self.lowest_mean = min(self.lowest_mean, self.mean_loss)

    @property
    def is_sound(self) -> bool:
        """Whether the loss is about as low as it has been."""
        return self.mean_loss <= SOUND * self.lowest_mean

    @property
    def is_running_away(self) -> bool:
        """Whether the loss rises far above what it was, though every number is still one."""
        return self.mean_loss > RUNAWAY * self.lowest_mean

    def keep_sound(self) -> None:
        """Now and then, keep this moment to go back to; never one in which the loss is already rising."""
        if self.step % SOUND_STEPS == 0 and self.is_sound:
            torch._foreach_copy_(self.sound.average, self.average)
            self.sound = self._now(self.sound.average)

    def _now(self, average: list[Tensor]) -> Sound:
        return Sound(self.step, self.mean_loss, self.lowest_mean, average)

    @torch.no_grad()
    def roll_back(self) -> None:
        """Go on from the last sound moment at a lower rate, without the optimizer's memory of what went wrong.

        Raises: TintypeError E_DIVERGED after two times.
        """
        if self.rollbacks == MAX_ROLLBACKS:
            raise TintypeError("E_DIVERGED", step=self.step)
        self.rollbacks += 1
        self._go_back()
        self.generator.manual_seed(self.seed + self.rollbacks)  # other noise than that which broke it

    def _go_back(self) -> None:
        sound = self.sound
        for value, average, kept in zip(self.values, self.average, sound.average, strict=True):
            value.copy_(kept)
            average.copy_(kept)
        self.optimizer.forget()
        self.step, self.mean_loss, self.lowest_mean = sound.step, sound.mean_loss, sound.lowest_mean

    # --- when memory ends ----------------------------------------------------------------------------------------

    @torch.no_grad()
    def concede(self) -> None:
        """After memory ended in a step: go on with less, as if that step had never been begun.

        One that ended while numbers were changed is half taken, so the last sound moment comes back.
        Raises: TintypeError E_NO_MEMORY when there is nothing left to give up.
        """
        less = lowered(self.thrift, repeats=self.pupil.repeats)
        if less is None:
            raise no_memory()
        self.optimizer.zero_grad()
        self.generator.set_state(self._before)
        if not self._is_between:
            self._go_back()
            self._is_between = True
        self.adopt(less)

    def adopt(self, thrift: Thrift) -> None:
        """Go on so from the next step on, and note what was given up."""
        given_up = between(self.thrift, thrift, self.step + 1)
        for one in given_up:
            log.warning("memory ended at step %d: %s, %g instead of %g", one.step, one.code, one.now, one.was)
        self.thrift, self.conceded = thrift, [*self.conceded, *given_up]
        release_memory()

    def _idle_parts(self) -> list[nn.Module]:
        """What no step needs."""
        hears_anew = self.pupil.hears_anew
        return [self.base.vae, *([] if hears_anew else [encoder.model for encoder in self.base.encoders])]

    # --- state ---------------------------------------------------------------------------------------------------

    def state(self) -> State:
        """Everything that decides the steps to come, copied to the processor."""
        tensors = {"generator": self.generator.get_state()}
        for part, found in (("value", self.values), ("average", self.average), ("sound", self.sound.average)):
            tensors |= {f"{part}.{name}": host_copy(value) for name, value in zip(self.names, found, strict=True)}
        tensors |= self.optimizer.tensors()
        told = {name: getattr(self, name) for name in ("step", "rollbacks", "mean_loss", "lowest_mean")}
        told |= {"sound": [self.sound.step, self.sound.mean_loss, self.sound.lowest_mean]}
        return State(tensors, told | {"optimizer": self.optimizer.told()} | as_told(self.thrift, self.conceded))

    @torch.no_grad()
    def restore(self, state: State) -> None:
        """Be what the state says.

        Raises: TintypeError E_CHECKPOINT when it is another training's.
        """
        for own, part in ((self.values, "value"), (self.average, "average"), (self.sound.average, "sound")):
            for tensor, kept in zip(own, self._kept(state, part), strict=True):
                tensor.copy_(kept)
        self.optimizer.restore(state.tensors, state.told.get("optimizer", {}))
        self.generator.set_state(state.tensors["generator"].clone())
        self.step, self.rollbacks = int(state.told["step"]), int(state.told["rollbacks"])
        self.mean_loss, self.lowest_mean = float(state.told["mean_loss"]), float(state.told["lowest_mean"])
        self.thrift = thrift_of(state.told.get("thrift", asdict(self.thrift)))
        self.conceded = concessions_of(state.told.get("conceded", ()))
        step, mean_loss, lowest_mean = state.told["sound"]
        self.sound = Sound(step, mean_loss, lowest_mean, self.sound.average)

    def _kept(self, state: State, part: str) -> list[Tensor]:
        found = [state.tensors.get(f"{part}.{name}") for name in self.names]
        kept = [tensor for tensor in found if tensor is not None]
        if [tensor.shape for tensor in kept] != [value.shape for value in self.values]:
            raise TintypeError("E_CHECKPOINT")
        return kept

    def averaged(self) -> dict[str, Tensor]:
        """The averaged parameters by name."""
        return dict(zip(self.names, self.average, strict=True))
