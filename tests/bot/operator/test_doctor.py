from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot import lock
from bot.control import ControlServer
from bot.doctor import Finding, Level, Surroundings, data, engine, examine, machine
from bot.sandbox import Sandbox
from bot.settings import BotSettings
from bot.store import Store
from bot.studio import EngineFacts, MethodFacts
from storage.backup import DATABASE
from storage.errors import TintypeError
from storage.records import MemberId
from tests.storage.clocks import HandClock

pytestmark = pytest.mark.asyncio

ROOT = Path(__file__).parents[3]
STUB = Path(__file__).with_name("stub_engine.py")


@pytest.fixture
def around(box: Sandbox) -> Surroundings:
    return Surroundings(clock=box.clock, engine_command=stub("ready"), engine_environ={"PYTHONPATH": str(ROOT)})


def stub(state: str) -> list[str]:
    return [sys.executable, str(STUB), state]


def keys_of(findings: Iterator[Finding] | list[Finding]) -> list[tuple[Level, str]]:
    return [(finding.level, finding.key) for finding in findings]


# --- the data --------------------------------------------------------------------------------------------------------


async def test_a_data_folder_that_others_can_read_is_a_warning(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    assert keys_of(data.folder(tmp_path)) == [(Level.WARN, "doctor-data-open")]
    tmp_path.chmod(0o700)
    assert keys_of(data.folder(tmp_path)) == [(Level.OK, "doctor-data-ok")]


async def test_a_data_folder_on_a_network_disk_is_to_be_moved(tmp_path: Path) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(f"/dev/sda / ext4 rw 0 0\nnas:/x {tmp_path.resolve()} nfs4 rw 0 0\n")

    (found,) = data.folder(tmp_path, mounts)

    assert (found.key, found.facts["kind"]) == ("doctor-data-far", "nfs4")


async def test_a_bot_that_runs_is_found_with_its_jobs(data_with_bot: ControlServer, settings: BotSettings) -> None:
    (found,) = [finding async for finding in in_thread(data.running, settings.data_dir)]

    assert found.key == "doctor-running-yes"


async def test_a_bot_that_holds_the_folder_and_answers_nothing_is_named(settings: BotSettings) -> None:
    with lock.held(settings.data_dir), pytest.raises(TintypeError, match="E_LOCKED"):
        list(data.running(settings.data_dir))


async def test_the_database_is_checked_by_whoever_has_it_open(
    data_with_bot: ControlServer, settings: BotSettings
) -> None:
    (found,) = [finding async for finding in in_thread(data.database, settings.data_dir)]

    assert found.key == "doctor-database-ok"


async def test_a_damaged_database_is_told(settings: BotSettings, clock: HandClock) -> None:
    await (await Store.open(settings.data_dir, settings.master_key_file, clock)).close()
    path = settings.data_dir / DATABASE
    assert keys_of(data.database(settings.data_dir)) == [(Level.OK, "doctor-database-ok")]
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + b"\xa5" * (len(whole) - 4096))

    with pytest.raises(TintypeError, match="E_DATABASE_BROKEN"):
        list(data.database(settings.data_dir))


async def test_the_master_key_is_tried_on_the_members_keys(settings: BotSettings, clock: HandClock) -> None:
    master = settings.master_key_file
    assert keys_of(data.keys(settings.data_dir, master)) == [(Level.OK, "doctor-keys-new")]
    store = await Store.open(settings.data_dir, master, clock)
    await store.run(lambda rooms: rooms.vault.put(MemberId(1), b"x"))
    await store.close()
    assert keys_of(data.keys(settings.data_dir, master)) == [(Level.OK, "doctor-keys-ok")]
    master.chmod(0o644)
    assert keys_of(data.keys(settings.data_dir, master)) == [(Level.FAIL, "doctor-keys-open")]
    master.write_bytes(bytes(32))
    with pytest.raises(TintypeError, match="E_MASTER_KEY"):
        list(data.keys(settings.data_dir, master))
    master.unlink()
    assert keys_of(data.keys(settings.data_dir, master)) == [(Level.FAIL, "doctor-keys-lost")]


# --- the machine -----------------------------------------------------------------------------------------------------


async def test_little_memory_is_a_warning(tmp_path: Path) -> None:
    meminfo = tmp_path / "meminfo"
    meminfo.write_text("MemTotal: 4000000 kB\nMemAvailable: 1048576 kB\n")

    (found,) = machine.memory(meminfo)

    assert (found.level, found.facts["free_mib"]) == (Level.WARN, 1024)


