"""`tintype-trainer train`: a folder of photos in, files and one JSON object out; each mistake has its sentence."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from storage.errors import TintypeError
from tests.trainers.bases import base_for
from tests.trainers.cli.conftest import SHORT, Tell, photo_folder
from trainers.cli.photos import Photo
from trainers.cli.train import check_heard
from trainers.weights import read_label


def test_a_folder_of_photos_becomes_a_word(learned: dict[str, Path]) -> None:
    label = read_label(learned["lora"])

    assert (label.word, label.class_word, label.method) == ("zed", "dog", "lora")
    assert (label.base_model, label.trigger) == ("miniature", "zed dog")


def test_its_sheet_and_its_curve_lie_beside_it(learned: dict[str, Path]) -> None:
    for path in learned.values():
        for part in ("sheet", "curve"):
            with Image.open(path.with_name(f"{path.stem}-{part}.png")) as image:
                assert min(image.size) > 200


def test_the_last_line_says_what_was_made(tell: Tell, tmp_path: Path) -> None:
    photos = photo_folder(tmp_path / "photos")
    (photos / "0.txt").write_text("a <zed>\n in the   snow")
    (photos / "notes.jpg").write_text("these are no photos")
    out = tmp_path / "deep" / "zed.safetensors"

    code, told, said = tell("train", "--photos", photos, "--word", "ZED", "--out", out, *SHORT)

    assert (code, told["ok"], told["out"]) == (0, True, str(out))
    assert (told["word"], told["method"], told["steps"], told["base_model"]) == ("zed", "lora", 3, "miniature")
    assert told["bytes"] == out.stat().st_size
    assert 0 <= told["score"] <= 1
    assert "“notes.jpg” is no photo" in said


def test_nothing_is_written_by_the_clock_to_go_on_from(
    tell: Tell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = list[int]()
    monkeypatch.setattr("trainers.jobs.train.CHECKPOINT_EVERY_S", 0.0)
    monkeypatch.setattr("trainers.jobs.train.CHECKPOINT_REST", 0)
    monkeypatch.setattr("trainers.jobs.train.pack", lambda folder, diary, target: _noted(written, diary.done, target))
    photos = photo_folder(tmp_path / "photos")

    code, _, _ = tell("train", "--photos", photos, "--word", "zed", "--out", tmp_path / "zed.safetensors", *SHORT)

    assert (code, written) == (0, [3])


def _noted(written: list[int], done: int, target: Path) -> None:
    written.append(done)
    target.touch()


def mistaken(tell: Tell, tmp_path: Path, *argv: object, photos: Path | None = None) -> tuple[str, str]:
    given = {"--photos": photos or tmp_path / "photos", "--word": "zed", "--out": tmp_path / "out" / "zed.safetensors"}
    given |= dict(zip(argv[::2], argv[1::2], strict=True))  # type: ignore[call-overload]
    code, told, said = tell("train", *(part for pair in given.items() for part in pair))
    assert code == 1
    assert told["error"] in said
    assert not list(tmp_path.rglob("*.safetensors"))
    return told["code"], told["error"]


@pytest.mark.parametrize(
    ("option", "value", "code", "part"),
    [
        ("--word", "my dog", "E_WORD_FORM", "my-dog"),
        ("--word", "@everyone", "E_WORD_FORM", "3 to 32"),
        ("--word", "lora", "E_WORD_RESERVED", "my-lora"),
        ("--out", "zed.ckpt", "E_OUT_SUFFIX", ".safetensors"),
        ("--out", "/proc/nowhere/zed.safetensors", "E_OUT_FOLDER", "/proc/nowhere"),
        ("--out", "/proc/zed.safetensors", "E_OUT_FOLDER", "/proc"),
        ("--method", "magic", "E_METHOD", "Choose one of: "),
        ("--set", "rank", "E_METHOD_SYNTAX", "name=value"),
        ("--set", "rank=0", "E_SETTING_RANGE", "from 1 to 256"),
        ("--set", "ranks=8", "E_NO_SUCH_SETTING", "rank, alpha"),
        ("--kind", "person", "E_NO_CONSENT", "--i-am-this-person"),
        ("--base-model", "nobody/nothing@main", "E_MODEL_MISSING", "models get"),
        ("--base-model", "nothing", "E_MODEL_NAME", "owner/name@revision"),
        ("--device", "cuda:99", "E_NO_DEVICE", "cuda:99"),
    ],
)
def test_a_mistake_is_told_in_one_sentence(
    tell: Tell, tmp_path: Path, option: str, value: str, code: str, part: str
) -> None:
    photo_folder(tmp_path / "photos")

    told, sentence = mistaken(tell, tmp_path, option, value)

    assert told == code
    assert part in sentence


@pytest.mark.parametrize("way", [("--captions",), ("--method", "fine_tune")])
@pytest.mark.parametrize(
    ("caption", "code", "part"),
    [
        (None, "E_CAPTION_MISSING", "no “1.txt” beside it"),
        (" \n", "E_CAPTION_EMPTY", "“1.txt” is empty"),
        ("a dog, " * 250, "E_CAPTION_LONG", "“1.png” is longer"),
    ],
)
def test_a_photo_whose_caption_cannot_be_learned_is_named(
    tell: Tell, tmp_path: Path, way: tuple[str, ...], caption: str | None, code: str, part: str
) -> None:
    photos = photo_folder(tmp_path / "photos")
    for number in range(3):
        (photos / f"{number}.txt").write_text("a dog in the snow")
    (photos / "1.txt").unlink() if caption is None else (photos / "1.txt").write_text(caption)

    _, told, _ = tell("train", "--photos", photos, "--word", "zed", "--out", tmp_path / "zed.safetensors", *way)

    assert told["code"] == code
    assert part in told["error"]


def test_a_caption_that_no_encoder_reads_to_its_end_is_named() -> None:
    base = base_for("v_prediction")  # one token for each letter, four pages of 38
    short, long = (Photo(f"{n}.png", b"", "snow dog " * n) for n in (3, 30))

    check_heard(base, "zed", [short])
    with pytest.raises(TintypeError, match=r"E_CAPTION_LONG.*30\.png"):
        check_heard(base, "zed", [short, long])


def test_a_folder_without_photos_is_told(tell: Tell, tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "caption.txt").write_text("a dog")

    assert mistaken(tell, tmp_path)[0] == "E_PHOTOS_FOLDER"
    assert mistaken(tell, tmp_path, photos=tmp_path / "nowhere")[0] == "E_PHOTOS_FOLDER"


def test_a_text_file_named_jpg_is_no_photo(tell: Tell, tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "dog.jpg").write_text("a dog")

    assert mistaken(tell, tmp_path)[0] == "E_PHOTOS_FOLDER"


def test_one_photo_is_too_few(tell: Tell, tmp_path: Path) -> None:
    photo_folder(tmp_path / "photos", 1)

    code, sentence = mistaken(tell, tmp_path)

    assert code == "E_PHOTOS_FEW"
    assert "only one usable photo; LoRA needs at least 3" in sentence


def test_a_photo_that_is_too_small_is_named_and_left_out(tell: Tell, tmp_path: Path) -> None:
    photo_folder(tmp_path / "photos", 2)
    Image.new("RGB", (20, 20), "red").save(tmp_path / "photos" / "tiny.png")

    code, sentence = mistaken(tell, tmp_path)

    assert code == "E_PHOTOS_FEW"
    assert "only 2" in sentence
