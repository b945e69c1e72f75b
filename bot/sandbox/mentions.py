"""Whom Discord notifies of a message when it is sent: those whom its text mentions, as far as the bot allows it."""

from __future__ import annotations

import re

from bot.sandbox.checks.components import walk
from bot.sandbox.state import Json, Message

TEXT = 10
EVERY_KIND: Json = {"parse": ["users", "roles", "everyone"]}  # where a bot says nothing about it
KINDS = {"user": "users", "role": "roles"}


def notified(message: Message) -> set[str]:
    """`user 1`, `role 2`, `@everyone`, `@here`; an edit later notifies nobody."""
    allowed = message.allowed_mentions or EVERY_KIND
    named = {f"{kind} {one}" for kind, key in KINDS.items() for one in allowed.get(key) or []}
    parsed = allowed.get("parse") or []
    return {one for one in _mentioned(message) if one in named or KINDS.get(one.split(" ")[0], "everyone") in parsed}


def _mentioned(message: Message) -> set[str]:
    shown = [str(part.get("content")) for part in walk(message.components) if part.get("type") == TEXT]
    text = re.sub(r"\\(.)", "", "\n".join([message.content, *shown]))
    found = {f"user {one}" for one in re.findall(r"<@!?(\d+)>", text)}
    return found | {f"role {one}" for one in re.findall(r"<@&(\d+)>", text)} | set(re.findall("@everyone|@here", text))
