"""The card of a member's settings: what is chosen is marked on the buttons, each of which changes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot import texts
from bot.buttons import Button
from bot.cards import layout
from bot.cards.layout import Card
from bot.plain import plain
from storage.preferences import Preferences, Preset

NEGATIVE_CHARACTERS = 300  # shown of a negative prompt
PRESET_CHARACTERS = 60  # of each text in a preset
PRESETS_CHARACTERS = 2500  # of the list of presets


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What there is to choose from."""

    shapes: Sequence[str]
    qualities: Sequence[str]
    most_pictures: int


def settings_card(member: str, now: Preferences, presets: Sequence[Preset], choices: Choices) -> Card:
    """What the member prefers, and buttons to prefer something else; `member` is 16 hex characters."""
    shapes = [
        layout.button("set_shape", member, texts.say(f"choice-{shape}"), n=n)
        for n, shape in enumerate(choices.shapes, 1)
    ]
    counts = [layout.button("set_count", member, str(n), n=n) for n in range(1, choices.most_pictures + 1)]
    qualities = [
        layout.button("set_quality", member, texts.say(f"choice-{quality}"), n=n)
        for n, quality in enumerate(choices.qualities, 1)
    ]
    return layout.card(
        layout.text(texts.say("settings-title")),
        layout.text(texts.say("settings-shape")),
        *layout.rows(_marked(shapes, choices.shapes.index(now.shape))),
        layout.text(texts.say("settings-count")),
        *layout.rows(_marked(counts, now.count - 1)),
        layout.text(texts.say("settings-quality")),
        *layout.rows(_marked(qualities, choices.qualities.index(now.quality))),
        layout.text(
            layout.lines(_negative(now), texts.say("settings-asked", asked="no" if now.never_asked else "yes"))
        ),
        *layout.rows(_switches(member, now)),
        layout.text(_presets(presets)),
    )


def _marked(buttons: list[Button], chosen: int) -> list[Button]:
    """With a tick on the chosen one, which there is no use in pressing."""
    button = buttons[chosen].item
    button.label, button.style, button.disabled = f"✔ {button.label}", layout.PRIMARY, True
    return buttons


def _switches(member: str, now: Preferences) -> list[Button]:
    """The button of a switch does the opposite of what is."""
    return [
        layout.button("set_negative", member, texts.say("btn-set-negative")),
        layout.button("set_spoiler", member, _switch("spoiler", is_on=now.has_spoiler), n=int(not now.has_spoiler)),
        layout.button("set_ping", member, _switch("ping", is_on=now.wants_ping), n=int(not now.wants_ping)),
        layout.button("set_prompt", member, _switch("prompt", is_on=now.has_prompt), n=int(not now.has_prompt)),
        layout.button("set_asked", member, _switch("asked", is_on=not now.never_asked), n=int(now.never_asked)),
    ]


def _switch(name: str, *, is_on: bool) -> str:
    return texts.say(f"btn-set-{name}", state=texts.say("yes" if is_on else "no"))


def _negative(now: Preferences) -> str:
    return texts.say("settings-negative", negative=plain(now.negative, NEGATIVE_CHARACTERS) or "none")


def _presets(presets: Sequence[Preset]) -> str:
    if not presets:
        return texts.say("settings-no-presets")
    lines = [texts.say("settings-presets"), *(preset_line(preset) for preset in presets)]
    return layout.cut(layout.lines(*lines), PRESETS_CHARACTERS)


def preset_line(preset: Preset) -> str:
    """A preset in one line."""
    parts = [
        texts.say(f"choice-{preset.shape}") if preset.shape else None,
        texts.say(f"choice-{preset.quality}") if preset.quality else None,
        texts.say("preset-count", count=preset.count) if preset.count else None,
        texts.say("preset-prompt", prompt=plain(preset.prompt, PRESET_CHARACTERS)) if preset.prompt else None,
        texts.say("preset-negative", negative=plain(preset.negative, PRESET_CHARACTERS)) if preset.negative else None,
    ]
    return texts.say("preset-line", name=plain(preset.name), told=" · ".join(part for part in parts if part))
