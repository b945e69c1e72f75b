from __future__ import annotations

import asyncio
import json
import socket
import stat
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot import lock
from bot.control import SOCKET, ControlServer, ask, ask_or_do
from bot.store import Rooms, Store
from bot.studio import EngineFacts
from storage.backup import restore
from storage.errors import TintypeError
from storage.records import GuildId
from tests.storage.clocks import HandClock
from tests.storage.rooms import ANA, wish

pytestmark = pytest.mark.asyncio

FACTS = EngineFacts(state="ready", base_id="miniature", base_revision="1", title="Miniature", size_px=64, device="cpu")


@pytest_asyncio.fixture
async def server(data: Path, store: Store, clock: HandClock) -> AsyncIterator[ControlServer]:
    running = ControlServer(data, store, lambda: FACTS, clock)
    await running.start()
    yield running
    await running.close()


async def asked(data: Path, **request: Any) -> dict[str, Any]:
    told = await asyncio.to_thread(ask, data, request)
    assert told is not None
    return told


async def code_of(data: Path, **request: Any) -> str:
    with pytest.raises(TintypeError) as refusal:
        await asked(data, **request)
    return refusal.value.code


async def test_a_running_bot_tells_what_it_does(
    data: Path, store: Store, server: ControlServer, clock: HandClock
) -> None:
    await store.run(lambda rooms: rooms.queue.put(wish()))
    clock.pass_s(90)

    told = await asked(data, do="status")

    assert told["engine"]["base_id"] == "miniature"
    assert (told["jobs"], told["unsent"], told["uptime_s"], told["is_running"]) == ({"queued": 1}, 0, 90.0, True)


async def test_a_running_bot_is_told_at_once_whom_it_keeps_out(data: Path, store: Store, clock: HandClock) -> None:
    seen: list[int] = []

    async def look() -> None:
        seen.extend(await store.run(lambda rooms: [block.member for block in rooms.moderation.blocks()]))

    server = ControlServer(data, store, lambda: FACTS, clock, look=look)
    await server.start()
    try:
        await asked(data, do="blocks", what="add", member=int(ANA))
        assert await code_of(data, do="blocks", what="remove", member=1) == "E_BARRED_NONE"
        assert await code_of(data, do="blocks", what="add", member="1; drop table blocks") == "E_CONTROL"
    finally:
        await server.close()

    assert seen == [ANA]


async def test_a_backup_of_a_running_bot_can_be_restored(
    data: Path, store: Store, server: ControlServer, clock: HandClock, tmp_path: Path
) -> None:
    blob = await store.run(lambda rooms: rooms.vault.put(ANA, b"weights"))
    await store.run(lambda rooms: rooms.queue.put(wish()))

    made = await asked(data, do="backup", to=str(tmp_path / "backups"))
    restore(Path(made["folder"]), (tmp_path / "new"), data / "master.key", clock)

    again = await Store.open(tmp_path / "new", data / "master.key", clock)
    assert await again.run(lambda rooms: rooms.vault.open(blob)) == b"weights"
    assert await again.run(lambda rooms: len(rooms.queue.ready())) == 1
    assert made["files"] == 2
    await again.close()


async def test_members_are_served_while_the_files_of_a_backup_are_copied(
    data: Path, store: Store, server: ControlServer, tmp_path: Path
) -> None:
    def many(rooms: Rooms) -> None:
        for _ in range(200):
            rooms.vault.put(ANA, bytes(1000))

    await store.run(many)
    under_way = asyncio.create_task(asked(data, do="backup", to=str(tmp_path / "backups")))
    served = 0
    while not under_way.done():
        await store.run(lambda rooms: rooms.queue.ready())
        served += 1

    assert (await under_way)["files"] == 201
    assert served > 20


async def test_servers_are_allowed_and_forbidden_while_the_bot_runs(
    data: Path, store: Store, server: ControlServer
) -> None:
    await store.run(lambda rooms: rooms.guilds.joined(GuildId(7)))

    assert await asked(data, do="guilds") == {"allowed": [], "waiting": [7]}
    assert await asked(data, do="guilds", what="allow", guild=7) == {"allowed": [7], "waiting": []}
    assert await asked(data, do="guilds", what="forbid", guild=7) == {"allowed": [], "waiting": [7]}


@pytest.mark.parametrize(
    "request_",
    [{"do": "format"}, {}, {"do": "guilds", "what": "sell"}, {"do": "guilds", "what": "allow"}, {"do": "backup"}],
)
async def test_what_cannot_be_asked_is_refused(data: Path, server: ControlServer, request_: dict[str, Any]) -> None:
    assert await code_of(data, **request_) == "E_CONTROL"


