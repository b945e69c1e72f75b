from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.attachments import DISCORD_API
from bot.engine_process import environment
from bot.settings import BotSettings
from storage.beside import Beside
from storage.env import KNOWN, check_keys
from storage.errors import SettingsError
from trainers.settings import TrainerSettings

EXAMPLE = Path(__file__).parents[3] / ".env.example"
READ = re.compile(r'"(TINTYPE_[A-Z_]+|DISCORD_[A-Z_]+)"')


def test_an_empty_environment_gives_the_defaults() -> None:
    settings = BotSettings.from_env({})

    assert not settings.discord_token
    assert (settings.discord_api_url, settings.is_elsewhere) == (DISCORD_API, False)
    assert (settings.data_dir, settings.models_dir) == (Path("data"), Path("data/models"))
    assert settings.master_key_file == Path("data/master.key")
    assert (settings.base_model, settings.device, settings.sandbox_port) == ("miniature", "auto", 8790)
    assert settings.training_intake == "interaction"


def test_bot_and_trainers_agree_on_what_they_share() -> None:
    told = {"TINTYPE_DATA_DIR": "/d", "TINTYPE_BASE_MODEL": "a/b@c", "TINTYPE_DEVICE": "cpu", "TINTYPE_VAE": "a/vae@d"}
    told |= {"TINTYPE_LIKENESS": "/clip", "TINTYPE_UPSCALER": "a/up@e", "TINTYPE_QUANTISE": "int8"}
    told |= {"TINTYPE_CAPTIONER": "/blip", "TINTYPE_FACES": "/faces", "TINTYPE_IMAGE_PROMPT": "/ip"}
    told |= {"TINTYPE_METHODS": "/m.toml", "TINTYPE_PRECISION": "bfloat16"}

    bot, trainers = BotSettings.from_env(told), TrainerSettings.from_env(told)

    assert (bot.base_model, bot.device, bot.models_dir) == (trainers.base_model, trainers.device, trainers.models_dir)
    assert (
        bot.beside
        == trainers.beside
        == Beside("a/vae@d", "/clip", "a/up@e", "/faces", "/blip", "int8", "bfloat16", "/m.toml", "/ip")
    )
    passed_on = TrainerSettings.from_env(environment(told, bot.models_dir, beside=bot.beside))
    assert passed_on.beside == bot.beside
    assert not any(name in environment(told, bot.models_dir) for name in bot.beside.environ())


def test_a_name_that_is_none_of_a_settings_is_refused_with_those_that_are() -> None:
    with pytest.raises(SettingsError, match=r"E_SETTING_VALUE.*auto, off, int8"):
        BotSettings.from_env({"TINTYPE_QUANTISE": "int4"})
    assert BotSettings.from_env({"TINTYPE_QUANTISE": "auto"}).beside == Beside()


def test_the_stand_in_keeps_its_data_and_its_key_apart_but_shares_the_base_models() -> None:
    told = {"TINTYPE_DATA_DIR": "/d", "TINTYPE_MASTER_KEY_FILE": "/k", "TINTYPE_GUILDS": "1"}

    apart = BotSettings.from_env(told).for_sandbox()

    assert apart.data_dir == Path("/d/sandbox")
    assert apart.master_key_file == Path("/d/sandbox/master.key")
    assert apart.models_dir == Path("/d/models")
    assert apart.guilds == frozenset()


def test_another_api_needs_a_token() -> None:
    with pytest.raises(SettingsError, match="E_API_WITHOUT_TOKEN"):
        BotSettings.from_env({"DISCORD_API_URL": "http://127.0.0.1:1/api/v10"})


def test_another_api_is_kept_without_its_last_slash() -> None:
    told = {"DISCORD_API_URL": "http://127.0.0.1:1/api/v10/", "DISCORD_TOKEN": "t"}

    settings = BotSettings.from_env(told)

    assert (settings.discord_api_url, settings.is_elsewhere) == ("http://127.0.0.1:1/api/v10", True)


def test_the_token_is_never_printed() -> None:
    assert "hush" not in repr(BotSettings.from_env({"DISCORD_TOKEN": "hush"}))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("TINTYPE_DEVICE", "gpu"),
        ("TINTYPE_LOG", "loud"),
        ("TINTYPE_SANDBOX_PORT", "70000"),
        ("TINTYPE_GUILDS", "studio"),
        ("TINTYPE_OWNERS", "ana"),
        ("DISCORD_API_URL", "ftp://x"),
    ],
)
def test_a_value_that_does_not_do_is_named(key: str, value: str) -> None:
    with pytest.raises(SettingsError) as refused:
        BotSettings.from_env({"DISCORD_TOKEN": "t", key: value})

    assert (refused.value.code, refused.value.facts["name"]) == ("E_SETTING_VALUE", key)


def test_every_key_that_the_source_reads_is_known_and_stands_in_the_example() -> None:
    files = ("bot/settings.py", "storage/beside.py", "trainers/settings.py")
    source = [Path(name).read_text("utf-8") for name in files]
    keys = {key for text in source for key in READ.findall(text)}
    told = re.findall(r"^#?([A-Z_]+)=", EXAMPLE.read_text("utf-8"), re.MULTILINE)

    assert set(told) == keys
    assert len(told) == len(keys)
    assert {key for key in keys if key.startswith("TINTYPE_")} == set(KNOWN)
    check_keys(dict.fromkeys(keys, ""))


def test_the_example_shows_the_defaults() -> None:
    told = dict(re.findall(r"^#?([A-Z_]+)=(.*)$", EXAMPLE.read_text("utf-8"), re.MULTILINE))
    del told["DISCORD_API_URL"]

    assert BotSettings.from_env(told | {"DISCORD_TOKEN": ""}).data_dir == BotSettings.from_env({}).data_dir
    assert repr(BotSettings.from_env(told)) == repr(BotSettings.from_env({}))
