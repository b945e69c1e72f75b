"""What becomes of good photos: upright, 8-bit sRGB, nothing in them but pixels."""

from __future__ import annotations

import io
import struct

import pytest
from PIL import Image, ImageCms, ImageFilter, PngImagePlugin

from storage.errors import PhotoRejected
from storage.inspection_client import InspectedPhoto, inspect_photo
from storage.inspector.photo import inspect
from storage.inspector.pixels import kept_size, rebuild
from tests.storage.inspector.uploads import SIZE_PX, picture, saved

ORIENTATION = 0x0112
CANARIES = [b"CANARY-EXIF", b"CANARY-XMP", b"CANARY-COMMENT", b"CANARY-TEXT", b"CANARY-APPENDED", b"CANARY-ICC"]


def rebuilt(data: bytes, size_px: int = SIZE_PX) -> Image.Image:
    return rebuild(data, "a.jpg", size_px).image


def pixel(image: Image.Image, x: int, y: int) -> tuple[int, ...]:
    """The levels of one pixel."""
    found = image.getpixel((x, y))
    assert isinstance(found, tuple)
    return found


def remarks(image: Image.Image, size_px: int = SIZE_PX) -> list[str]:
    head, _ = inspect(saved(image), "a.png", size_px)
    return [remark["code"] for remark in head["facts"]["remarks"]]


def difference(one: Image.Image, other: Image.Image) -> float:
    """The mean over all pixels and channels, in levels."""
    pairs = zip(one.convert("RGB").tobytes(), other.convert("RGB").tobytes(), strict=True)
    return sum(abs(a - b) for a, b in pairs) / (3 * one.width * one.height)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF", "GIF"])
def test_every_format_comes_out_as_the_picture_that_went_in(kind: str) -> None:
    image = picture(160, 120)

    out = rebuilt(saved(image, kind))

    assert out.mode == "RGB"
    assert out.size == image.size
    assert difference(out, image) < 9


def test_a_real_inspector_gives_a_png_a_thumbnail_and_facts() -> None:
    photo = inspect_photo(saved(picture(640, 480), "JPEG"), "holiday/IMG 1.jpg", SIZE_PX)

    kept, thumbnail = Image.open(io.BytesIO(photo.image)), Image.open(io.BytesIO(photo.thumbnail))
    assert isinstance(photo, InspectedPhoto)
    assert (kept.format, kept.size) == ("PNG", (photo.width_px, photo.height_px))
    assert (thumbnail.format, max(thumbnail.size)) == ("WEBP", 256)
    assert photo.name == "IMG 1.jpg"
    assert len(photo.sha256) == 64
    assert photo.facts["format"] == "JPEG"
    assert photo.facts["remarks"] == []


def test_a_heic_photo_is_opened() -> None:
    heif = pytest.importorskip("pillow_heif")
    file = io.BytesIO()
    heif.from_pillow(picture(200, 120)).save(file)

    photo = inspect_photo(file.getvalue(), "IMG_0001.HEIC", SIZE_PX)

    assert (photo.width_px, photo.height_px) == (200, 120)
    assert photo.facts["format"] == "HEIF"


def test_a_turned_heic_photo_is_upright() -> None:
    heif = pytest.importorskip("pillow_heif")
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    file = io.BytesIO()
    made = heif.from_pillow(picture(200, 120))
    made.save(file, exif=exif.tobytes())

    photo = inspect_photo(file.getvalue(), "IMG_0001.HEIC", SIZE_PX)

    assert (photo.width_px, photo.height_px) == (120, 200)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_all_eight_orientations_come_out_upright(orientation: int, kind: str) -> None:
    upright = picture(160, 96)
    undo = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}
    turned = upright if orientation == 1 else upright.transpose(Image.Transpose(undo[orientation]))
    exif = Image.Exif()
    exif[ORIENTATION] = orientation

    out = rebuilt(saved(turned, kind, exif=exif))

    assert out.size == upright.size
    assert difference(out, upright) < 8


