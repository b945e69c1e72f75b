from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import pytest

from bot.sandbox.cdn import stored_name
from bot.sandbox.state import (
    ATTACH_FILES,
    AUTOCOMPLETE,
    COMPONENT,
    EPHEMERAL,
    LOADING,
    MODAL_SUBMIT,
    SEND_MESSAGES,
    V2,
    VIEW_CHANNEL,
)
from tests.bot.sandbox.conftest import Raw

pytestmark = pytest.mark.asyncio
Admin = Callable[..., Awaitable[Any]]


async def test_an_answer_after_three_seconds_is_too_late(raw: Raw) -> None:
    one = raw.begin()
    raw.box.clock.advance(3.1)

    answer = await raw.answer(one, 4, {"content": "late"})

    assert (answer.status, answer.code) == (404, 10062)


async def test_a_second_answer_is_refused(raw: Raw) -> None:
    one = raw.begin()

    first = await raw.answer(one, 5)
    second = await raw.answer(one, 4, {"content": "again"})

    assert (first.status, second.status, second.code) == (204, 400, 40060)


async def test_a_refused_answer_may_be_mended_in_time(raw: Raw) -> None:
    one = raw.begin()

    bad = await raw.answer(one, 4, {"content": "x" * 2001})
    good = await raw.answer(one, 4, {"content": "x"})

    assert (bad.status, good.status) == (400, 204)


async def test_a_token_dies_after_fifteen_minutes(raw: Raw) -> None:
    one = raw.begin()
    await raw.answer(one, 5)
    raw.box.clock.advance(899)
    alive = await raw.original(one, "PATCH", {"content": "soon"})
    raw.box.clock.advance(2)

    edit = await raw.original(one, "PATCH", {"content": "late"})
    follow = await raw.follow(one, {"content": "late"})

    assert alive.status == 200
    assert (edit.status, edit.code) == (401, 50027)
    assert (follow.status, follow.code) == (401, 50027)


async def test_a_token_is_good_for_nothing_before_the_answer(raw: Raw) -> None:
    one = raw.begin()

    assert (await raw.follow(one, {"content": "x"})).code == 10015
    assert (await raw.original(one)).code == 10015


@pytest.mark.parametrize(
    ("kind", "answer"),
    [(2, 6), (2, 7), (2, 8), (2, 1), (2, None), (AUTOCOMPLETE, 4), (MODAL_SUBMIT, 9), (MODAL_SUBMIT, 6)],
)
async def test_an_answer_of_the_wrong_type_is_refused(raw: Raw, kind: int, answer: int) -> None:
    refused = await raw.answer(raw.begin(kind), answer, {"content": "x", "choices": []})

    assert refused.wrong("type") == ["BASE_TYPE_CHOICES"]


async def test_a_deferred_answer_can_be_ephemeral_and_nothing_else(raw: Raw) -> None:
    ephemeral = await raw.answer(raw.begin(), 5, {"flags": EPHEMERAL})
    card = await raw.answer(raw.begin(), 5, {"flags": V2})

    assert ephemeral.status == 204
    assert card.wrong("data", "flags")


async def test_the_first_follow_up_fills_the_loading_message_and_stays_as_it_was_deferred(raw: Raw) -> None:
    one = raw.begin()
    await raw.answer(one, 5)
    loading = await raw.original(one)

    first = await raw.follow(one, {"content": "done", "flags": EPHEMERAL})
    second = await raw.follow(one, {"content": "more", "flags": EPHEMERAL})

    assert loading.body["flags"] & LOADING
    assert (first.body["id"], first.body["flags"]) == (loading.body["id"], 0)
    assert (second.body["id"] != first.body["id"], second.body["flags"]) == (True, EPHEMERAL)


async def test_a_press_answered_by_an_update_changes_its_message(raw: Raw) -> None:
    sent = await raw.send({"content": "a"})
    message = raw.box.messages[int(sent.body["id"])]
    one = raw.begin(COMPONENT, message=message)

    await raw.answer(one, 7, {"content": "b"})

    assert (await raw.original(one)).body["id"] == sent.body["id"]
    assert (message.content, [edit["content"] for edit in message.edits]) == ("b", ["a"])


async def test_ephemeral_messages_cannot_be_reached_through_the_channel(raw: Raw) -> None:
    one = raw.begin()
    await raw.answer(one, 4, {"content": "psst", "flags": EPHEMERAL})
    number = (await raw.original(one)).body["id"]

    assert (await raw("GET", f"/channels/{raw.channel}/messages/{number}")).code == 10008
    assert (await raw("GET", f"/channels/{raw.channel}/messages")).body == []
    assert (await raw.original(one, "DELETE")).status == 204
    assert (await raw.original(one)).code == 10008