async def test_a_full_disk_is_told(settings: BotSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.disk.free_bytes", lambda folder: 10**9)

    with pytest.raises(TintypeError, match="E_DISK_LOW"):
        list(machine.disk(settings.data_dir))


async def test_room_is_looked_for_where_the_folder_will_be(tmp_path: Path) -> None:
    assert keys_of(machine.disk(tmp_path / "not" / "yet")) == [(Level.OK, "doctor-disk-ok")]


async def test_the_inspector_is_tried_with_a_photo() -> None:
    assert keys_of(machine.inspector()) == [(Level.OK, "doctor-inspector-ok")]
    assert keys_of(machine.inspector(b"no photo")) == [(Level.FAIL, "doctor-inspector-broken")]


# --- the engine ------------------------------------------------------------------------------------------------------


async def test_an_engine_that_starts_tells_its_base_model_and_device(settings: BotSettings) -> None:
    found = [finding async for finding in engine.engine(settings.data_dir, stub("ready"), {"PYTHONPATH": str(ROOT)})]

    assert "Miniature on two cores" in found[0].text
    assert "2 ways" in found[0].text
    assert (found[1].level, found[1].facts) == (Level.OK, {"name": "safety_checker"})
    assert (found[2].key, found[2].facts) == ("doctor-enlarging-ok", {"name": "ana/upscaler@main"})
    assert (found[3].key, found[3].facts) == ("doctor-previews-ok", {"name": "ip-adapter.safetensors"})


@pytest.mark.parametrize(("state", "code"), [("failed", "E_MODEL_CHANGED"), ("dies", "E_ENGINE_START")])
async def test_an_engine_that_cannot_work_tells_why(settings: BotSettings, state: str, code: str) -> None:
    with pytest.raises(TintypeError, match=code):
        [finding async for finding in engine.engine(settings.data_dir, stub(state), {"PYTHONPATH": str(ROOT)})]


async def test_a_program_that_is_not_there_is_told(settings: BotSettings) -> None:
    with pytest.raises(TintypeError, match="E_ENGINE_START"):
        [finding async for finding in engine.engine(settings.data_dir, ["/no/such/engine"], {})]


async def test_the_engine_of_a_running_bot_is_not_started_twice(
    data_with_bot: ControlServer, settings: BotSettings
) -> None:
    ready, check, enlarging, previews = [
        finding async for finding in engine.engine(settings.data_dir, ["/no/such/engine"], {})
    ]

    assert ready.facts == {"title": "Miniature", "device": "a card", "methods": 1}
    assert (check.level, check.key) == (Level.WARN, "doctor-check-off")
    assert (enlarging.key, previews.key) == ("doctor-enlarging-none", "doctor-previews-none")


FIT = {
    "needs_mib": 9190,
    "is_enough": True,
    "savings": [
        {"what": "offloads", "value": True, "saved_mib": 1719},
        {"what": "is_checkpointing", "value": True, "saved_mib": 4166},
        {"what": "side", "value": 0.75, "saved_mib": 10},
    ],
}


async def test_what_a_training_does_without_is_told_with_what_that_saves(
    settings: BotSettings, clock: HandClock
) -> None:
    found = await seen_of(settings, clock, "ready", None, {"train": FIT})
    short = await seen_of(settings, clock, "ready", None, {"train": FIT | {"is_enough": False, "savings": []}})

    assert found[-1].text == (
        "A LoRA takes about 9,190 MiB here, computed. For that: VAE and text encoders leave the graphics card between "
        "samples (−1,719 MiB), activations are computed twice, which takes a third more time (−4,166 MiB) and pictures "
        "are 75 % as wide and as high (−10 MiB)."
    )
    assert (short[-1].level, short[-1].key) == (Level.WARN, "doctor-fits-low")
    assert "more than there is. End other programs" in short[-1].text


async def seen_of(
    settings: BotSettings, clock: HandClock, state: str, trouble: TintypeError | None, fits: Any = None
) -> list[Finding]:
    """What is said of the engine of a running bot; none is started."""
    facts = EngineFacts(
        state=state, base_id="a", base_revision="1", title="A", size_px=64, device="a card", fits=fits or {}
    )
    store = await Store.open(settings.data_dir, settings.master_key_file, clock)
    server = ControlServer(settings.data_dir, store, lambda: facts, clock, trouble=lambda: trouble)
    await server.start()
    try:
        return [finding async for finding in engine.engine(settings.data_dir, ["/no/such/engine"], {})]
    finally:
        await server.close()
        await store.close()


async def test_of_a_running_bot_an_engine_that_loads_or_cannot_work_is_told_apart(
    settings: BotSettings, clock: HandClock
) -> None:
    (loading,) = await seen_of(settings, clock, "loading", None)
    with pytest.raises(TintypeError, match="E_MODEL_NAME"):
        await seen_of(settings, clock, "loading", TintypeError("E_MODEL_NAME", name="?"))

    assert (loading.level, loading.key) == (Level.WARN, "doctor-engine-loading")


# --- the whole -------------------------------------------------------------------------------------------------------


async def test_a_check_that_cannot_go_on_is_a_finding_and_the_others_go_on(
    settings: BotSettings, around: Surroundings
) -> None:
    around = replace(around, engine_command=stub("failed"))

    found = {finding.check: finding async for finding in examine(settings, around)}

    assert (found["engine"].level, found["engine"].key) == (Level.FAIL, "E_MODEL_CHANGED")
    assert found["discord"].level is Level.OK
    assert set(found) >= {"python", "memory", "disk", "inspector", "heic", "data", "running", "keys", "database"}
    assert all(finding.text and finding.name for finding in found.values())


@pytest_asyncio.fixture
async def data_with_bot(settings: BotSettings, clock: HandClock) -> AsyncIterator[ControlServer]:
    facts = EngineFacts(
        state="ready", base_id="miniature", base_revision="1", title="Miniature", size_px=64, device="a card",
        methods=(MethodFacts(name="lora", title="LoRA", summary="", min_photos=3),),
    )  # fmt: skip
    with lock.held(settings.data_dir):
        store = await Store.open(settings.data_dir, settings.master_key_file, clock)
        server = ControlServer(settings.data_dir, store, lambda: facts, clock)
        await server.start()
        yield server
        await server.close()
        await store.close()


async def in_thread(check: Any, *arguments: Any) -> AsyncIterator[Finding]:
    for finding in await asyncio.to_thread(lambda: list(check(*arguments))):
        yield finding