@pytest.mark.parametrize(
    ("kind", "value"), [(3, b"\0"), (3, b"\x09"), (3, b"\x63"), (2, b"6"), (12, b"\x40"), (77, b"\x06")]
)
def test_an_orientation_that_makes_no_sense_is_upright(kind: int, value: bytes) -> None:
    entry = struct.pack("<HHHI4sI", 1, ORIENTATION, kind, 1, value.ljust(4, b"\0"), 0)

    out = rebuilt(saved(picture(160, 96), "JPEG", exif=b"Exif\0\0II*\0\x08\0\0\0" + entry))

    assert out.size == (160, 96)


def test_a_broken_exif_block_does_not_cost_the_photo() -> None:
    data = saved(picture(160, 96), "JPEG", exif=b"Exif\x00\x00II*\x00\xff\xff\xff\x7f")

    assert rebuilt(data).size == (160, 96)


def test_a_cmyk_jpeg_keeps_its_colours() -> None:
    image = picture(160, 120)

    out = rebuilt(saved(image.convert("CMYK"), "JPEG", quality=95))

    assert difference(out, image) < 6


def test_sixteen_grey_bits_become_eight_without_turning_white() -> None:
    ramp = Image.new("I;16", (256, 64))
    ramp.putdata([257 * x for _ in range(64) for x in range(256)])

    out = rebuilt(saved(ramp))

    assert max(abs(pixel(out, x, 32)[0] - x) for x in range(256)) <= 1


def test_transparent_pixels_show_white_and_not_what_is_hidden_under_them() -> None:
    image = Image.new("RGBA", (100, 100), (255, 0, 0, 0))
    image.paste((0, 0, 255, 255), (0, 0, 50, 100))

    out = rebuilt(saved(image))

    assert pixel(out, 75, 50) == (255, 255, 255)
    assert pixel(out, 25, 50) == (0, 0, 255)


def test_a_palette_with_transparency_is_flattened_too() -> None:
    image = Image.new("P", (100, 100), 0)
    image.putpalette([200, 10, 10, 10, 200, 10])
    image.paste(1, (0, 0, 50, 100))

    out = rebuilt(saved(image, transparency=0))

    assert pixel(out, 75, 50) == (255, 255, 255)
    assert pixel(out, 25, 50) == (10, 200, 10)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA"])
def test_every_mode_of_png_becomes_rgb(mode: str) -> None:
    assert rebuilt(saved(picture(80, 80).convert(mode))).mode == "RGB"


def test_a_colour_profile_is_applied() -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
    swapped = swap_red_and_green(lab.tobytes())
    data = saved(Image.new("RGB", (80, 80), (200, 30, 30)), icc_profile=swapped)

    red, green, blue = pixel(rebuilt(data), 40, 40)

    assert green > 180
    assert red < 60
    assert blue < 60


def swap_red_and_green(profile: bytes) -> bytes:
    """The profile of a screen whose first colour is green: what it calls red has to come out green."""
    return profile.replace(b"rXYZ", b"tmp!", 1).replace(b"gXYZ", b"rXYZ", 1).replace(b"tmp!", b"gXYZ", 1)


def test_a_broken_colour_profile_counts_as_none() -> None:
    image = Image.new("RGB", (80, 80), (200, 30, 30))

    out = rebuilt(saved(image, icc_profile=b"no profile at all"))

    assert pixel(out, 40, 40) == (200, 30, 30)


def test_nothing_but_pixels_is_kept() -> None:
    exif = Image.Exif()
    exif[0x010E] = "CANARY-EXIF"
    jpeg = saved(picture(), "JPEG", exif=exif, comment=b"CANARY-COMMENT", xmp=b"CANARY-XMP", icc_profile=b"CANARY-ICC")
    text = PngImagePlugin.PngInfo()
    text.add_text("Author", "CANARY-TEXT")
    png = saved(picture(), "PNG", pnginfo=text)

    for data in (jpeg + b"PK\x03\x04CANARY-APPENDED", png + b"CANARY-APPENDED"):
        assert any(canary in data for canary in CANARIES)
        _, payload = inspect(data, "a.jpg", SIZE_PX)
        assert [canary for canary in CANARIES if canary in payload] == []
        assert {payload[at + 4 : at + 8] for at in chunks_of(payload)} == {b"IHDR", b"IDAT", b"IEND"}