async def test_a_nonce_holds_for_minutes_not_for_hours(raw: Raw) -> None:
    body = {"content": "done", "nonce": "c1", "enforce_nonce": True}
    first = await raw.send(body)
    repeated = await raw.send(body)
    unenforced = await raw.send({"content": "done", "nonce": "c1"})
    raw.box.clock.advance(3600)

    after_an_hour = await raw.send(body)

    assert repeated.body["id"] == first.body["id"]
    assert len({first.body["id"], unenforced.body["id"], after_an_hour.body["id"]}) == 3


@pytest.mark.parametrize(
    ("missing", "status", "code"), [(VIEW_CHANNEL, 403, 50001), (SEND_MESSAGES, 403, 50013), (ATTACH_FILES, 403, 50013)]
)
async def test_a_missing_permission_is_refused(raw: Raw, missing: int, status: int, code: int) -> None:
    channel = raw.box.channels[int(raw.channel)]
    channel.permissions = raw.box.permissions_in(channel) & ~missing

    answer = await raw.send({"content": "x"}, {"a.png": b"1"})

    assert (answer.status, answer.code) == (status, code)


async def test_what_does_not_exist_is_unknown(raw: Raw) -> None:
    assert (await raw("GET", "/channels/1")).code == 10003
    assert (await raw("GET", f"/channels/{raw.channel}/messages/1")).code == 10008
    assert (await raw("GET", "/users/1")).code == 10013
    assert (await raw("GET", "/guilds/1")).code == 10004
    assert (await raw("POST", "/webhooks/1/abc", {"content": "x"})).code == 10015
    assert (await raw("GET", "/users/@me", token="wrong")).status == 401


async def test_a_closed_dm_takes_nothing(raw: Raw) -> None:
    person = raw.box.add_person("ben")
    opened = await raw("POST", "/users/@me/channels", {"recipient_id": str(person.id)})
    path = f"/channels/{opened.body['id']}/messages"

    before = await raw("POST", path, {"content": "hello"})
    person.dms_open = False
    after = await raw("POST", path, {"content": "hello"})

    assert (before.status, after.status, after.code) == (200, 403, 50007)


async def test_a_thread_opens_again_when_written_to_but_not_when_locked(raw: Raw) -> None:
    sent = await raw.send({"content": "x"})
    thread = await raw("POST", f"/channels/{raw.channel}/messages/{sent.body['id']}/threads", {"name": "progress"})
    path = f"/channels/{thread.body['id']}"
    await raw("PATCH", path, {"archived": True})

    archived = await raw("POST", f"{path}/messages", {"content": "y"})
    await raw("PATCH", path, {"archived": True, "locked": True})
    locked = await raw("POST", f"{path}/messages", {"content": "z"})

    assert thread.body["id"] == sent.body["id"]
    assert (archived.status, locked.code) == (200, 50083)


async def test_the_sixth_message_in_five_seconds_is_limited(raw: Raw) -> None:
    raw.box.limits.is_on = True
    answers = [await raw.send({"content": f"{n}"}) for n in range(6)]
    raw.box.clock.advance(5)
    later = await raw.send({"content": "later"})

    assert [answer.status for answer in answers] == [200] * 5 + [429]
    assert answers[4].headers["X-RateLimit-Remaining"] == "0"
    assert answers[5].headers["Via"]
    assert 0 < answers[5].body["retry_after"] <= 5
    assert later.status == 200


async def test_an_upload_url_dies_with_its_day_and_cannot_be_forged(raw: Raw) -> None:
    sent = await raw.send({"content": "x"}, {"a.png": b"12"})
    url = sent.body["attachments"][0]["url"]

    async def status(address: str) -> int:
        async with raw.http.get(address) as answer:
            return answer.status

    fresh, forged = await status(url), await status(url.replace("ex=", "ex=f"))
    raw.box.clock.advance(15 * 24 * 3600)
    old = await status(url)
    again = await raw("GET", f"/channels/{raw.channel}/messages/{sent.body['id']}")

    assert (fresh, forged, old) == (200, 404, 404)
    assert await status(again.body["attachments"][0]["url"]) == 200


