"""Drawing the miniature's world with Pillow: who is in it, and what they wear."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from PIL import Image, ImageDraw

from trainers.miniature.canvas import Box, Canvas, Colour, Local
from trainers.miniature.scenes import paint_scene
from trainers.miniature.styles import STYLE_FILTERS
from trainers.miniature.world import COLOURS, Picture, Subject

OVERSAMPLING = 4  # drawn larger, then averaged down: smooth edges
SKIN = (246, 206, 168)
INK = (30, 28, 36)
Painter = Callable[[Local, Colour, Colour], None]


def draw_picture(picture: Picture, size: int) -> Image.Image:
    """Render a picture; the same picture gives the same pixels."""
    canvas = Canvas(size * OVERSAMPLING)
    rng = Random(picture.layout)
    paint_scene(canvas, picture.scene, rng)
    for subject, accessory, local in zip(
        picture.subjects, picture.accessories, _places(canvas, picture, rng), strict=True
    ):
        _subject(local, subject, accessory)
    image = canvas.image.resize((size, size), Image.Resampling.BOX)
    return STYLE_FILTERS[picture.style](image) if picture.style in STYLE_FILTERS else image


def _places(canvas: Canvas, picture: Picture, rng: Random) -> list[Local]:
    if len(picture.subjects) == 1:
        scale = rng.uniform(0.76, 0.84)
        return [Local(canvas, rng.uniform(0.44, 0.56), rng.uniform(0.93, 0.98), scale)]
    scale = rng.uniform(0.58, 0.64)
    return [Local(canvas, centre + rng.uniform(-0.02, 0.02), rng.uniform(0.88, 0.97), scale) for centre in (0.27, 0.74)]


def _subject(local: Local, subject: Subject, accessory: str | None) -> None:
    if accessory == "balloon":
        _balloon(local)
    colour, second = COLOURS[subject.colour], COLOURS[subject.second]
    OUTLINES[subject.shape](local, colour, second)
    _patterned(local, subject)
    head = HEADS[subject.shape]
    if subject.shape in FACES:
        FACES[subject.shape](local, colour, second)
    _eyes(local, subject.eyes, *head)
    if accessory and accessory != "balloon":
        WORN[accessory](local, *head)


def _patterned(local: Local, subject: Subject) -> None:
    """Draw the trunk with its pattern clipped to it."""
    left, bottom, right, top, round_share = TRUNKS[subject.shape]
    canvas = local.canvas
    mask = Image.new("L", canvas.image.size, 0)
    corners = [value * canvas.side for value in local.box(left, bottom, right, top)]
    radius = round_share * min(corners[2] - corners[0], corners[3] - corners[1]) / 2
    ImageDraw.Draw(mask).rounded_rectangle(corners, radius, fill=255)
    layer = Canvas(canvas.side)
    inner = Local(layer, local.x, local.feet, local.scale)
    inner.rect(-1, -1, 1, 2, COLOURS[subject.colour])
    PATTERN_PAINTERS[subject.pattern](inner, COLOURS[subject.second], (left, bottom, right, top))
    canvas.paste(layer.image, mask)


def _stripes(local: Local, second: Colour, trunk: Box) -> None:
    left, bottom, right, top = trunk
    height = top - bottom
    for index in range(3):
        y = bottom + height * (0.1 + 0.31 * index)
        local.rect(left, y, right, y + height * 0.16, second)


def _spots(local: Local, second: Colour, trunk: Box) -> None:
    left, bottom, right, top = trunk
    width, height, radius = right - left, top - bottom, 0.052
    for across, up in (
        (0.2, 0.24),
        (0.5, 0.14),
        (0.8, 0.24),
        (0.34, 0.52),
        (0.66, 0.52),
        (0.2, 0.8),
        (0.5, 0.84),
        (0.8, 0.8),
    ):
        x, y = left + width * across, bottom + height * up
        local.oval(x - radius, y - radius, x + radius, y + radius, second)


def _belly(local: Local, second: Colour, trunk: Box) -> None:
    left, bottom, right, top = trunk
    width, height = right - left, top - bottom
    local.oval(left + width * 0.22, bottom + height * 0.08, right - width * 0.22, bottom + height * 0.84, second)


PATTERN_PAINTERS = {"plain": lambda *_: None, "stripes": _stripes, "spots": _spots, "belly": _belly}

#: left, bottom, right, top and how round: where the pattern goes
TRUNKS = {
    "cat": (-0.25, 0.0, 0.25, 0.5, 1.0),
    "rabbit": (-0.23, 0.0, 0.23, 0.46, 1.0),
    "bear": (-0.3, 0.0, 0.3, 0.52, 1.0),
    "dog": (-0.25, 0.0, 0.25, 0.48, 0.8),
    "person": (-0.24, 0.14, 0.24, 0.5, 0.3),
    "mug": (-0.3, 0.02, 0.3, 0.42, 0.2),
    "robot": (-0.25, 0.12, 0.25, 0.48, 0.1),
}
#: the head's centre x, y, half width, half height: where eyes and hats go
HEADS = {
    "cat": (0.0, 0.62, 0.24, 0.19),
    "rabbit": (0.0, 0.56, 0.22, 0.18),
    "bear": (0.0, 0.66, 0.25, 0.2),
    "dog": (0.0, 0.62, 0.23, 0.2),
    "person": (0.0, 0.68, 0.2, 0.2),
    "mug": (0.0, 0.58, 0.3, 0.2),
    "robot": (0.0, 0.66, 0.21, 0.16),
}


def _head(local: Local, shape: str, colour: Colour) -> None:
    x, y, half_width, half_height = HEADS[shape]
    local.oval(x - half_width, y - half_height, x + half_width, y + half_height, colour)


def _cat(local: Local, colour: Colour, second: Colour) -> None:
    local.canvas.ring(local.box(0.1, 0.06, 0.46, 0.5), second, 0.08 * local.scale, 270, 90)
    local.shape(-0.25, 0.66, -0.22, 0.98, -0.03, 0.78, colour=second)
    local.shape(0.25, 0.66, 0.22, 0.98, 0.03, 0.78, colour=second)


def _rabbit(local: Local, colour: Colour, second: Colour) -> None:
    local.oval(0.16, 0.04, 0.36, 0.24, second)
    local.oval(-0.2, 0.62, -0.04, 1.06, colour)
    local.oval(0.04, 0.62, 0.2, 1.06, colour)
    local.oval(-0.16, 0.68, -0.08, 1.0, second)
    local.oval(0.08, 0.68, 0.16, 1.0, second)


def _bear(local: Local, colour: Colour, second: Colour) -> None:
    local.oval(-0.32, 0.72, -0.1, 0.94, second)
    local.oval(0.1, 0.72, 0.32, 0.94, second)


def _dog(local: Local, colour: Colour, second: Colour) -> None:
    local.line(0.2, 0.16, 0.42, 0.42, colour=second, width=0.09)


def _person(local: Local, colour: Colour, second: Colour) -> None:
    local.rect(-0.17, 0.0, -0.03, 0.2, (60, 64, 92))
    local.rect(0.03, 0.0, 0.17, 0.2, (60, 64, 92))
    local.line(-0.22, 0.46, -0.36, 0.22, colour=colour, width=0.1)
    local.line(0.22, 0.46, 0.36, 0.22, colour=colour, width=0.1)
    local.oval(-0.42, 0.14, -0.3, 0.26, SKIN)
    local.oval(0.3, 0.14, 0.42, 0.26, SKIN)


def _mug(local: Local, colour: Colour, second: Colour) -> None:
    local.ring(0.16, 0.16, 0.48, 0.6, second, 0.08)
    local.rect(-0.3, 0.3, 0.3, 0.76, colour)


def _robot(local: Local, colour: Colour, second: Colour) -> None:
    local.rect(-0.2, 0.0, -0.06, 0.14, second)
    local.rect(0.06, 0.0, 0.2, 0.14, second)
    local.rect(-0.4, 0.18, -0.28, 0.46, second)
    local.rect(0.28, 0.18, 0.4, 0.46, second)
    local.line(0.0, 0.8, 0.0, 0.94, colour=second, width=0.05)
    local.oval(-0.06, 0.9, 0.06, 1.02, second)


OUTLINES = {"cat": _cat, "rabbit": _rabbit, "bear": _bear, "dog": _dog, "person": _person, "mug": _mug, "robot": _robot}


def _round_face(shape: str) -> Painter:
    def face(local: Local, colour: Colour, _second: Colour) -> None:
        _head(local, shape, colour)

    return face


def _dog_face(local: Local, colour: Colour, second: Colour) -> None:
    _head(local, "dog", colour)
    local.oval(-0.34, 0.4, -0.16, 0.78, second)
    local.oval(0.16, 0.4, 0.34, 0.78, second)
    local.oval(-0.06, 0.45, 0.06, 0.53, INK)


def _person_face(local: Local, _colour: Colour, second: Colour) -> None:
    local.oval(-0.25, 0.5, 0.25, 0.94, second)
    local.oval(-0.19, 0.48, 0.19, 0.82, SKIN)
    local.line(-0.06, 0.565, 0.06, 0.565, colour=(190, 80, 70), width=0.03)


def _mug_face(local: Local, _colour: Colour, _second: Colour) -> None:
    local.oval(-0.3, 0.69, 0.3, 0.83, (250, 250, 250))
    local.oval(-0.25, 0.715, 0.25, 0.805, (92, 56, 36))


def _robot_face(local: Local, colour: Colour, _second: Colour) -> None:
    x, y, half_width, half_height = HEADS["robot"]
    local.rect(x - half_width, y - half_height, x + half_width, y + half_height, colour, 0.04)


FACES = {
    "cat": _round_face("cat"),
    "rabbit": _round_face("rabbit"),
    "bear": _round_face("bear"),
    "dog": _dog_face,
    "person": _person_face,
    "mug": _mug_face,
    "robot": _robot_face,
}

EYE_POSITIONS = {"one": (0.0,), "two": (-0.095, 0.095), "three": (-0.145, 0.0, 0.145)}
EYE_RADIUS = {"one": 0.105, "two": 0.078, "three": 0.066}


def _eyes(local: Local, eyes: str, x: float, y: float, _half_width: float, _half_height: float) -> None:
    radius = EYE_RADIUS[eyes]
    for offset in EYE_POSITIONS[eyes]:
        centre = x + offset
        local.oval(centre - radius, y - radius, centre + radius, y + radius, (255, 255, 255))
        pupil = radius * 0.62
        local.oval(centre - pupil, y - pupil, centre + pupil, y + pupil, INK)


# --- accessories -----------------------------------------------------------------------------------------------------


def _hat(local: Local, x: float, y: float, _half_width: float, half_height: float) -> None:
    brim = y + half_height * 0.72
    local.rect(x - 0.17, brim, x + 0.17, brim + 0.26, INK)
    local.rect(x - 0.17, brim + 0.04, x + 0.17, brim + 0.1, (200, 30, 50))
    local.rect(x - 0.28, brim - 0.03, x + 0.28, brim + 0.05, INK, 0.03)


def _crown(local: Local, x: float, y: float, _half_width: float, half_height: float) -> None:
    low = y + half_height * 0.7
    gold = (226, 172, 20)
    local.shape(
        x - 0.21, low, x - 0.24, low + 0.26, x - 0.11, low + 0.13, x, low + 0.28,
        x + 0.11, low + 0.13, x + 0.24, low + 0.26, x + 0.21, low, colour=gold,
    )  # fmt: skip
    local.rect(x - 0.21, low, x + 0.21, low + 0.06, (150, 100, 10))


def _scarf(local: Local, x: float, y: float, half_width: float, half_height: float) -> None:
    teal, dark = (20, 184, 186), (10, 120, 130)
    low = y - half_height - 0.05
    local.rect(x - half_width * 0.92, low, x + half_width * 0.92, low + 0.11, teal, 0.05)
    local.rect(x + 0.06, low - 0.2, x + 0.17, low + 0.05, teal)
    local.rect(x + 0.06, low - 0.2, x + 0.17, low - 0.15, dark)


def _balloon(local: Local) -> None:
    local.line(-0.4, 0.36, -0.42, 0.8, colour=INK, width=0.022)
    local.oval(-0.56, 0.72, -0.28, 1.06, (236, 30, 84))
    local.oval(-0.5, 0.9, -0.43, 1.0, (255, 190, 205))


WORN = {"hat": _hat, "crown": _crown, "scarf": _scarf}
