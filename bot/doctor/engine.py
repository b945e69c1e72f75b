"""The engine: is its base model here, and does it start."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bot import control
from bot.doctor.findings import Finding, ok, warn
from bot.engine_link import READY
from bot.engine_process import EngineProcess
from bot.machine import savings_said
from bot.settings import BotSettings
from bot.studio import EngineFacts
from storage.errors import EngineLost, TintypeError
from storage.output_checks import OFF

LIST_S = 120.0  # torch is imported
LOAD_S = 600.0  # a base model from a slow disk
LOOK_S = 0.3


def base_model(settings: BotSettings, environ: Mapping[str, str]) -> Iterator[Finding]:
    """Whether it was fetched, as the trainers' own list says; that its files are right, the engine says.

    Raises: TintypeError E_MODEL_MISSING, E_MODEL_NAME, or what the list refused with.
    """
    if Path(settings.base_model).is_dir():
        yield ok("model", "doctor-model-folder", folder=settings.base_model)
        return
    told = _listed(environ)
    here = {str(model["name"]): model for model in told["models"]}
    if kept := told["class_images"]:
        size_mb = round(sum(one["bytes"] for one in kept) / 1e6)
        yield ok("model", "doctor-class-images", words=len(kept), size_mb=size_mb)
    model = here.get(settings.base_model)
    if model is None:
        raise TintypeError("E_MODEL_MISSING", name=settings.base_model)
    yield ok(
        "model", "doctor-model-ok", name=model["name"], size_mb=round(model["bytes"] / 1e6), licence=model["licence"]
    )


def _listed(environ: Mapping[str, str]) -> dict[str, Any]:
    command = [sys.executable, "-m", "trainers", "models", "list"]
    try:
        done = subprocess.run(  # noqa: S603  our own program
            command, env=dict(environ), capture_output=True, text=True, timeout=LIST_S, check=False
        )
        told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    except (OSError, subprocess.TimeoutExpired) as error:
        raise TintypeError("E_ENGINE_START", reason=str(error)) from error
    except (ValueError, IndexError) as error:
        reason = done.stderr.strip().splitlines()[-1:] or [f"exit {done.returncode}"]
        raise TintypeError("E_ENGINE_START", reason=reason[0]) from error
    if not told.get("ok"):
        raise TintypeError(str(told["code"]), **told.get("facts", {}))
    return told


async def engine(data_dir: Path, command: Sequence[str], environ: Mapping[str, str]) -> AsyncIterator[Finding]:
    """The one that runs, or else one started for the look.

    Raises: TintypeError with the engine's own reason.
    """
    told = await asyncio.to_thread(control.ask, data_dir, {"do": "status"})
    if told is not None and told["trouble"]:
        raise TintypeError(str(told["trouble"]["code"]), **told["trouble"]["facts"])
    if told is not None and told["engine"] and told["engine"]["state"] != READY:
        yield warn("engine", "doctor-engine-loading", title=told["engine"]["title"])
        return
    facts = told["engine"] if told else None
    if not facts:
        facts = asdict(EngineFacts.from_ping(await _started(command, environ)))
    for finding in _of(facts):
        yield finding


def _of(facts: Mapping[str, Any]) -> Iterator[Finding]:
    """What an engine that is ready can do here, by the names of `EngineFacts`."""
    device = str(facts["device"] or facts["device_type"] or "?")
    yield ok("engine", "doctor-engine-ok", title=facts["title"], device=device, methods=len(facts["methods"]))
    yield _check(facts["output_check"] or OFF)
    yield _one_or_none("enlarging", facts["upscaler"])
    yield _one_or_none("previews", facts["image_prompt"])
    yield from _training(facts["fits"])


def _training(fits: Mapping[str, Any]) -> Iterator[Finding]:
    """Whether a LoRA fits into the memory there is, and what it does without for that."""
    if fit := fits.get("train"):
        tell = ok if fit["is_enough"] else warn
        key = "doctor-fits-ok" if fit["is_enough"] else "doctor-fits-low"
        yield tell("fits", key, need_mib=int(fit["needs_mib"]), savings=savings_said(fit))


def _check(name: str) -> Finding:
    """What looks at pictures; that it cannot be loaded is the engine's own failure."""
    return warn("check", "doctor-check-off") if name == OFF else ok("check", "doctor-check-ok", name=name)


def _one_or_none(check: str, name: str) -> Finding:
    """What does it here; that nothing does is a choice, too."""
    return ok(check, f"doctor-{check}-ok", name=name) if name else ok(check, f"doctor-{check}-none")


async def _started(command: Sequence[str], environ: Mapping[str, str]) -> Mapping[str, Any]:
    try:
        engine = await EngineProcess.start(command, environ)
    except OSError as error:
        raise TintypeError("E_ENGINE_START", reason=error.strerror or str(error)) from error
    try:
        return await _loaded(engine)
    except EngineLost as error:
        raise TintypeError("E_ENGINE_START", reason="the process ended") from error
    finally:
        await engine.stop(5.0)


async def _loaded(engine: EngineProcess) -> Mapping[str, Any]:
    ends_at = time.monotonic() + LOAD_S
    while time.monotonic() < ends_at:
        card: Mapping[str, Any] = (await engine.ask("ping"))["engine"]
        if card["state"] == "ready":
            return card
        if card["state"] == "failed":
            raise TintypeError(str(card["error"]["code"]), **card["error"]["facts"])
        await asyncio.sleep(LOOK_S)
    raise TintypeError("E_ENGINE_START", reason=f"not ready after {LOAD_S:g} s")