async def test_the_error_of_a_deed_reaches_whoever_asked(data: Path, server: ControlServer) -> None:
    (data / "file").touch()

    assert await code_of(data, do="backup", to=str(data / "file")) == "E_BACKUP_FOLDER"


async def test_an_error_that_is_none_of_ours_is_told_by_a_number_that_is_also_logged(
    data: Path, store: Store, clock: HandClock, caplog: pytest.LogCaptureFixture
) -> None:
    server = ControlServer(data, store, lambda: 1 / 0, clock)  # type: ignore[arg-type, return-value]
    await server.start()

    with pytest.raises(TintypeError) as refusal:
        await asked(data, do="status")

    assert refusal.value.code == "E_UNKNOWN"
    assert refusal.value.facts["number"] in caplog.text
    await server.close()


@pytest.mark.parametrize("line", [b"\n", b"{", b"[1]\n", b"\xff\xfe\n", b'{"do": "' + b"x" * 100_000 + b'"}\n'])
async def test_bytes_that_are_no_request_are_refused_and_the_server_lives(
    data: Path, server: ControlServer, line: bytes
) -> None:
    reader, writer = await asyncio.open_unix_connection(str(data / SOCKET))
    writer.write(line)
    writer.write_eof()
    answer = json.loads(await reader.readline())
    writer.close()

    assert (answer["ok"], answer["code"]) == (False, "E_CONTROL")
    assert (await asked(data, do="check"))["database"] == "ok"


async def test_nobody_else_can_open_the_socket(data: Path, server: ControlServer) -> None:
    assert stat.S_IMODE((data / SOCKET).stat().st_mode) == 0o600


async def test_a_socket_that_a_killed_bot_left_is_replaced(data: Path, store: Store, clock: HandClock) -> None:
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(data / SOCKET))
    assert ask(data, {"do": "status"}) is None

    server = ControlServer(data, store, lambda: None, clock)
    await server.start()

    assert (await asked(data, do="status"))["engine"] is None
    await server.close()
    assert not (data / SOCKET).exists()


async def test_a_data_folder_with_a_very_long_name_is_asked_too(tmp_path: Path, clock: HandClock) -> None:
    data = tmp_path / ("d" * 100) / ("e" * 100)
    store = await Store.open(data, data / "master.key", clock)
    server = ControlServer(data, store, lambda: None, clock)
    await server.start()

    assert (await asked(data, do="check"))["database"] == "ok"
    await server.close()
    assert ask(data, {"do": "status"}) is None
    await store.close()


async def test_stopping_ends_a_backup_under_way_and_leaves_nothing_of_it(
    data: Path, store: Store, clock: HandClock, tmp_path: Path
) -> None:
    def many(rooms: Rooms) -> None:
        for _ in range(300):
            rooms.vault.put(ANA, bytes(10))

    await store.run(many)
    server = ControlServer(data, store, lambda: None, clock)
    await server.start()
    under_way = asyncio.create_task(code_of(data, do="backup", to=str(tmp_path / "backups")))
    while not list((tmp_path / "backups").glob("*/blobs")):
        await asyncio.sleep(0.001)
    await server.close()

    assert await under_way == "E_BACKUP_STOPPED"
    assert [path.name for path in (tmp_path / "backups").iterdir()] == ["keys.json"]


async def test_stopping_does_not_wait_for_somebody_who_says_nothing(data: Path, store: Store, clock: HandClock) -> None:
    server = ControlServer(data, store, lambda: None, clock)
    await server.start()
    reader, writer = await asyncio.open_unix_connection(str(data / SOCKET))
    await asked(data, do="check")

    await asyncio.wait_for(server.close(), 4)

    assert await reader.read() == b""
    writer.close()


async def test_without_a_bot_the_command_does_it_itself(data: Path, clock: HandClock) -> None:
    request = {"do": "guilds", "what": "allow", "guild": 7}

    told = await asyncio.to_thread(ask_or_do, data, data / "master.key", clock, request)

    assert told["allowed"] == [7]
    assert lock.holder(data) is None


async def test_a_bot_that_holds_the_data_and_does_not_listen_is_named(data: Path, clock: HandClock) -> None:
    with lock.held(data), pytest.raises(TintypeError) as refusal:
        await asyncio.to_thread(ask_or_do, data, data / "master.key", clock, {"do": "status"})

    assert refusal.value.code == "E_LOCKED"
