"""Reads the photos out of a zip under guards of its own; no name in it ever becomes a path."""

from __future__ import annotations

import io
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

from storage.errors import PhotoRejected, TintypeError
from storage.inspector import formats

MEMBERS_MOST = 200  # of any kind
PHOTOS_MOST = 60  # three trainings' worth
MEMBER_BYTES = 30 * 2**20  # unpacked; as much as one upload may have
ALL_BYTES = 300 * 2**20  # unpacked
RATIO_MOST = 200  # photos hardly shrink; zeros shrink a thousandfold
LIST_BYTES = 2**20  # of the list at a zip's end: 200 members with long names
END = struct.Struct(
    "<4s4H2LH"
)  # signature, disk, disk of list, members here, members, bytes of list, its offset, comment
END_SIGN = b"PK\x05\x06"
COMMENT_BYTES = 65_535
LOCAL = struct.Struct("<4s5H3L2H")  # the header before each member; the last two are the lengths of name and extra
LOCAL_SIGN = b"PK\x03\x04"
ENCRYPTED = 0x1
UNPACKED = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
IGNORED = re.compile(r"(^|[/\\])(__MACOSX[/\\]|\.(?!\.?[/\\])|Thumbs\.db$|desktop\.ini$)", re.IGNORECASE)
BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    ValueError,
    KeyError,
    struct.error,
    RuntimeError,  # zipfile's for a password, and a kind of it for a compression that it does not know
)


def members(data: bytes, name: str) -> Iterator[tuple[dict[str, Any], bytes]]:
    """Each photo as ({"name"}, its bytes); each member that could be none as ({"name", "code", "facts"}, b"").

    The last pair is ({"skipped": how many were no photos}, b""). Folders, links and a computer's own files are none.
    Raises: PhotoRejected E_ZIP_BAD, E_ZIP_MANY, E_ZIP_TOO_BIG, E_ZIP_ENCRYPTED, E_ZIP_EMPTY.
    """
    check_end(data, name)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as opened:
            wanted = [info for info in opened.infolist() if is_wanted(info)]
            check_members(data, opened, wanted, name)
            yield from _photos(opened, wanted, name)
    except BROKEN as error:
        raise PhotoRejected("E_ZIP_BAD", photo=name) from error


def _photos(
    opened: zipfile.ZipFile, wanted: list[zipfile.ZipInfo], name: str
) -> Iterator[tuple[dict[str, Any], bytes]]:
    photos = others = refused = 0
    for info in wanted:
        inner = formats.plain_name(info.filename)
        try:
            content = _content(opened, info, inner)
        except TintypeError as refusal:
            yield {"name": inner, "code": refusal.code, "facts": refusal.facts}, b""
            refused += 1
            continue
        if formats.format_of(content) is None and not formats.is_photo_name(inner):
            others += 1
            continue
        photos += 1
        yield {"name": inner}, content
    if not photos + refused:
        raise PhotoRejected("E_ZIP_EMPTY", photo=name)
    yield {"skipped": others}, b""


def check_end(data: bytes, name: str) -> None:
    """Believe the record at the end before anything is built of what it describes.

    Raises: PhotoRejected E_ZIP_BAD, E_ZIP_MANY.
    """
    at = data.rfind(END_SIGN, max(0, len(data) - END.size - COMMENT_BYTES))
    if at < 0 or at + END.size > len(data):
        raise PhotoRejected("E_ZIP_BAD", photo=name)
    _, disk, list_disk, here, count, list_bytes, _, comment = END.unpack_from(data, at)
    if at + END.size + comment != len(data) or disk or list_disk or here != count:
        raise PhotoRejected("E_ZIP_BAD", photo=name)
    if count > MEMBERS_MOST or list_bytes > LIST_BYTES:  # 65 535 stands for more, in a zip64
        raise PhotoRejected("E_ZIP_MANY", photo=name, most=MEMBERS_MOST)


def is_wanted(info: zipfile.ZipInfo) -> bool:
    """A regular file that is not a computer's own."""
    mode = info.external_attr >> 16
    is_regular = stat.S_IFMT(mode) in {0, stat.S_IFREG}
    return is_regular and not info.is_dir() and info.file_size > 0 and not IGNORED.search(info.filename)


def check_members(data: bytes, opened: zipfile.ZipFile, wanted: list[zipfile.ZipInfo], name: str) -> None:
    """Check all members together, before the first is read.

    Raises: PhotoRejected E_ZIP_MANY, E_ZIP_ENCRYPTED, E_ZIP_BAD, E_ZIP_TOO_BIG.
    """
    if len(opened.infolist()) > MEMBERS_MOST:
        raise PhotoRejected("E_ZIP_MANY", photo=name, most=MEMBERS_MOST)
    if sum(formats.is_photo_name(info.filename) for info in wanted) > PHOTOS_MOST:
        raise PhotoRejected("E_ZIP_MANY", photo=name, most=PHOTOS_MOST)
    if any(info.flag_bits & ENCRYPTED for info in wanted):
        raise PhotoRejected("E_ZIP_ENCRYPTED", photo=name)
    check_overlaps(data, opened, name)
    total = sum(info.file_size for info in wanted)
    if total > ALL_BYTES or any(info.file_size > RATIO_MOST * max(1, info.compress_size) for info in wanted):
        raise PhotoRejected("E_ZIP_TOO_BIG", photo=name, most_mb=ALL_BYTES // 2**20)


def check_overlaps(data: bytes, opened: zipfile.ZipFile, name: str) -> None:
    """Each member has bytes of its own; Python itself looks only from 3.11.8 on (CVE-2024-0450).

    Raises: PhotoRejected E_ZIP_BAD.
    """
    end = 0
    for info in sorted(opened.infolist(), key=lambda info: info.header_offset):
        at = info.header_offset
        header = data[at : at + LOCAL.size]
        if at < end or len(header) < LOCAL.size or not header.startswith(LOCAL_SIGN):
            raise PhotoRejected("E_ZIP_BAD", photo=name)
        name_bytes, extra_bytes = LOCAL.unpack(header)[-2:]
        end = at + LOCAL.size + name_bytes + extra_bytes + info.compress_size
    if end > opened.start_dir:
        raise PhotoRejected("E_ZIP_BAD", photo=name)


def _content(opened: zipfile.ZipFile, info: zipfile.ZipInfo, inner: str) -> bytes:
    """One member, never more of it than it announced.

    Raises: PhotoRejected E_ZIP_BAD, E_ZIP_MEMBER_BIG, E_ZIP_NESTED for this member alone.
    """
    if info.file_size > MEMBER_BYTES:
        raise PhotoRejected("E_ZIP_MEMBER_BIG", photo=inner, most_mb=MEMBER_BYTES // 2**20)
    if info.compress_type not in UNPACKED:
        raise PhotoRejected("E_ZIP_BAD", photo=inner)
    try:
        with opened.open(info) as member:
            content = member.read(info.file_size + 1)
    except BROKEN as error:
        raise PhotoRejected("E_CORRUPT", photo=inner) from error
    if formats.is_zip(content):
        raise PhotoRejected("E_ZIP_NESTED", photo=inner)
    return content
