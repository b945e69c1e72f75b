from __future__ import annotations

import asyncio
import stat
import threading
from pathlib import Path

import pytest

from bot.store import Store, open_rooms
from storage.clock import SystemClock
from storage.errors import TintypeError
from storage.records import GuildId, MemberId
from tests.storage.clocks import HandClock

pytestmark = pytest.mark.asyncio


async def test_all_work_is_done_on_one_thread_in_the_order_of_asking(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "data", tmp_path / "key", SystemClock())
    seen: list[tuple[int, int]] = []

    await asyncio.gather(*(store.run(lambda _, n=n: seen.append((n, threading.get_ident()))) for n in range(20)))
    await store.close()

    assert [n for n, _ in seen] == list(range(20))
    assert len({thread for _, thread in seen} - {threading.get_ident()}) == 1


async def test_what_an_answer_waits_for_goes_before_all_other_work(tmp_path: Path) -> None:
    store, begun, seen = await Store.open(tmp_path / "data", tmp_path / "key", SystemClock()), threading.Event(), []
    first = asyncio.create_task(store.run(lambda _: begun.wait(10)))
    await asyncio.sleep(0)
    others = [asyncio.create_task(store.run(lambda _, n=n: seen.append(n), soon=n > 2)) for n in range(5)]
    await asyncio.sleep(0)

    begun.set()
    await asyncio.gather(first, *others)
    await store.close()

    assert seen == [3, 4, 0, 1, 2]


async def test_work_that_nobody_waits_for_any_more_is_not_begun(tmp_path: Path) -> None:
    store, begun, seen = await Store.open(tmp_path / "data", tmp_path / "key", SystemClock()), threading.Event(), []
    first = asyncio.create_task(store.run(lambda _: begun.wait(10)))
    given_up = asyncio.create_task(store.run(lambda _: seen.append("given up")))
    await asyncio.sleep(0)

    given_up.cancel()
    await asyncio.sleep(0)
    begun.set()
    await store.run(lambda _: seen.append("wanted"))
    await asyncio.gather(first, given_up, return_exceptions=True)
    await store.close()

    assert seen == ["wanted"]


async def test_what_was_kept_is_there_when_it_is_opened_again(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "data", tmp_path / "key", SystemClock())
    blob = await store.run(lambda rooms: rooms.vault.put(MemberId(1), b"a picture"))
    await store.run(lambda rooms: rooms.guilds.allow(GuildId(7)))
    await store.close()

    again = await Store.open(tmp_path / "data", tmp_path / "key", SystemClock())

    assert await again.run(lambda rooms: rooms.vault.open(blob)) == b"a picture"
    assert await again.run(lambda rooms: rooms.guilds.allowed()) == [7]
    await again.close()


async def test_the_data_folder_is_its_owners_alone(tmp_path: Path) -> None:
    rooms = open_rooms(tmp_path / "data", tmp_path / "data" / "master.key", HandClock())

    rooms.db.conn.close()

    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "data" / "tintype.db").stat().st_mode) == 0o600


async def test_an_error_of_the_work_comes_back(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "data", tmp_path / "key", SystemClock())

    with pytest.raises(TintypeError, match="E_BLOB_BROKEN"):
        await store.run(lambda rooms: rooms.vault.open("no blob"))  # type: ignore[arg-type]
    await store.close()


async def test_another_master_key_is_refused_before_anything_is_touched(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "data", tmp_path / "key", SystemClock())
    await store.run(lambda rooms: rooms.vault.put(MemberId(1), b"a picture"))
    await store.close()

    with pytest.raises(TintypeError, match="E_MASTER_KEY"):
        await Store.open(tmp_path / "data", tmp_path / "other key", SystemClock())
