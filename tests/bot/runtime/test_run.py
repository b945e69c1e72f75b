"""`tintype run` as an operator starts and stops it: a process of its own."""

from __future__ import annotations

import os
import re
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot import texts
from bot.lock import held
from storage.texts import sentence

REPOSITORY = Path(__file__).parents[3]


@contextmanager
def started(data: Path, *arguments: str, **environ: str) -> Iterator[subprocess.Popen[str]]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TINTYPE_", "DISCORD_"))}
    ours = {"TINTYPE_DATA_DIR": str(data), "TINTYPE_SANDBOX_PORT": "0", "PYTHONPATH": str(REPOSITORY)}
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", *(arguments or ("run",))], cwd=data, env=kept | ours | environ,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def lines_until(process: subprocess.Popen[str], text: str, within_s: float = 60.0) -> str:
    """What it printed up to the line that holds this text."""
    assert process.stdout is not None
    told, deadline = "", time.monotonic() + within_s
    while text not in told:
        assert select.select([process.stdout], [], [], max(0.0, deadline - time.monotonic()))[0], told
        line = process.stdout.readline()
        assert line, told
        told += line
    return told


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_without_a_token_it_runs_on_the_stand_in_and_stops_when_told(tmp_path: Path, number: signal.Signals) -> None:
    with started(tmp_path) as process:
        told = lines_until(process, "Logged in")
        began = time.monotonic()
        process.send_signal(number)
        rest, errors = process.communicate(timeout=15)

    assert process.returncode == 0
    assert time.monotonic() - began < 10.0
    assert re.search(r"tintype try --url http://127\.0\.0\.1:\d+", told)
    assert "stopped" in rest
    assert errors == ""
    assert (tmp_path / "sandbox" / "tintype.db").exists()
    assert not (tmp_path / "tintype.db").exists()


def test_a_member_at_the_keyboard_reaches_it(tmp_path: Path) -> None:
    with started(tmp_path) as process:
        url = lines_until(process, "Logged in").partition("--url ")[2].split()[0]
        with started(tmp_path, "try", "--url", url, "--as", "ben") as member:
            shown, _ = member.communicate("/queue\nquit\n", timeout=60)

    assert member.returncode == 0
    assert "The queue" in shown


def test_a_command_without_an_option_to_complete_does_not_end_the_member(tmp_path: Path) -> None:
    with started(tmp_path) as process:
        url = lines_until(process, "Logged in").partition("--url ")[2].split()[0]
        with started(tmp_path, "try", "--url", url) as member:
            shown, errors = member.communicate("?/show\n/queue\nquit\n", timeout=60)

    assert member.returncode == 0, errors
    assert "! begin the option to complete" in shown
    assert "The queue" in shown


def test_a_port_that_is_taken_is_named_as_it_is_written(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        with started(tmp_path, TINTYPE_SANDBOX_PORT=port) as process:
            _, errors = process.communicate(timeout=60)

    assert process.returncode == 1
    assert errors.strip() == texts.say("E_SANDBOX_PORT", port=port, reason="Address already in use")


def test_a_token_that_discord_does_not_know_ends_it_with_advice(tmp_path: Path) -> None:
    with started(tmp_path) as stand_in:
        url = lines_until(stand_in, "Logged in").partition("--url ")[2].split()[0]
        other = tmp_path / "other"
        other.mkdir()
        with started(other, DISCORD_TOKEN="wrong", DISCORD_API_URL=f"{url}/api/v10") as process:
            _, errors = process.communicate(timeout=60)

    assert process.returncode == 1
    assert errors.strip() == sentence("E_TOKEN")
    assert "wrong" not in (other / "logs" / "tintype.log").read_text("utf-8")


def test_while_discord_cannot_be_reached_it_says_so_and_can_be_stopped(tmp_path: Path) -> None:
    with started(tmp_path, DISCORD_TOKEN="t", DISCORD_API_URL="http://127.0.0.1:9/api/v10") as process:
        lines_until(process, "cannot be reached")
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=15)

    assert process.returncode == 0


def test_a_discord_that_takes_the_call_and_says_nothing_delays_no_stop(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(60)
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/api/v10"
        with started(tmp_path, DISCORD_TOKEN="t", DISCORD_API_URL=url) as process:
            wire, _ = silent.accept()
            with wire:
                assert wire.recv(1)
                began = time.monotonic()
                process.send_signal(signal.SIGTERM)
                _, errors = process.communicate(timeout=15)

    assert (process.returncode, errors) == (0, "")
    assert time.monotonic() - began < 10.0


SLOW_NAMES = """
import socket, time
known = socket.getaddrinfo
def getaddrinfo(host, *more, **others):
    if host != "discord.test":
        return known(host, *more, **others)
    print("looking it up", flush=True)
    time.sleep(60)
socket.getaddrinfo = getaddrinfo
"""


def test_a_name_that_is_still_looked_up_delays_no_stop(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(SLOW_NAMES)
    url, paths = "http://discord.test/api/v10", f"{tmp_path}{os.pathsep}{REPOSITORY}"
    with started(tmp_path, DISCORD_TOKEN="t", DISCORD_API_URL=url, PYTHONPATH=paths) as process:
        lines_until(process, "looking it up")
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        rest, errors = process.communicate(timeout=15)

    assert (process.returncode, errors) == (0, "")
    assert time.monotonic() - began < 10.0
    assert "stopped" in rest


def test_a_second_one_on_the_same_data_is_refused(tmp_path: Path) -> None:
    with held(tmp_path / "sandbox"), started(tmp_path) as process:
        _, errors = process.communicate(timeout=60)

    assert process.returncode == 1
    assert str(os.getpid()) in errors


def test_a_setting_that_nobody_reads_is_refused_with_the_nearest_one(tmp_path: Path) -> None:
    with started(tmp_path, TINTYPE_DEVISE="cpu") as process:
        _, errors = process.communicate(timeout=60)

    assert process.returncode == 1
    assert "TINTYPE_DEVICE" in errors


def test_settings_are_read_from_the_file_beside_and_the_environment_wins(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("TINTYPE_DEVICE=abacus\n")
    with started(tmp_path) as process:
        _, errors = process.communicate(timeout=60)
    with started(tmp_path, "--help", TINTYPE_DEVICE="cpu") as helped:
        shown, _ = helped.communicate(timeout=60)

    assert process.returncode == 1
    assert "abacus" in errors
    assert helped.returncode == 0
    assert {"run", "try", "doctor", "guilds", "backup", "restore"} <= set(shown.split())


def test_nobody_at_the_other_end_is_told_in_one_sentence(tmp_path: Path) -> None:
    with started(tmp_path, "try", "--url", "http://127.0.0.1:9") as process:
        _, errors = process.communicate(timeout=60)

    assert process.returncode == 1
    assert errors.strip() == sentence("E_NO_SANDBOX", {"url": "http://127.0.0.1:9"})
