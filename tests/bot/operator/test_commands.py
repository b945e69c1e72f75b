from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from bot import doctor, lock
from bot.__main__ import main
from bot.cli import doctor as doctor_command
from bot.doctor.findings import fail, ok, warn
from bot.settings import BotSettings
from bot.store import Rooms, open_rooms
from storage.clock import SystemClock
from storage.records import MemberId
from tests.storage.rooms import ANA, wish

Tintype = Callable[..., int]


@pytest.fixture
def tintype(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tintype:
    monkeypatch.chdir(tmp_path)
    for name in ("DISCORD_TOKEN", "DISCORD_API_URL", "TINTYPE_DATA_DIR"):
        monkeypatch.delenv(name, raising=False)
    return lambda *arguments: main([str(argument) for argument in arguments])


def lived_in(data: Path, owner: MemberId = ANA) -> Rooms:
    rooms = open_rooms(data, data / "master.key", SystemClock())
    rooms.vault.put(owner, b"weights")
    rooms.queue.put(wish(owner=owner))
    rooms.db.conn.close()
    return rooms


def snapshots(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_dir())


def test_a_server_is_allowed_listed_and_forbidden(tintype: Tintype, capsys: pytest.CaptureFixture[str]) -> None:
    assert tintype("guilds", "allow", "900") == 0
    assert tintype("guilds") == 0
    assert capsys.readouterr().out.splitlines() == ["900 may use this Tintype."] * 2

    assert tintype("guilds", "forbid", "900") == 0
    assert "tintype guilds allow 900" in capsys.readouterr().out


def test_a_member_is_kept_out_everywhere_listed_and_let_in_again(
    tintype: Tintype, capsys: pytest.CaptureFixture[str]
) -> None:
    assert tintype("blocks") == 0
    assert "Nobody is kept out" in capsys.readouterr().out
    assert tintype("blocks", "add", "901", "--reason", "sent bombs") == 0
    assert tintype("blocks", "add", "902", "--days", "7") == 0
    told = capsys.readouterr().out
    assert "901 is served in no server: sent bombs" in told
    assert "902 is served in no server until 20" in told

    assert tintype("blocks", "remove", "901") == 0
    assert "901" not in capsys.readouterr().out
    assert tintype("blocks", "remove", "901") == 1


def test_on_the_stand_in_every_server_is_welcome(
    tintype: Tintype, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lived_in(tmp_path / "data/sandbox")

    assert tintype("guilds", "list") == 0
    assert "there every server may use Tintype" in capsys.readouterr().out


def test_a_list_fixed_in_the_settings_is_told(
    tintype: Tintype, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TINTYPE_GUILDS", "7, 8")

    tintype("guilds", "list")

    assert "only these may use it, whatever was allowed here: 7 and 8" in capsys.readouterr().out


def test_a_backup_is_brought_back_on_a_new_machine(
    tintype: Tintype, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    lived_in(tmp_path / "data")
    assert tintype("backup", "--to", "elsewhere") == 0
    (made,) = snapshots(tmp_path / "elsewhere")
    assert str(made) in capsys.readouterr().out

    monkeypatch.setenv("TINTYPE_DATA_DIR", "new")
    monkeypatch.setenv("DISCORD_TOKEN", "a.b.c")
    assert tintype("restore", made) == 1
    assert "put your copy there" in capsys.readouterr().err
    (tmp_path / "new").mkdir(exist_ok=True)
    (tmp_path / "new/master.key").write_bytes((tmp_path / "data/master.key").read_bytes())
    assert tintype("restore", made) == 0
    assert "Nobody had asked to be forgotten" in capsys.readouterr().out

    rooms = open_rooms(tmp_path / "new", tmp_path / "new/master.key", SystemClock())
    assert [rooms.vault.open(blob) for blob in rooms.vault.held(ANA)] == [b"weights"]
    assert len(rooms.queue.ready()) == 1
    rooms.db.conn.close()


def test_who_asked_to_be_forgotten_since_is_forgotten_by_a_restore_with_the_newest_keys(
    tintype: Tintype, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    lived_in(tmp_path / "data")
    tintype("backup")
    (made,) = snapshots(tmp_path / "data/backups")
    rooms = open_rooms(tmp_path / "data", tmp_path / "data/master.key", SystemClock())
    rooms.privacy.forget(ANA)
    rooms.db.conn.close()

    monkeypatch.setenv("TINTYPE_DATA_DIR", "new")
    monkeypatch.setenv("DISCORD_TOKEN", "a.b.c")
    monkeypatch.setenv("TINTYPE_MASTER_KEY_FILE", "data/master.key")
    assert tintype("restore", made, "--keys", "data/backups/keys.json") == 0

    assert "One member had asked to be forgotten since, and was." in capsys.readouterr().out
    assert not list((tmp_path / "new/blobs").rglob("*-*"))


def test_without_a_token_a_backup_comes_back_where_the_stand_in_runs(
    tintype: Tintype, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    lived_in(tmp_path / "data")
    tintype("backup")
    (made,) = snapshots(tmp_path / "data/backups")
    monkeypatch.setenv("TINTYPE_DATA_DIR", "new")
    (tmp_path / "new/sandbox").mkdir(parents=True)
    (tmp_path / "new/sandbox/master.key").write_bytes((tmp_path / "data/master.key").read_bytes())

    assert tintype("restore", made) == 0

    assert "put DISCORD_TOKEN into .env first" in capsys.readouterr().out
    assert (tmp_path / "new/sandbox/tintype.db").exists()
    assert not (tmp_path / "new/tintype.db").exists()


def test_there_is_nothing_to_back_up_before_the_first_start(
    tintype: Tintype, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert tintype("backup") == 1

    assert "holds no database" in capsys.readouterr().err
    assert not (tmp_path / "data").exists()


def test_the_data_of_the_stand_in_is_meant_while_there_is_no_other(tintype: Tintype, tmp_path: Path) -> None:
    lived_in(tmp_path / "data/sandbox")
    tintype("backup", "--to", "one")
    lived_in(tmp_path / "data", MemberId(7))
    tintype("backup", "--to", "two")

    assert list((tmp_path / "one").rglob(f"{ANA}-*"))
    assert [path.parts[-3] for path in (tmp_path / "two").rglob("7-*")] == ["7"]


def test_a_tintype_that_holds_the_data_and_does_not_answer_is_named(
    tintype: Tintype, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with lock.held(tmp_path / "data"):
        assert tintype("guilds", "list") == 1
        assert "in use by another Tintype" in capsys.readouterr().err


def test_a_setting_that_nobody_reads_stops_every_command(
    tintype: Tintype, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TINTYPE_GUILD", "7")

    assert tintype("guilds", "list") == 1
    assert "TINTYPE_GUILDS" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("findings", "code", "verdict"),
    [
        ([ok("heic", "doctor-heic-ok")], 0, "All is well."),
        (
            [ok("heic", "doctor-heic-ok"), warn("heic", "doctor-heic-missing")],
            0,
            "It works; one thing deserves a look.",
        ),
        (
            [warn("heic", "doctor-heic-missing"), fail("discord", "doctor-discord-refused")],
            1,
            "One thing is to be mended",
        ),
    ],
)
def test_the_doctor_says_line_by_line_what_is_and_ends_with_a_verdict(
    findings: list[doctor.Finding],
    code: int,
    verdict: str,
    tintype: Tintype,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def found(settings: BotSettings, around: doctor.Surroundings) -> object:
        for finding in findings:
            yield finding

    monkeypatch.setattr(doctor_command, "examine", found)

    assert tintype("doctor") == code
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[:-1]] == [
        {"ok": "✓", "warn": "!", "fail": "✗"}[one.level] for one in findings
    ]
    assert lines[-1].startswith(verdict)
    assert tintype("doctor", "--json") == code
    told = json.loads(capsys.readouterr().out)
    assert (told["ok"], len(told["findings"])) == (code == 0, len(findings))


def test_help_explains_every_command(tintype: Tintype, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        tintype("--help")

    assert end.value.code == 0
    told = capsys.readouterr().out
    assert all(name in told for name in ("backup", "doctor", "guilds", "restore"))
