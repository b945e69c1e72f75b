from __future__ import annotations

from pathlib import Path

import pytest
from sqlite_utils import Database

from storage.disk import check_room, free_bytes
from storage.env import Env, Secret, check_keys
from storage.errors import SettingsError, TintypeError
from storage.guilds import Guilds
from storage.records import GuildId
from storage.texts import sentence
from tests.storage.clocks import HandClock
from tests.storage.rooms import ELSEWHERE, HOME


def test_an_unknown_key_is_named_with_the_nearest_known_one() -> None:
    with pytest.raises(SettingsError) as refused:
        check_keys({"PATH": "/bin", "TINTYPE_DEVISE": "cuda"})

    assert refused.value.code == "E_SETTING_UNKNOWN"
    assert refused.value.facts == {"name": "TINTYPE_DEVISE", "nearest": "TINTYPE_DEVICE"}
    assert "TINTYPE_DEVICE" in sentence(refused.value.code, refused.value.facts)


def test_known_and_foreign_keys_pass() -> None:
    check_keys({"TINTYPE_DEVICE": "cpu", "OTHER_DEVISE": "x"})


@pytest.mark.parametrize("text", ["nine", "", " ", "9", "2.5", "-1", "11", "nan"])
def test_numbers_stay_within_bounds(text: str) -> None:
    env = Env({"N": text})
    if text.strip() in ("", "9", "2.5"):
        assert env.number("N", 3, least=0, most=10) == float(text.strip() or 3)
        return

    with pytest.raises(SettingsError, match="E_SETTING_VALUE"):
        env.number("N", 3, least=0, most=10)


def test_ids_are_read_with_commas_or_spaces() -> None:
    assert Env({"G": "1, 2 3"}).ids("G") == {1, 2, 3}
    assert Env({}).ids("G") == frozenset()
    with pytest.raises(SettingsError, match="E_SETTING_VALUE"):
        Env({"G": "my-server"}).ids("G")


def test_a_secret_is_not_shown_by_accident() -> None:
    secret = Env({"DISCORD_TOKEN": "abc.def"}).secret("DISCORD_TOKEN")

    assert {repr(secret), str(secret), f"{secret}", f"{[secret]}"[1:-1]} == {"***"}
    assert secret.reveal() == "abc.def"
    assert secret
    assert not Secret("")


def test_below_the_floor_no_job_is_taken(tmp_path: Path) -> None:
    check_room(tmp_path, floor_bytes=1)

    with pytest.raises(TintypeError, match="E_DISK_LOW"):
        check_room(tmp_path, floor_bytes=free_bytes(tmp_path) * 2)


def test_servers_are_allowed_until_they_are_forbidden(db: Database, clock: HandClock) -> None:
    guilds = Guilds(db, clock)
    guilds.joined(HOME)
    guilds.left(HOME)
    assert guilds.allowed() == []

    guilds.allow(HOME)
    guilds.allow(ELSEWHERE)
    guilds.joined(HOME)
    guilds.forbid(ELSEWHERE)
    assert guilds.allowed() == [HOME]


def test_servers_that_removed_the_bot_while_it_was_away_wait_no_longer(db: Database, clock: HandClock) -> None:
    guilds = Guilds(db, clock)
    guilds.joined(HOME)
    guilds.joined(ELSEWHERE)

    guilds.present([ELSEWHERE, GuildId(2**62)])
    assert guilds.waiting() == [ELSEWHERE, 2**62]

    guilds.present([HOME])
    assert guilds.waiting() == [HOME]


@pytest.mark.parametrize(
    ("code", "facts"),
    [
        ("E_BACKUP_BROKEN", {"file": "x.db"}),
        ("E_RESTORE_OVER", {"folder": "/data"}),
        ("E_DATABASE_BROKEN", {"path": "t.db"}),
        ("E_DATABASE_NEWER", {"path": "t.db"}),
        ("E_WORD_FORM", {"word": "Ana Dog", "suggestion": "ana-dog"}),
        ("E_STRENGTH", {"word": "dog", "most": 2}),
        ("E_POISON", {"attempts": 3}),
        ("E_SETTING_VALUE", {"name": "TINTYPE_X", "value": "y", "wanted": "a number"}),
    ],
)
def test_every_code_has_a_sentence_that_names_its_facts(code: str, facts: dict[str, object]) -> None:
    told = sentence(code, facts)

    assert not told.startswith(code)
    assert "{" not in told
    assert all(str(fact) in told for fact in facts.values())