@pytest.mark.parametrize(("has_effect", "count"), [(False, 0), (True, 1)])
@pytest.mark.parametrize("action", ["drop", "status"])
async def test_a_request_can_fail_before_or_after_its_effect(
    raw: Raw, admin: Admin, action: str, has_effect: bool, count: int
) -> None:
    await admin("POST", "/faults", {"action": action, "status": 503, "path": "/channels/.*", "has_effect": has_effect})

    try:
        status = (await raw.send({"content": "x"})).status
    except aiohttp.ClientError:
        status = 0

    assert status == (0 if action == "drop" else 503)
    assert len(raw.box.messages) == count
    assert (await raw("GET", f"/channels/{raw.channel}/messages")).status == 200


async def test_an_outage_lasts_as_long_as_ordered(raw: Raw, admin: Admin) -> None:
    await admin("POST", "/faults", {"action": "status", "status": 503, "for_s": 1800})

    during = [(await raw.send({"content": "x"})).status for _ in range(2)]
    await admin("POST", "/clock", {"advance": 1801})

    assert during == [503, 503]
    assert (await raw.send({"content": "x"})).status == 200


async def test_an_unknown_fault_is_named(raw: Raw, admin: Admin) -> None:
    assert "no such fault" in (await admin("POST", "/faults", {"action": "earthquake"}))["error"]
    assert "wrong" in (await admin("POST", "/faults", {"action": "drop", "wrong": 1}))["error"]


@pytest.mark.parametrize("action", ["cut", "status", "drop"])
async def test_a_download_can_go_wrong(raw: Raw, admin: Admin, action: str) -> None:
    sent = await raw.send({"content": "x"}, {"a.png": bytes(1000)})
    await admin("POST", "/faults", {"action": action, "path": "/cdn/.*", "status": 403, "times": None})

    async def size() -> int:
        async with raw.http.get(sent.body["attachments"][0]["url"], raise_for_status=True) as answer:
            return len(await answer.read())

    with pytest.raises(aiohttp.ClientError):
        await size()
    await admin("DELETE", "/faults")
    assert await size() == 1000


async def test_a_lying_download_never_ends(raw: Raw, admin: Admin) -> None:
    sent = await raw.send({"content": "x"}, {"a.png": bytes(1000)})
    await admin("POST", "/faults", {"action": "lie", "path": "/cdn/.*"})

    got = 0
    async with raw.http.get(sent.body["attachments"][0]["url"]) as answer:
        async for piece in answer.content.iter_chunked(1 << 16):
            got += len(piece)
            if got > 2**20:
                break

    assert got > 2**20


async def test_the_ledger_keeps_requests_violations_and_every_state_of_a_message(raw: Raw, admin: Admin) -> None:
    sent = await raw.send({"content": "a", "nonce": "c1", "allowed_mentions": {"parse": []}}, {"a.png": b"12"})
    path = f"/channels/{raw.channel}/messages/{sent.body['id']}"
    await raw("PATCH", path, {"content": "b"})
    await raw("DELETE", path)
    await raw.send({"content": "x" * 2001})

    ledger, messages = await admin("GET", "/ledger"), await admin("GET", "/messages")

    assert [entry["status"] for entry in ledger["requests"]] == [200, 200, 204, 400]
    assert ledger["requests"][0]["files"] == [{"name": "a.png", "bytes": 2}]
    assert [violation["refusal"]["code"] for violation in ledger["violations"]] == [50035]
    assert (messages[0]["content"], messages[0]["edits"][0]["content"], messages[0]["deleted"]) == ("b", "a", True)
    assert (messages[0]["nonce"], messages[0]["allowed_mentions"]) == ("c1", {"parse": []})


@pytest.mark.parametrize(
    ("allowed", "notified"),
    [
        (None, ["@everyone", "role 7", "user 5"]),
        ({"parse": []}, []),
        ({"parse": ["users"]}, ["user 5"]),
        ({"parse": [], "users": ["6"], "roles": ["7"]}, ["role 7"]),
    ],
)
async def test_the_ledger_keeps_whom_a_message_notifies(raw: Raw, allowed: Any, notified: list[str]) -> None:
    shown = [{"type": 10, "content": "<@5> <@&7> @everyone \\<@8> `t1:x`"}]
    sent = await raw.send({"components": shown, "flags": 1 << 15, "allowed_mentions": allowed})
    await raw("PATCH", f"/channels/{raw.channel}/messages/{sent.body['id']}", {"components": [*shown, *shown]})

    assert [one["notified"] for one in raw.box.ledger.mentions] == ([notified] if notified else [])


@pytest.mark.parametrize(
    ("name", "stored"),
    [("my photo.png", "my_photo.png"), ("../../x.png", "x.png"), ("ü.png", "png"), ("日本", "unknown")],
)
async def test_upload_names_are_sanitised(name: str, stored: str) -> None:
    assert stored_name(name).replace("..", "").lstrip("/") == stored
