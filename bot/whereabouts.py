"""Which data folder the operator's commands mean."""

from __future__ import annotations

from bot.settings import BotSettings
from storage.backup import DATABASE


def run_by(settings: BotSettings) -> BotSettings:
    """The settings that `tintype run` starts with: those of the stand-in when there is no bot's token."""
    return settings if settings.discord_token else settings.for_sandbox()


def in_use(settings: BotSettings) -> BotSettings:
    """The settings that Tintype runs by: those of the stand-in when there is neither a bot's token nor real data."""
    sandbox = settings.for_sandbox()
    is_real = bool(settings.discord_token) or (settings.data_dir / DATABASE).exists()
    return settings if is_real or not (sandbox.data_dir / DATABASE).exists() else sandbox
