"""Zips: what is in them is read as bytes, under guards, and no name becomes a path."""

from __future__ import annotations

import stat
import struct
import time
import zipfile

import pytest

from storage.errors import PhotoRejected
from storage.inspector import zips
from tests.storage.inspector.uploads import asked, overlapping_zip, picture, saved, zipped

PHOTO = saved(picture(80, 80), "JPEG")


def read(data: bytes) -> tuple[dict[str, bytes], dict[str, str], int]:
    """Photos by name, codes by name, and how many files were skipped."""
    found = list(zips.members(data, "all.zip"))
    photos = {told["name"]: content for told, content in found if content}
    return photos, {told["name"]: told["code"] for told, _ in found if "code" in told}, found[-1][0]["skipped"]


def refused(data: bytes) -> str:
    with pytest.raises(PhotoRejected) as refusal:
        list(zips.members(data, "all.zip"))
    assert refusal.value.facts["photo"] == "all.zip"
    return refusal.value.code


def link(target: str) -> tuple[zipfile.ZipInfo, bytes]:
    info = zipfile.ZipInfo("link.jpg")
    info.create_system = 3
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info, target.encode()


def test_a_real_inspector_hands_out_photo_after_photo() -> None:
    frames, returncode = asked({"do": "zip", "name": "all.zip"}, zipped({"a.jpg": PHOTO, "b/c.jpg": PHOTO + b"x"}))

    assert [(frame.head.get("name"), len(frame.payload)) for frame in frames] == [
        ("a.jpg", len(PHOTO)), ("c.jpg", len(PHOTO) + 1), (None, 0), (None, 0),
    ]  # fmt: skip
    assert [frame.head["last"] for frame in frames] == [False, False, False, True]
    assert returncode == 0


@pytest.mark.parametrize("name", ["../../x.jpg", "/abs/x.jpg", "C:\\x.jpg", "..\\..\\x.jpg", "a/./../x.jpg"])
def test_a_path_in_a_name_leads_nowhere(name: str) -> None:
    assert read(zipped({name: PHOTO})) == ({"x.jpg": PHOTO}, {}, 0)


def test_links_folders_and_a_computers_own_files_are_left_out() -> None:
    data = zipped([
        link("/etc/passwd"), ("folder/", b""), ("__MACOSX/._a.jpg", b"x"), (".DS_Store", b"x"), ("f/.hidden.jpg", b"x"),
        ("Thumbs.db", b"x"), ("readme.txt", b"hello"), ("a.jpg.json", b"{}"), ("empty.jpg", b""), ("a.jpg", PHOTO),
    ])  # fmt: skip

    assert read(data) == ({"a.jpg": PHOTO}, {}, 2)


def test_a_text_named_jpg_is_handed_on_to_be_refused_by_name() -> None:
    photos, _, skipped = read(zipped({"note.jpg": b"text", "a.jpg": PHOTO}))

    assert (list(photos), skipped) == (["note.jpg", "a.jpg"], 0)


def test_a_photo_is_known_by_its_bytes_when_its_name_says_nothing() -> None:
    assert read(zipped({"IMG_0001": PHOTO})) == ({"IMG_0001": PHOTO}, {}, 0)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_of_one_name_are_two_photos() -> None:
    found = list(zips.members(zipped([("a.jpg", PHOTO), ("a.jpg", PHOTO + b"2")]), "all.zip"))

    assert [len(content) for _, content in found] == [len(PHOTO), len(PHOTO) + 1, 0]


def test_odd_names_are_made_plain() -> None:
    photos, _, _ = read(zipped({"\u202egpj.exe": PHOTO, "n" * 300 + ".jpg": PHOTO}))

    assert list(photos) == ["gpj.exe", "n" * 47 + "…nnnnnnnn.jpg"]


