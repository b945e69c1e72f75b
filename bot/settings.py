"""What the bot reads from its environment, once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from bot.attachments import DISCORD_API
from storage.beside import Beside
from storage.env import Env, Secret
from storage.errors import SettingsError
from storage.output_checks import WantedCheck

LARGEST_PORT = 65535
DEVICES = ("auto", "cpu", "cuda")
INTAKES = ("interaction", "off")
LOG_LEVELS = ("debug", "info", "warning", "error")


@dataclass(frozen=True, slots=True, kw_only=True)
class BotSettings:
    """How this Tintype runs; `.env.example` says why each is there."""

    discord_token: Secret
    discord_api_url: str  #: REST root with version, no trailing slash
    data_dir: Path
    base_model: str  #: "miniature", "owner/name@revision", or a folder
    device: str  #: "auto", "cpu" or "cuda"
    models_dir: Path
    beside: Beside  #: models that engines load beside their base
    output_check: WantedCheck  #: what looks at every picture before it can be posted
    guilds: frozenset[int]  #: servers allowed here; empty means those approved with `tintype guilds allow`
    owners: frozenset[int]  #: members who run this Tintype
    master_key_file: Path
    sandbox_port: int  #: 0 is any free one
    training_intake: str  #: how photos come in: "interaction", or "off" for no new ones
    log_level: str  #: "debug", "info", "warning" or "error"

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Self:
        """Read them all.

        Raises: SettingsError E_SETTING_VALUE, E_API_WITHOUT_TOKEN, E_OUTPUT_CHECK.
        """
        env = Env(environ)
        data_dir = Path(env.text("TINTYPE_DATA_DIR", "data"))
        return cls(
            discord_token=env.secret("DISCORD_TOKEN"),
            discord_api_url=_api_url(env),
            data_dir=data_dir,
            base_model=env.text("TINTYPE_BASE_MODEL", "miniature"),
            device=_one_of(env, "TINTYPE_DEVICE", DEVICES, "auto"),
            models_dir=Path(env.text("TINTYPE_MODELS_DIR") or data_dir / "models"),
            output_check=WantedCheck.named(env.text("TINTYPE_OUTPUT_CHECK"), env.text("TINTYPE_OUTPUT_CHECK_DIR")),
            beside=Beside.from_env(env),
            guilds=env.ids("TINTYPE_GUILDS"),
            owners=env.ids("TINTYPE_OWNERS"),
            master_key_file=Path(env.text("TINTYPE_MASTER_KEY_FILE") or data_dir / "master.key"),
            sandbox_port=int(env.number("TINTYPE_SANDBOX_PORT", 8790, least=0, most=LARGEST_PORT)),
            training_intake=_one_of(env, "TINTYPE_TRAINING_INTAKE", INTAKES, "interaction"),
            log_level=_one_of(env, "TINTYPE_LOG", LOG_LEVELS, "info"),
        )

    @property
    def is_elsewhere(self) -> bool:
        """Whether the API is another implementation than Discord's own."""
        return self.discord_api_url != DISCORD_API

    def for_sandbox(self) -> Self:
        """The same with its data and its key apart, so that trying it out touches nothing real."""
        data_dir = self.data_dir / "sandbox"
        return replace(self, data_dir=data_dir, master_key_file=data_dir / "master.key", guilds=frozenset())


def _api_url(env: Env) -> str:
    told = env.text("DISCORD_API_URL").rstrip("/")
    if told and not env.secret("DISCORD_TOKEN"):
        raise SettingsError("E_API_WITHOUT_TOKEN", url=told)
    if told and not told.startswith(("https://", "http://")):
        raise SettingsError(
            "E_SETTING_VALUE", name="DISCORD_API_URL", value=told, wanted="a URL such as " + DISCORD_API
        )
    return told or DISCORD_API


def _one_of(env: Env, key: str, allowed: tuple[str, ...], default: str) -> str:
    value = env.text(key, default).lower()
    if value not in allowed:
        wanted = f"{', '.join(allowed[:-1])} or {allowed[-1]}"
        raise SettingsError("E_SETTING_VALUE", name=key, value=value, wanted=wanted)
    return value
