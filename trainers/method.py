"""What a training method is: a generator of steps that teaches a frozen base one new word."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from storage.errors import TintypeError
from trainers.registry import Registry

if TYPE_CHECKING:
    from trainers.families import Family
    from trainers.looking import Look
    from trainers.looking.boxes import Box
    from trainers.pipeline import Base
    from trainers.thrift import Concession


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """What a method is given to learn from."""

    photos: Sequence[Path]
    word: str  #: without brackets, "ana-dog"
    class_word: str  #: what it is a kind of, "dog"
    kind: str  #: person, animal, object or style
    captions: Sequence[str | None] = ()  #: one for each photo; None takes the family's template
    seed: int = 0
    resume_from: Path | None = None  #: a checkpoint that `Progress.save_checkpoint` wrote
    #: photos that were looked at, and sentences about their cuts: no longer than this
    looks: dict[Path, Look] = field(default_factory=dict, repr=False)
    sentences: dict[tuple[Path, Box], str] = field(default_factory=dict, repr=False)

    @property
    def placeholder_token(self) -> str:
        """`<ana-dog>`, as a prompt names it."""
        return f"<{self.word}>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Where a training stands. The two functions write this very moment, until the generator is advanced."""

    done: int
    total: int
    phase: str  #: prepare, cache, class_images or train
    loss: float | None = None
    point: int | None = None  #: the sample point just reached, counted from 1
    points: int = 0  #: how many there will be
    conceded: Sequence[Concession] = ()  #: what was given up so far because memory was short
    made: int = 0  #: pictures of the class word, while these are made beforehand
    wanted: int = 0  #: of these pictures
    is_sound: bool = True  #: False while the loss is far above what it has been
    has_means: bool = False  #: whether the mean of two files' numbers is a word, too
    save_checkpoint: Callable[[Path], None] = dataclasses.field(default=lambda path: None, compare=False, repr=False)
    save_weights: Callable[[Path], None] = dataclasses.field(default=lambda path: None, compare=False, repr=False)


class Method(Protocol):
    """A way to teach a base model a new word. One file in trainers/methods/ each."""

    name: str
    title: str
    summary: str
    min_photos: int
    for_members: bool  #: False: offered on the command line alone, unless the operator names it in their file

    @property
    def settings(self) -> type:
        """A frozen dataclass whose defaults are good ones for Stable Diffusion."""
        ...

    def train(self, base: Base, lesson: Lesson, settings: Any) -> Generator[Progress, None, None]:
        """Train, yielding after each step. The caller may stop between any two; nothing stays attached in between."""
        ...

    def file_bytes(self, base: Base, settings: Any) -> int:
        """How large its file will be, computed."""
        ...


M = TypeVar("M", bound=Method)
_METHODS: Registry[Method] = Registry("trainers.methods")


def register(cls: type[M]) -> type[M]:
    """Offer a method; its file bears its name."""
    _METHODS.add(cls())
    return cls


def methods() -> Mapping[str, Method]:
    """Every method by name."""
    return _METHODS.all()


def method_named(name: str) -> Method:
    """The method.

    Raises: TintypeError E_METHOD with those there are.
    """
    known = methods()
    if name not in known:
        raise TintypeError("E_METHOD", method=name, known=", ".join(known))
    return known[name]


def methods_on(family: Family) -> Mapping[str, Method]:
    """Those that learn words on a family's base models, by name."""
    return {name: method for name, method in methods().items() if family.methods is None or name in family.methods}


def method_on(family: Family, name: str) -> Method:
    """The method, if it learns words on this family's base models.

    Raises: TintypeError E_METHOD with those there are, E_METHOD_BASE with those that do.
    """
    method, known = method_named(name), methods_on(family)
    if name not in known:
        raise TintypeError("E_METHOD_BASE", method=method.title, base=family.title, known=", ".join(known))
    return method


def settings_for(method: Method, base: Base, chosen: Mapping[str, Any] | None = None) -> Any:
    """The method's defaults, the family's recommendations over them, the operator's settings, then what is chosen here.

    Raises: TintypeError E_NO_SUCH_SETTING, E_SETTING_RANGE, E_SETTING_CHOICE.
    """
    fields = {field.name: field for field in dataclasses.fields(method.settings)}
    values = dict(base.family.recommended.get(method.name, {}))
    for name, value in {**base.chosen.get(method.name, {}), **(chosen or {})}.items():
        if name not in fields:
            raise TintypeError("E_NO_SUCH_SETTING", setting=name, known=", ".join(fields))
        values[name] = _checked(fields[name], value)
    return method.settings(**values)


def _checked(field: dataclasses.Field[Any], value: Any) -> Any:
    if "choices" in field.metadata:
        return _chosen(field, value)
    of: type[float] = int if isinstance(field.default, int) else float
    low, high = field.metadata["min"], field.metadata["max"]
    try:
        number = of(value)
    except (TypeError, ValueError, OverflowError) as error:
        raise TintypeError("E_SETTING_RANGE", setting=field.name, value=str(value), low=low, high=high) from error
    if not low <= number <= high or number != float(value):
        raise TintypeError("E_SETTING_RANGE", setting=field.name, value=str(value), low=low, high=high)
    return number


def _chosen(field: dataclasses.Field[Any], value: Any) -> str:
    choices = field.metadata["choices"]
    if value not in choices:
        raise TintypeError("E_SETTING_CHOICE", setting=field.name, value=str(value)[:80], known=", ".join(choices))
    return str(value)


def setting(default: float, low: float, high: float, why: str) -> Any:
    """A field of a settings dataclass with its bounds and reason."""
    return dataclasses.field(default=default, metadata={"min": low, "max": high, "help": why})


def choice(choices: Sequence[str], why: str) -> Any:
    """A field of a settings dataclass that is one of a few names, the first by default."""
    return dataclasses.field(default=choices[0], metadata={"choices": list(choices), "help": why})


def described(settings: Any) -> dict[str, dict[str, Any]]:
    """Settings as JSON: each field's value, its bounds (`min`, `max`) or its `choices`, and the reason."""
    return {
        field.name: {"default": getattr(settings, field.name), **field.metadata}
        for field in dataclasses.fields(settings)
    }
