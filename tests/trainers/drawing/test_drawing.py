"""What is drawn for people can be looked at, and stays within its limit."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from storage.errors import TintypeError
from trainers.drawing.curve import Marks, curve, smoothed
from trainers.drawing.encode import encoded
from trainers.drawing.grid import grid
from trainers.drawing.ink import PAPER, clipped, font, lines_of
from trainers.drawing.mark import PNG_KEY, XMP
from trainers.drawing.sheet import Row, sheet


def plain(colour: tuple[int, int, int], side_px: int = 64) -> Image.Image:
    return Image.new("RGB", (side_px, side_px), colour)


def noise(side_px: int) -> Image.Image:
    pixels = np.random.default_rng(0).integers(0, 256, (side_px, side_px, 3), dtype=np.uint8)
    return Image.fromarray(pixels)


RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)


def test_a_grid_shows_four_images_where_their_numbers_say() -> None:
    paper = grid([plain(RED), plain(GREEN), plain(BLUE), plain(WHITE)])

    width, height = paper.size
    quarters = [paper.getpixel((width * x // 4, height * y // 4)) for y in (1, 3) for x in (1, 3)]
    assert quarters == [RED, GREEN, BLUE, WHITE]


@pytest.mark.parametrize(("count", "size"), [(1, (272, 272)), (2, (536, 272)), (3, (536, 536)), (4, (536, 536))])
def test_a_grid_has_room_for_one_to_four_images(count: int, size: tuple[int, int]) -> None:
    assert grid([plain(RED)] * count).size == size


def test_large_images_keep_their_size_in_a_grid() -> None:
    assert grid([plain(RED, 512)]).size == (528, 528)


def test_a_grid_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="image"):
        grid([])


def test_a_small_picture_stays_a_png_with_its_recipe() -> None:
    form = encoded(plain(RED), 10_000, {"seed": "7", "prompt": "a <zed> on a beach 🏖"})

    image = Image.open(BytesIO(form.content))
    image.load()
    assert form.suffix == ".png"
    assert image.text == {PNG_KEY: XMP, "seed": "7", "prompt": "a <zed> on a beach 🏖"}  # type: ignore[attr-defined]


@pytest.mark.parametrize(("limit_bytes", "suffix"), [(10**7, ".png"), (400_000, ".webp"), (40_000, ".jpg")])
def test_a_picture_over_the_limit_is_encoded_until_it_fits(limit_bytes: int, suffix: str) -> None:
    form = encoded(noise(512), limit_bytes)

    image = Image.open(BytesIO(form.content))
    assert form.suffix == suffix
    assert len(form.content) <= limit_bytes
    assert image.size == form.size


def test_a_limit_nothing_fits_is_told() -> None:
    with pytest.raises(TintypeError, match="E_IMAGE_TOO_BIG"):
        encoded(noise(256), 300)


def test_the_smoothed_loss_starts_at_the_first_loss_and_is_calmer() -> None:
    losses = [(step, 1.0 if step % 2 else 0.0) for step in range(1, 1001)]

    line = smoothed(losses)

    assert line[0] == (1, pytest.approx(1.0))
    assert line[-1][0] == 1000
    assert len(line) <= 501
    assert max(loss for _, loss in line[100:]) - min(loss for _, loss in line[100:]) < 0.1


@pytest.mark.parametrize("losses", [[], [(1, 0.5)], [(1, 0.5), (2, 0.5)]])
def test_a_curve_of_little_is_drawn_without_a_fuss(losses: list[tuple[int, float]]) -> None:
    image = curve(Marks(total=100, losses=losses, scores=[]))

    assert image.size == (640, 280)


def test_a_curve_shows_its_loss_and_its_scores() -> None:
    empty = curve(Marks(total=100, losses=[], scores=[]))
    full = curve(Marks(total=100, losses=[(n, 1 / n) for n in range(1, 100)], scores=[(50, 0.4), (100, 0.8)], best=100))

    changed = (np.asarray(empty) != np.asarray(full)).any(axis=2)
    assert changed.sum() > 800


def test_a_sheet_shows_each_row_of_pictures_and_marks_the_best() -> None:
    rows = [Row("100 steps", [plain(RED), plain(GREEN)]), Row("200 steps", [plain(BLUE)], "81 %", is_marked=True)]

    paper = np.asarray(sheet(["a beach", "a forest"], rows, tile_px=100))

    for colour in (RED, GREEN, BLUE):
        assert (paper == np.array(colour)).all(axis=2).sum() >= 100 * 100 * 0.98
    assert (paper != np.array(PAPER)).any()


def test_a_row_longer_than_the_captions_is_refused() -> None:
    with pytest.raises(ValueError, match="captions"):
        sheet(["one"], [Row("a", [plain(RED), plain(RED)])])


def test_long_text_is_broken_and_clipped_to_its_width() -> None:
    lines = lines_of("a small dog in front of a big red house by the sea with a hat", 13, 100, 2)

    assert len(lines) == 2
    assert all(font(13).getlength(line) <= 100 for line in lines)
    assert lines[-1].endswith("…")
    assert clipped("short", 13, 100) == "short"
