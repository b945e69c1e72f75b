"""The whole examination, one check after the other; a check that cannot go on is a finding, too."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.doctor import account, data, engine, machine
from bot.doctor.findings import Finding
from bot.settings import BotSettings
from storage.clock import Clock
from storage.errors import TintypeError

Check = tuple[str, Iterable[Finding] | AsyncIterator[Finding]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What the examination is given besides the settings."""

    clock: Clock
    engine_command: Sequence[str]
    engine_environ: Mapping[str, str]


def checks(settings: BotSettings, around: Surroundings) -> Sequence[Check]:
    """What is looked at, in this order; nothing happens before it is walked through."""
    folder = settings.data_dir
    return [
        ("python", machine.python()),
        ("memory", machine.memory()),
        ("disk", machine.disk(folder)),
        ("inspector", machine.inspector()),
        ("heic", machine.heic()),
        ("data", data.folder(folder)),
        ("running", data.running(folder)),
        ("keys", data.keys(folder, settings.master_key_file)),
        ("database", data.database(folder)),
        ("model", engine.base_model(settings, around.engine_environ)),
        ("engine", engine.engine(folder, around.engine_command, around.engine_environ)),
        ("token", account.token(settings)),
        ("discord", account.account(settings, around.clock)),
    ]


async def examine(settings: BotSettings, around: Surroundings) -> AsyncIterator[Finding]:
    """Every finding as soon as it is made."""
    for name, findings in checks(settings, around):
        try:
            async for finding in _one_by_one(findings):
                yield finding
        except TintypeError as error:
            yield Finding.of_error(name, error)


async def _one_by_one(findings: Iterable[Finding] | AsyncIterator[Finding]) -> AsyncIterator[Finding]:
    if isinstance(findings, AsyncIterator):
        async for finding in findings:
            yield finding
    else:
        for finding in findings:
            yield finding
