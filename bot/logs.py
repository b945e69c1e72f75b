"""Where the log goes, and what never gets into it."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from logging.handlers import RotatingFileHandler
from pathlib import Path

from storage.atomic import make_folder

FILE, FOLDER = "tintype.log", "logs"
FILE_BYTES, FILES = 5 * 2**20, 3
LINE = "%(asctime)s %(levelname)s %(name)s: %(message)s"
#: Whoever has one of these can speak for the bot, or fetch a member's upload.
PASSES = re.compile(r"(/(?:interactions|webhooks)/\d+/)[\w.=-]{20,}|([?&](?:ex|is|hm)=)[0-9a-f]+")


class Discreet(logging.Formatter):
    """Leaves out secrets, and the passes that Discord's URLs carry."""

    def __init__(self, line: str, secrets: Iterable[str]) -> None:
        super().__init__(line)
        self._secrets = [secret for secret in secrets if secret]

    def format(self, record: logging.LogRecord) -> str:
        """The line, or lines with a traceback."""
        text = super().format(record)
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return PASSES.sub(lambda found: f"{found[1] or found[2]}***", text)


def set_up(data_dir: Path, level: str, secrets: Iterable[str]) -> list[logging.Handler]:
    """Log to `data/logs/`, and what an operator must see to standard error; the handlers, for `take_down`."""
    folder = data_dir / FOLDER
    make_folder(folder)
    file, screen = RotatingFileHandler(folder / FILE, maxBytes=FILE_BYTES, backupCount=FILES), logging.StreamHandler()
    screen.setLevel(logging.ERROR)
    root = logging.getLogger()
    root.setLevel(level.upper())
    for library in ("discord", "aiohttp"):  # at debug they write down whole requests
        logging.getLogger(library).setLevel(max(logging.INFO, root.level))
    handlers: list[logging.Handler] = [file, screen]
    for handler in handlers:
        handler.setFormatter(Discreet(LINE, secrets))
        root.addHandler(handler)
    return handlers


def take_down(handlers: Iterable[logging.Handler]) -> None:
    """Log nowhere any more."""
    for handler in handlers:
        logging.getLogger().removeHandler(handler)
        handler.close()
