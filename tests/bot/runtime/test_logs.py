from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import logs

PASS = "aW50ZXJhY3Rpb246MTIzNDU2Nzg5" * 3


@pytest.fixture
def written(tmp_path: Path) -> Iterator[Path]:
    level = logging.getLogger().level
    handlers = logs.set_up(tmp_path, "debug", ["hush-hush", ""])
    yield tmp_path / "logs" / "tintype.log"
    logs.take_down(handlers)
    logging.getLogger().setLevel(level)


def test_a_log_holds_no_secret_and_no_pass(written: Path) -> None:
    log = logging.getLogger("anything")
    log.info("logged in with hush-hush")
    log.info("POST https://discord.com/api/v10/interactions/123/%s/callback", PASS)
    log.info("PATCH /webhooks/123/%s/messages/@original", PASS)
    log.info("GET https://cdn.discordapp.com/a.png?ex=6a1b&is=6a2c&hm=0123abcd")
    try:
        raise ValueError("hush-hush")
    except ValueError:
        log.exception("it broke")

    text = written.read_text("utf-8")

    assert "hush-hush" not in text
    assert PASS not in text
    assert "0123abcd" not in text
    assert text.count("***") >= 7
    assert "/interactions/123/***/callback" in text


def test_errors_alone_reach_the_terminal(written: Path, capsys: pytest.CaptureFixture[str]) -> None:
    logging.getLogger("x").warning("only in the file")
    logging.getLogger("x").error("on the terminal too")

    assert "only in the file" in written.read_text("utf-8")
    assert "only in the file" not in capsys.readouterr().err


def test_the_log_is_its_owners_alone(written: Path) -> None:
    logging.getLogger("x").warning("something")

    assert written.parent.stat().st_mode & 0o077 == 0