def chunks_of(png: bytes) -> list[int]:
    at, found = 8, []
    while png[at + 4 : at + 8] != b"IEND":
        found.append(at)
        at += 12 + int.from_bytes(png[at : at + 4], "big")
    return [*found, at]


def test_a_large_photo_is_kept_two_thousand_pixels_long() -> None:
    head, _ = inspect(saved(Image.new("RGB", (4000, 3000), (90, 120, 90)), "JPEG"), "a.jpg", 512)

    assert (head["width_px"], head["height_px"]) == (2048, 1536)
    assert (head["facts"]["original_width_px"], head["facts"]["original_height_px"]) == (4000, 3000)


def test_a_long_photo_stays_as_broad_as_the_base_trains_at() -> None:
    assert kept_size((8000, 1000), 512) == (4096, 512)
    assert kept_size((640, 480), 512) == (640, 480)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_of_a_moving_picture_the_first_frame_is_used_and_that_is_said(kind: str) -> None:
    frames = [picture(96, 96, seed) for seed in range(3)]
    data = saved(frames[0], kind, save_all=True, append_images=frames[1:])

    head, _ = inspect(data, "a.gif", SIZE_PX)

    assert difference(rebuilt(data), frames[0]) < 8
    assert [remark["code"] for remark in head["facts"]["remarks"]] == ["W_ANIMATED"]


def test_of_a_stereo_photo_the_first_picture_is_used() -> None:
    image = picture(96, 96)

    out = rebuilt(saved(image, "MPO", save_all=True, append_images=[picture(96, 96, 2)]))

    assert difference(out, image) < 9


def test_a_thousand_frames_cost_no_more_than_one() -> None:
    frames = [Image.new("P", (64, 64), index % 2) for index in range(1000)]

    assert rebuilt(saved(frames[0], "GIF", save_all=True, append_images=frames[1:])).size == (64, 64)


def test_a_photo_below_the_training_size_is_remarked_and_below_half_of_it_refused() -> None:
    assert remarks(picture(512, 512), 512) == []
    assert remarks(picture(511, 600), 512) == ["W_SMALL"]
    assert remarks(picture(256, 256), 512) == ["W_SMALL"]
    with pytest.raises(PhotoRejected) as refusal:
        inspect(saved(picture(255, 600)), "a.png", 512)
    assert refusal.value.code == "E_TOO_SMALL"
    assert refusal.value.facts == {"photo": "a.png", "width": 255, "height": 600, "need": 256}


def test_blurred_dark_pale_and_empty_photos_are_remarked() -> None:
    sharp = picture(512, 512)

    assert remarks(sharp) == []
    assert remarks(sharp.filter(ImageFilter.GaussianBlur(8))) == ["W_BLURRY"]
    assert remarks(sharp.point(lambda level: level // 8)) == ["W_DARK"]
    assert remarks(sharp.point(lambda level: 243 + level // 21)) == ["W_PALE"]
    assert remarks(Image.new("RGB", (300, 300), (120, 120, 120))) == ["W_FLAT"]


def test_a_sharp_subject_before_a_blurred_background_is_sharp() -> None:
    image = picture(512, 512).filter(ImageFilter.GaussianBlur(8))
    image.paste(picture(512, 512, 2).crop((0, 0, 256, 256)), (128, 128))

    assert remarks(image) == []


def test_the_same_pixels_have_the_same_hash_in_any_file() -> None:
    image = picture()

    files = [saved(image), saved(image, compress_level=1), saved(image, "WEBP", lossless=True)]
    hashes = {inspect(data, "a", SIZE_PX)[0]["sha256"] for data in files}

    assert len(hashes) == 1
    assert hashes != {inspect(saved(picture(seed=2)), "a", SIZE_PX)[0]["sha256"]}
