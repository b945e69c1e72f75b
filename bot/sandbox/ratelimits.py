"""Rate limits by route, as Discord announces them in headers."""

from __future__ import annotations

import hashlib
import math
import re
from dataclasses import dataclass

from bot.sandbox.clock import MovableClock

GLOBAL_PER_S = 50
RULES: list[tuple[str, str, int, float]] = [  # method, path, requests, in seconds
    ("POST", r"/channels/(\d+)/messages", 5, 5.0),
    ("PATCH", r"/channels/(\d+)/messages/\d+", 5, 5.0),
    ("DELETE", r"/channels/(\d+)/messages/\d+", 5, 1.0),
    ("POST", r"/webhooks/\d+/([^/]+)", 5, 2.0),
    ("PATCH", r"/webhooks/\d+/([^/]+)/messages/[^/]+", 5, 2.0),
]
OTHERS = (50, 1.0)


@dataclass(slots=True)
class Bucket:
    """How much of a window is left."""

    name: str
    limit: int
    window_s: float
    left: int
    ends: float


class RateLimits:
    """The buckets of one bot."""

    def __init__(self, clock: MovableClock) -> None:
        self._clock = clock
        self._buckets: dict[str, Bucket] = {}
        self.is_on = True

    def take(self, method: str, path: str) -> tuple[dict[str, str], float | None]:
        """Use one request; the headers to send, and how long to wait when there was none left; nothing while lifted."""
        if not self.is_on:
            return {}, None
        limited, key, limit, window = self._rule(method, path)
        bucket = self._bucket(key, limit, window)
        everywhere = self._bucket("global", GLOBAL_PER_S, 1.0)
        is_free = path.startswith(("/interactions/", "/webhooks/"))
        wait = None
        if not is_free and everywhere.left <= 0:
            wait = everywhere.ends - self._clock.now()
            return {"X-RateLimit-Global": "true"}, max(wait, 0.001)
        if limited and bucket.left <= 0:
            wait = max(bucket.ends - self._clock.now(), 0.001)
        else:
            bucket.left -= 1
            everywhere.left -= 0 if is_free else 1
        return (self._headers(bucket) if limited else {}), wait

    def _rule(self, method: str, path: str) -> tuple[bool, str, int, float]:
        if path.startswith("/interactions/"):
            return False, f"{method} {path}", *OTHERS
        for verb, pattern, limit, window in RULES:
            found = re.fullmatch(pattern, path) if verb == method else None
            if found:
                return True, f"{method} {pattern} {found[1]}", limit, window
        return True, f"{method} {re.sub(r'[0-9]{15,}', 'id', path)}", *OTHERS

    def _bucket(self, key: str, limit: int, window: float) -> Bucket:
        now = self._clock.now()
        bucket = self._buckets.get(key)
        if bucket is None or now >= bucket.ends:
            name = hashlib.sha256(key.split(" ", maxsplit=1)[0].encode() + key.encode()).hexdigest()[:32]
            bucket = self._buckets[key] = Bucket(name, limit, window, limit, now + window)
        return bucket

    def _headers(self, bucket: Bucket) -> dict[str, str]:
        after = max(bucket.ends - self._clock.now(), 0.0)
        return {
            "X-RateLimit-Limit": str(bucket.limit),
            "X-RateLimit-Remaining": str(max(bucket.left, 0)),
            "X-RateLimit-Reset": f"{bucket.ends:.3f}",
            "X-RateLimit-Reset-After": f"{math.ceil(after * 1000) / 1000:.3f}",
            "X-RateLimit-Bucket": bucket.name,
        }
