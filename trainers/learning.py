"""The loop that all methods share: noise, loss, step, average, sample points, rollback when numbers explode."""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from storage.errors import TintypeError
from trainers.checkpoint import State, optimizer_tensors, read_state, restore_optimizer, write_state
from trainers.dataset import Example, batch_of, examples, prepared
from trainers.loss import add_noise, alphas_cumprod_of, min_snr_weights, snr_of, target_of, weighed_mse
from trainers.method import Lesson, Progress
from trainers.pipeline import Base

EMA_DECAY = 0.99  # SimpleTuner's and ai-toolkit's default for a few hundred steps
SNAPSHOT_STEPS = 25  # how far a rollback goes back
MAX_ROLLBACKS = 2
RUNAWAY = 5.0  # a mean loss so many times the lowest it has had does not come back by itself
LOSS_DECAY = 0.98  # of the mean: single losses jump with their timestep
SETTLED_STEPS = 50  # before, the mean is still one of few
CLIP_NORM = 1.0
WARMUP_STEPS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How long and how fast."""

    steps: int
    learning_rate: float
    batch_size: int
    weight_decay: float
    points: int  #: sample points, the last at the end


@dataclass(frozen=True, slots=True, kw_only=True)
class Pupil:
    """What a method brings to the loop."""

    parameters: Mapping[str, nn.Parameter]  #: float32, what is trained
    attached: Callable[[], AbstractContextManager[None]]  #: the UNet takes part in them only inside
    hidden: Callable[[Sequence[str]], Tensor]  #: captions -> encoder_hidden_states (B, T, D)
    write: Callable[[Path, Mapping[str, Tensor]], None]  #: averaged parameters -> the method's file
    after_step: Callable[[], None] = lambda: None  #: e.g. keeps norms


def steps_for(photos: int, *, per_photo: int, least: int, most: int) -> int:
    """More photos, more steps, within reason."""
    return max(least, min(most, photos * per_photo))


def rate_at(step: int, plan: Plan) -> float:
    """A short warm-up, then a cosine down to a tenth."""
    warm = min(1.0, (step + 1) / WARMUP_STEPS)
    share = step / max(1, plan.steps - 1)
    return plan.learning_rate * warm * (0.1 + 0.9 * 0.5 * (1 + math.cos(math.pi * share)))


def captions_of(base: Base, lesson: Lesson) -> list[str]:
    """What each photo is said to show; the word stands where the placeholder token is."""
    template = base.family.style_template if lesson.kind == "style" else base.family.template
    plain = template.format(word=lesson.placeholder_token)
    given = [*lesson.captions, *[None] * len(lesson.photos)][: len(lesson.photos)]
    if any(given):
        return [plain if not caption else _with_word(caption, lesson) for caption in given]
    return [plain + place for place in _places(base, lesson)]


def _places(base: Base, lesson: Lesson) -> Sequence[str]:
    if base.family.captioner is None:
        return [""] * len(lesson.photos)
    return base.family.captioner([prepared(path, base.family) for path in lesson.photos])


def _with_word(caption: str, lesson: Lesson) -> str:
    return caption if lesson.placeholder_token in caption else f"{lesson.placeholder_token}, {caption}"


class Learner:
    """One training's state: parameters, optimizer, average, random numbers."""

    def __init__(self, base: Base, lesson: Lesson, plan: Plan, pupil: Pupil) -> None:
        self.base, self.plan, self.pupil = base, plan, pupil
        self.names = list(pupil.parameters)
        self.values = list(pupil.parameters.values())
        self.optimizer = torch.optim.AdamW(self.values, lr=plan.learning_rate, weight_decay=plan.weight_decay)
        self.average = [value.detach().clone() for value in self.values]
        self.generator = torch.Generator().manual_seed(lesson.seed)
        self.step, self.rollbacks = 0, 0
        self.mean_loss, self.lowest_mean = 0.0, math.inf
        self.alphas_cumprod = alphas_cumprod_of(base.scheduler)
        self.prediction_type = str(base.scheduler.config.prediction_type)

    # --- one step ------------------------------------------------------------------------------------------------

    def learn(self, found: Sequence[Example]) -> float:
        """One optimizer step; the loss, NaN when it was not taken."""
        for group in self.optimizer.param_groups:
            group["lr"] = rate_at(self.step, self.plan) / 3**self.rollbacks
        self.optimizer.zero_grad(set_to_none=True)
        with self.pupil.attached():
            loss = self._loss(found)
            loss.backward()  # type: ignore[no-untyped-call]
        norm = nn.utils.clip_grad_norm_(self.values, CLIP_NORM)
        if not (torch.isfinite(loss) and torch.isfinite(norm)):
            return math.nan
        self.optimizer.step()
        self.pupil.after_step()
        self._average()
        self._watch(float(loss.detach()))
        self.step += 1
        return float(loss.detach())

    @property
    def is_running_away(self) -> bool:
        """Whether the loss rises far above what it was, though every number is still one."""
        return self.mean_loss > RUNAWAY * self.lowest_mean

    def _watch(self, loss: float) -> None:
        decay = min(LOSS_DECAY, self.step / (self.step + 1))
        self.mean_loss = decay * self.mean_loss + (1 - decay) * loss
        if self.step >= SETTLED_STEPS:
            self.lowest_mean = min(self.lowest_mean, self.mean_loss)

    def _loss(self, found: Sequence[Example]) -> Tensor:
        chosen = batch_of(found, self.plan.batch_size, self.generator)
        latents = torch.stack([found[index].sample(self.generator) for index in chosen])
        noise = torch.randn(latents.shape, generator=self.generator)
        timesteps = torch.randint(len(self.alphas_cumprod), (len(chosen),), generator=self.generator)
        noisy_latents = add_noise(latents, noise, self.alphas_cumprod, timesteps)
        target = target_of(latents, noise, self.alphas_cumprod, timesteps, self.prediction_type)
        weights = min_snr_weights(snr_of(self.alphas_cumprod, timesteps), self.prediction_type)
        device = self.base.device
        with self.base.autocast():
            encoder_hidden_states = self.pupil.hidden([found[index].caption for index in chosen])
            model_pred = self.base.unet(
                noisy_latents.to(device, self.base.dtype, memory_format=torch.channels_last),
                timesteps.to(device),
                encoder_hidden_states,
            ).sample
        return weighed_mse(model_pred, target.to(device), weights.to(device))

    @torch.no_grad()
    def _average(self) -> None:
        decay = min(EMA_DECAY, (1 + self.step) / (10 + self.step))
        torch._foreach_lerp_(self.average, [value.detach() for value in self.values], 1 - decay)

    # --- state ---------------------------------------------------------------------------------------------------

    def state(self) -> State:
        """Everything that decides the steps to come."""
        tensors = {f"value.{n}": v.detach().clone() for n, v in zip(self.names, self.values, strict=True)}
        tensors |= {f"average.{n}": v.clone() for n, v in zip(self.names, self.average, strict=True)}
        tensors |= {name: t.clone() for name, t in optimizer_tensors(self.optimizer, self.names).items()}
        tensors["generator"] = self.generator.get_state()
        told = ("step", "rollbacks", "mean_loss", "lowest_mean")
        return State(tensors, {name: getattr(self, name) for name in told})

    @torch.no_grad()
    def restore(self, state: State) -> None:
        """Be what the state says.

        Raises: TintypeError E_CHECKPOINT when it is another training's.
        """
        shapes = {name: tensor.shape for name, tensor in state.tensors.items()}
        if any(shapes.get(f"value.{n}") != v.shape for n, v in zip(self.names, self.values, strict=True)):
            raise TintypeError("E_CHECKPOINT")
        for name, value, average in zip(self.names, self.values, self.average, strict=True):
            value.copy_(state.tensors[f"value.{name}"])
            average.copy_(state.tensors[f"average.{name}"])
        restore_optimizer(self.optimizer, self.names, {n: t.clone() for n, t in state.tensors.items()})
        self.generator.set_state(state.tensors["generator"].clone())
        self.step, self.rollbacks = int(state.told["step"]), int(state.told["rollbacks"])
        self.mean_loss, self.lowest_mean = float(state.told["mean_loss"]), float(state.told["lowest_mean"])

    def averaged(self) -> dict[str, Tensor]:
        """The averaged parameters by name."""
        return dict(zip(self.names, self.average, strict=True))


