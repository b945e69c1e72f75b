"""Six photos to learn from, drawn: no larger than what a base is trained at, or as large as a phone's."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from trainers.miniature.world import Subject, photos_of

COUNT = 6
LARGE_PX = (4000, 3000)  # 12 megapixels
DRAWN_PX = 1000  # what a large photo is scaled up from: only its size and its noise matter
NOISE = 12.0  # deviation of its brightness, so that a file weighs about what a phone's does: 3 MB
QUALITY = 92
SIZES = ("small", "large")
CLASS_WORD, KIND = "mug", "object"
SUBJECT = Subject(shape=CLASS_WORD, colour="yellow", pattern="stripes", second="red", eyes="two")
SEED = 5_200


def write_photos(size: str, folder: Path, px: int) -> None:
    """PNG files of px × px (`small`), or JPEG files of 12 megapixels (`large`)."""
    folder.mkdir(parents=True)
    drawn = photos_of(SUBJECT, COUNT, SEED, px if size == "small" else DRAWN_PX)
    for number, (photo, _) in enumerate(drawn, 1):
        if size == "small":
            photo.save(folder / f"{number:04}.png")
        else:
            _enlarged(photo).save(folder / f"{number:04}.jpg", quality=QUALITY)


def _enlarged(photo: Image.Image) -> Image.Image:
    """The middle of it at a phone's size, with a sensor's noise."""
    width, height = LARGE_PX
    top = (photo.height - photo.width * height // width) // 2
    grown = photo.resize(LARGE_PX, Image.Resampling.BICUBIC, box=(0, top, photo.width, photo.height - top))
    noise = Image.effect_noise(LARGE_PX, NOISE)  # around 128
    return Image.blend(grown, Image.merge("RGB", [noise] * 3), 0.35)
