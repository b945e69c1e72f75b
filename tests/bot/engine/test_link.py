from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from bot.engine_link import EngineLink, Patience
from bot.engine_process import COMPUTING, EngineProcess, command, environment
from storage.clock import SystemClock
from storage.errors import EngineLost, TintypeError
from tests.bot.engine.stage import COMMAND, QUICK, fake_environment
from trainers import process as trainers_process

pytestmark = pytest.mark.asyncio


@asynccontextmanager
async def linked(
    command: list[str] | None = None, patience: Patience = QUICK, **settings: object
) -> AsyncIterator[EngineLink]:
    link = EngineLink(command or COMMAND, fake_environment(**settings), SystemClock(), patience=patience)
    task = asyncio.create_task(link.run())
    try:
        yield link
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def freeze(engine: EngineProcess) -> None:
    """Stop it, and wait until none of its threads can answer any more: on a busy machine that is not at once."""
    os.kill(engine.pid, signal.SIGSTOP)
    while not all(_state(task) == "T" for task in Path(f"/proc/{engine.pid}/task").iterdir()):
        await asyncio.sleep(0.005)


def _state(task: Path) -> str:
    return (task / "stat").read_text("ascii").rpartition(")")[2].split()[0]


async def ready(link: EngineLink, starts: int = 1) -> EngineProcess:
    async with asyncio.timeout(20):
        while link.process is None or link.starts < starts:
            await asyncio.sleep(0.01)
    return link.process


def is_alive(pid: int) -> bool:
    with suppress(ProcessLookupError):
        os.kill(pid, 0)
        return True
    return False


async def test_what_the_engine_says_of_itself_is_known_once_it_is_ready() -> None:
    async with linked() as link:
        await ready(link)

        assert link.facts is not None
        assert (link.facts.state, link.facts.base_id, link.facts.device) == ("ready", "fake", "fake device")
        assert [method.name for method in link.facts.methods] == ["lora"]


async def test_a_death_is_seen_at_once_and_another_engine_started() -> None:
    async with linked() as link:
        engine = await ready(link)
        engine.kill()
        async with asyncio.timeout(1):
            await engine.ended.wait()
        with pytest.raises(EngineLost):
            await engine.ask("ping")

        again = await ready(link, starts=2)

        assert again.pid != engine.pid


async def test_a_question_under_way_is_answered_by_the_death() -> None:
    async with linked() as link:
        engine = await ready(link)
        await freeze(engine)
        asking = asyncio.create_task(engine.ask("ping"))
        await asyncio.sleep(0.05)
        engine.kill()

        with pytest.raises(EngineLost):
            await asking


async def test_a_late_answer_is_dropped_and_the_next_one_is_right() -> None:
    async with linked() as link:
        engine = await ready(link)
        await freeze(engine)
        with pytest.raises(TimeoutError):
            await engine.ask("poll", timeout_s=0.1, seq=0)
        os.kill(engine.pid, signal.SIGCONT)

        assert "engine" in await engine.ask("ping")


async def test_a_frozen_engine_is_ended_and_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(EngineProcess.ask, "__defaults__", (0.2,))
    patience = Patience(ping_s=0.05, loading_ping_s=0.01, silent_s=0.5, first_again_s=0.01)
    async with linked(patience=patience) as link:
        engine = await ready(link)
        await freeze(engine)

        again = await ready(link, starts=2)

        assert again.pid != engine.pid
        assert not is_alive(engine.pid)


async def test_a_refusal_carries_its_code_and_facts() -> None:
    async with linked() as link:
        engine = await ready(link)

        with pytest.raises(TintypeError) as refused:
            await engine.ask("start", folder="/nowhere")
        assert (refused.value.code, refused.value.facts) == ("E_ATTEMPT", {"field": "attempt.json"})


async def test_the_engine_ends_when_the_wire_is_closed() -> None:
    async with linked() as link:
        pid = (await ready(link)).pid

    assert not is_alive(pid)


async def test_new_starts_come_less_and_less_eagerly(tmp_path: Path) -> None:
    patience = Patience(first_again_s=0.05, most_again_s=10.0)
    async with linked([sys.executable, "-c", "raise SystemExit(3)"], patience) as link:
        await asyncio.sleep(2.0)

        assert 2 <= link.starts <= 6


async def test_a_program_that_is_not_there_is_told_as_trouble() -> None:
    async with linked(["/nowhere/engine"]) as link:
        async with asyncio.timeout(5):
            while link.trouble is None:
                await asyncio.sleep(0.01)

        assert link.trouble.code == "E_ENGINE_START"


async def test_an_engine_that_talks_nonsense_is_ended() -> None:
    program = "import sys; sys.stdout.buffer.write(b'\\xff' * 64); sys.stdout.flush(); sys.stdin.read()"
    async with linked([sys.executable, "-c", program]) as link:
        async with asyncio.timeout(10):
            while link.starts < 2:
                await asyncio.sleep(0.01)

        assert link.process is None


async def test_the_engine_sees_no_secret_of_ours() -> None:
    given = {"DISCORD_TOKEN": "hush", "AWS_SECRET": "x", "PATH": "/bin", "CUDA_VISIBLE_DEVICES": "1"}

    told = environment(given, Path("models"))

    assert "hush" not in told.values()
    assert set(told) & set(given) == {"PATH", "CUDA_VISIBLE_DEVICES"}
    assert Path(told["TINTYPE_MODELS_DIR"]).is_absolute()


async def test_how_long_threads_spin_is_the_operators_choice() -> None:
    assert environment({}, Path("models"))["GOMP_SPINCOUNT"] == COMPUTING["GOMP_SPINCOUNT"]
    assert environment({"GOMP_SPINCOUNT": "0"}, Path("models"))["GOMP_SPINCOUNT"] == "0"


async def test_the_engine_need_not_start_itself_twice() -> None:
    assert COMPUTING == trainers_process.COMPUTING
    assert not trainers_process.needs_restart(environment({}, Path("models")))
    assert command("miniature", "cpu")[1:] == [
        "-m",
        "trainers",
        "engine",
        "--base-model",
        "miniature",
        "--device",
        "cpu",
    ]
