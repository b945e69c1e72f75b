"""The CDN: uploads under signed URLs that expire."""

from __future__ import annotations

import hashlib
import hmac
import mimetypes
import re
import secrets
import struct
from dataclasses import dataclass

from bot.sandbox.state import Json, StoredFile

EPHEMERAL_S = 24 * 3600.0  # of what a member hands to an interaction
ATTACHMENT_S = 14 * 24 * 3600.0  # of what stands in a message
PNG_HEADER = b"\x89PNG\r\n\x1a\n"


def stored_name(name: str) -> str:
    """The name under which Discord stores an upload."""
    return re.sub(r"[^A-Za-z0-9_.\-]", "", name.replace(" ", "_")).lstrip(".") or "unknown"


def content_type(name: str) -> str:
    """What the name's extension promises."""
    return mimetypes.guess_type(name)[0] or "application/octet-stream"


def png_size(data: bytes) -> tuple[int, int] | None:
    """Width and height of a PNG, from its header; None for anything else."""
    if len(data) < 24 or not data.startswith(PNG_HEADER):
        return None
    width, height = struct.unpack(">II", data[16:24])
    return int(width), int(height)


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs and checks the URLs of one stand-in."""

    key: bytes

    @classmethod
    def new(cls) -> Signer:
        """With a fresh key."""
        return cls(secrets.token_bytes(32))

    def url(self, root: str, file: StoredFile, now: float) -> str:
        """A URL that is good for the file's life from now."""
        path = f"/{file.folder}/{file.place}/{file.id}/{file.name}"
        issued, expires = f"{int(now):x}", f"{int(now + file.life_s):x}"
        return f"{root}/cdn{path}?ex={expires}&is={issued}&hm={self._mark(path, expires, issued)}"

    def is_good(self, path: str, expires: str, issued: str, mark: str, now: float) -> bool:
        """Whether this URL was signed here and has not expired."""
        if not hmac.compare_digest(self._mark(path, expires, issued), mark):
            return False
        return now < int(expires, 16)

    def _mark(self, path: str, expires: str, issued: str) -> str:
        return hmac.new(self.key, f"{path}|{expires}|{issued}".encode(), hashlib.sha256).hexdigest()


def attachment(file: StoredFile, url: str) -> Json:
    """Discord's attachment object."""
    told: Json = {
        "id": str(file.id),
        "filename": file.name,
        "size": len(file.data),
        "url": url,
        "proxy_url": url,
        "content_type": file.content_type,
    }
    if file.description is not None:
        told["description"] = file.description
    if file.folder == "ephemeral-attachments":
        told["ephemeral"] = True
    size = png_size(file.data)
    return told | ({"width": size[0], "height": size[1]} if size else {})