def learn(base: Base, lesson: Lesson, plan: Plan, pupil: Pupil) -> Generator[Progress, None, None]:
    """Prepare, cache and train, yielding after each photo and each step.

    Raises: TintypeError E_DIVERGED after two rollbacks, E_CHECKPOINT.
    """
    learner = Learner(base, lesson, plan, pupil)
    found: list[Example] = []
    for example in examples(base, lesson.photos, captions_of(base, lesson), lesson.kind):
        found.append(example)
        yield Progress(done=0, total=plan.steps, phase="cache", points=plan.points)
    if lesson.resume_from:
        learner.restore(read_state(lesson.resume_from))
    snapshot = learner.state()
    while learner.step < plan.steps:
        loss = learner.learn(found)
        if math.isnan(loss) or learner.is_running_away:
            _roll_back(learner, snapshot)
            continue
        if learner.step % SNAPSHOT_STEPS == 0:
            snapshot = learner.state()
        yield _progress(learner, loss)


def _roll_back(learner: Learner, snapshot: State) -> None:
    rollbacks = learner.rollbacks + 1
    if rollbacks > MAX_ROLLBACKS:
        raise TintypeError("E_DIVERGED", step=learner.step)
    learner.restore(snapshot)
    learner.rollbacks = rollbacks
    learner.generator.manual_seed(learner.generator.initial_seed() + rollbacks)  # other noise than that which broke it


def point_at(step: int, plan: Plan) -> int | None:
    """The number of the sample point at a step, if there is one."""
    marks = [math.ceil(plan.steps * number / plan.points) for number in range(1, plan.points + 1)]
    return marks.index(step) + 1 if step in marks else None


def _progress(learner: Learner, loss: float) -> Progress:
    plan = learner.plan
    return Progress(
        done=learner.step,
        total=plan.steps,
        phase="train",
        loss=loss,
        point=point_at(learner.step, plan),
        points=plan.points,
        save_checkpoint=lambda path: write_state(path, learner.state()),
        save_weights=lambda path: learner.pupil.write(path, learner.averaged()),
    )


def plan_of(settings: Any, photos: int) -> Plan:
    """A plan from settings that have the usual fields."""
    steps = steps_for(photos, per_photo=settings.steps_per_photo, least=settings.min_steps, most=settings.max_steps)
    return Plan(
        steps=steps,
        learning_rate=settings.learning_rate,
        batch_size=settings.batch_size,
        weight_decay=settings.weight_decay,
        points=settings.points,
    )
