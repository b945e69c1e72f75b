"""How Discord says no: `{code, message, errors}` with an HTTP status."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

UNKNOWN_CHANNEL = (404, 10003, "Unknown Channel")
UNKNOWN_GUILD = (404, 10004, "Unknown Guild")
UNKNOWN_MEMBER = (404, 10007, "Unknown Member")
UNKNOWN_MESSAGE = (404, 10008, "Unknown Message")
UNKNOWN_USER = (404, 10013, "Unknown User")
UNKNOWN_WEBHOOK = (404, 10015, "Unknown Webhook")
UNKNOWN_INTERACTION = (404, 10062, "Unknown interaction")
UNKNOWN_COMMAND = (404, 10063, "Unknown application command")
UNAUTHORIZED = (401, 0, "401: Unauthorized")
TOO_LARGE = (413, 40005, "Request entity too large")
ACKNOWLEDGED = (400, 40060, "Interaction has already been acknowledged.")
MISSING_ACCESS = (403, 50001, "Missing Access")
NOT_THE_AUTHOR = (403, 50005, "Cannot edit a message authored by another user")
EMPTY_MESSAGE = (400, 50006, "Cannot send an empty message")
CLOSED_DMS = (403, 50007, "Cannot send messages to this user")
MISSING_PERMISSIONS = (403, 50013, "Missing Permissions")
DEAD_TOKEN = (401, 50027, "Invalid Webhook Token")
INVALID_FORM = (400, 50035, "Invalid Form Body")
LOCKED_THREAD = (400, 50083, "Thread is archived")


class Refused(Exception):
    """A request that Discord would refuse."""

    def __init__(self, kind: tuple[int, int, str], errors: Json | None = None) -> None:
        self.status, self.code, self.message = kind
        self.errors = errors
        super().__init__(f"{self.code} {self.message} {errors or ''}".strip())

    def body(self) -> Json:
        """The JSON of the answer."""
        body: Json = {"message": self.message, "code": self.code}
        return body | {"errors": self.errors} if self.errors else body


class Form:
    """Collects what is wrong with a body, by path, as Discord nests it."""

    def __init__(self) -> None:
        self._errors: Json = {}

    def wrong(self, path: tuple[str | int, ...], code: str, message: str) -> None:
        """Note one mistake at this path."""
        place = self._errors
        for step in path:
            place = place.setdefault(str(step), {})
        place.setdefault("_errors", []).append({"code": code, "message": message})

    def text(self, path: tuple[str | int, ...], value: Any, most: int, least: int = 1) -> None:
        """Check that a value is text of this length."""
        if not isinstance(value, str):
            self.wrong(path, "BASE_TYPE_REQUIRED", "This field is required")
        elif not least <= len(value) <= most:
            self.wrong(path, "BASE_TYPE_BAD_LENGTH", f"Must be between {least} and {most} in length.")

    def count(self, path: tuple[str | int, ...], value: Any, least: int, most: int) -> bool:
        """Check that a value is a list with so many items; whether it is."""
        if not isinstance(value, list) or not least <= len(value) <= most:
            self.wrong(path, "BASE_TYPE_BAD_LENGTH", f"Must be between {least} and {most} in length.")
            return False
        return True

    def refuse(self) -> None:
        """Raises: Refused(50035) when anything was noted."""
        if self._errors:
            raise Refused(INVALID_FORM, self._errors)
