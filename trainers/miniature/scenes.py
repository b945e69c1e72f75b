"""The places of the drawn world."""

from __future__ import annotations

from random import Random

from trainers.miniature.canvas import Canvas
from trainers.miniature.world import BACKGROUNDS


def paint_scene(canvas: Canvas, scene: str, rng: Random) -> None:
    """Fill the canvas with a place."""
    if scene in BACKGROUNDS:
        canvas.rect((0, 0, 1, 1), BACKGROUNDS[scene])
    else:
        SCENE_PAINTERS[scene](canvas, rng)


def _meadow(canvas: Canvas, rng: Random) -> None:
    canvas.rect((0, 0, 1, 1), (150, 214, 250))
    canvas.oval((-0.5, 0.5, 1.0, 1.9), (126, 200, 80))
    canvas.oval((0.1, 0.56, 1.7, 1.9), (112, 186, 72))
    x = rng.uniform(0.05, 0.2)
    canvas.oval((x, 0.08, x + 0.22, 0.2), (255, 255, 255))


def _beach(canvas: Canvas, rng: Random) -> None:
    canvas.rect((0, 0, 1, 1), (170, 226, 250))
    canvas.rect((0, 0.36, 1, 0.66), (24, 128, 200))
    canvas.rect((0, 0.62, 1, 1), (248, 222, 160))
    x = rng.uniform(0.02, 0.1)
    canvas.shape((x, 0.36, x + 0.16, 0.36, x + 0.08, 0.16), (255, 255, 255))


def _snow(canvas: Canvas, rng: Random) -> None:
    canvas.rect((0, 0, 1, 1), (142, 160, 186))
    canvas.oval((-0.4, 0.6, 1.4, 1.9), (216, 230, 246))
    for column in range(5):
        for row in range(2):
            x, y = column * 0.2 + rng.uniform(0.02, 0.14), row * 0.26 + rng.uniform(0.04, 0.2)
            canvas.oval((x, y, x + 0.05, y + 0.05), (240, 246, 255))


def _night(canvas: Canvas, rng: Random) -> None:
    canvas.rect((0, 0, 1, 1), (14, 16, 44))
    canvas.rect((0, 0.78, 1, 1), (30, 46, 62))
    x = rng.uniform(0.04, 0.1)
    canvas.oval((x, 0.05, x + 0.2, 0.25), (250, 240, 190))
    for column in range(4):
        x, y = 0.3 + column * 0.18 + rng.uniform(0, 0.1), rng.uniform(0.03, 0.4)
        canvas.oval((x, y, x + 0.035, y + 0.035), (255, 255, 230))


def _desert(canvas: Canvas, rng: Random) -> None:
    canvas.rect((0, 0, 1, 1), (254, 214, 150))
    x = rng.uniform(0.74, 0.8)
    canvas.oval((x, 0.04, x + 0.2, 0.24), (255, 250, 200))
    canvas.oval((-0.6, 0.52, 0.8, 1.8), (226, 160, 84))
    canvas.oval((0.3, 0.6, 1.8, 1.8), (206, 138, 68))


def _wall(canvas: Canvas, rng: Random) -> None:
    canvas.rect((0, 0, 1, 1), (206, 170, 150))
    shift = rng.uniform(0, 0.1)
    for row in range(6):
        for column in range(-1, 4):
            x, y = column * 0.32 + (row % 2) * 0.16 + shift, row * 0.17
            canvas.rect((x, y, x + 0.28, y + 0.135), (158, 82, 66))


def _forest(canvas: Canvas, rng: Random) -> None:
    canvas.rect((0, 0, 1, 1), (196, 222, 200))
    for x in (0.0, 0.3, 0.62, 0.92):
        centre = x + rng.uniform(0, 0.06)
        canvas.rect((centre - 0.03, 0.5, centre + 0.03, 0.9), (96, 66, 44))
        canvas.shape((centre - 0.19, 0.62, centre + 0.19, 0.62, centre, 0.02), (24, 92, 58))
    canvas.rect((0, 0.8, 1, 1), (74, 112, 62))


SCENE_PAINTERS = {
    "meadow": _meadow,
    "beach": _beach,
    "snow": _snow,
    "night": _night,
    "desert": _desert,
    "wall": _wall,
    "forest": _forest,
}