def test_a_zip_in_a_zip_is_refused_by_its_own_name() -> None:
    data = zipped({"more.zip": zipped({"b.jpg": PHOTO}), "a.jpg": PHOTO})

    assert read(data) == ({"a.jpg": PHOTO}, {"more.zip": "E_ZIP_NESTED"}, 0)


def test_a_member_with_a_wrong_checksum_costs_only_itself() -> None:
    data = bytearray(zipped({"a.jpg": PHOTO, "b.jpg": PHOTO}, zipfile.ZIP_STORED))
    data[30 + 5 + 100] ^= 1

    assert read(bytes(data)) == ({"b.jpg": PHOTO}, {"a.jpg": "E_CORRUPT"}, 0)


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    began = time.process_time()

    assert refused(zipped({"a.jpg": bytes(200_000_000)})) == "E_ZIP_TOO_BIG"
    assert time.process_time() - began < 2.0, "most of it is the making of the bomb"


def test_a_lying_size_does_not_unpack_more_than_it_says() -> None:
    data = zipped({"a.jpg": bytes(50_000_000), "b.jpg": PHOTO})
    listed = data.index(b"PK\x01\x02")
    lying = data[: listed + 24] + struct.pack("<L", 1000) + data[listed + 28 :]

    assert read(lying) == ({"b.jpg": PHOTO}, {"a.jpg": "E_CORRUPT"}, 0)


def test_one_member_larger_than_an_upload_is_refused_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zips, "MEMBER_BYTES", len(PHOTO))

    _, codes, _ = read(zipped({"big.jpg": PHOTO + bytes(1), "a.jpg": PHOTO}))

    assert codes == {"big.jpg": "E_ZIP_MEMBER_BIG"}


def test_overlapping_members_are_refused() -> None:
    began = time.process_time()

    assert refused(overlapping_zip(50, 1_000_000)) == "E_ZIP_BAD"
    assert refused(overlapping_zip(1000, 50_000_000)) == "E_ZIP_MANY"
    assert time.process_time() - began < 2.0


def test_sixty_thousand_members_are_refused_by_the_record_at_the_end() -> None:
    many = zipped({f"{n}.jpg": b"" for n in range(60_000)}, zipfile.ZIP_STORED)
    began = time.process_time()

    assert refused(many) == "E_ZIP_MANY"
    assert time.process_time() - began < 0.05


def test_a_record_that_understates_its_members_is_refused() -> None:
    data = zipped({f"{n}.txt": b"x" for n in range(300)}, zipfile.ZIP_STORED)
    end = data.rindex(b"PK\x05\x06")
    lying = data[: end + 8] + struct.pack("<HH", 3, 3) + data[end + 12 :]

    assert refused(lying) in {"E_ZIP_MANY", "E_ZIP_BAD"}


def test_more_than_sixty_photos_are_refused() -> None:
    assert refused(zipped({f"{n}.jpg": PHOTO for n in range(61)})) == "E_ZIP_MANY"


def test_a_password_is_named_as_the_reason() -> None:
    data = bytearray(zipped({"a.jpg": PHOTO}))
    data[data.index(b"PK\x01\x02") + 8] |= 1

    assert refused(bytes(data)) == "E_ZIP_ENCRYPTED"


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_rare_packings_are_not_unpacked(method: int) -> None:
    _, codes, _ = read(zipped({"a.jpg": PHOTO}, method))

    assert codes == {"a.jpg": "E_ZIP_BAD"}


def test_a_zip_without_a_photo_says_so() -> None:
    assert refused(zipped({"readme.txt": b"hello"})) == "E_ZIP_EMPTY"
    assert refused(zipped({})) == "E_ZIP_EMPTY"


@pytest.mark.parametrize(
    "data", [b"PK\x03\x04", b"PK\x05\x06", zipped({"a.jpg": PHOTO})[:-1], b"PK\x05\x06" + b"\xff" * 18]
)
def test_half_a_zip_is_no_zip(data: bytes) -> None:
    assert refused(data) in {"E_ZIP_BAD", "E_ZIP_MANY"}
