"""What an engine says of itself: device, base model, methods, and what fits; the bot knows no more of it than this."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch

from storage.output_checks import OFF
from trainers import miniature
from trainers.families import Family, families
from trainers.memory import fits, frozen_mib, memory_of, name_of, needs_mib, processor_of
from trainers.method import described, methods, settings_for
from trainers.models import Plan, is_half
from trainers.pipeline import Base, device_named
from trainers.precision import dtype_on, remark_on

MARKS = {True: "yes", False: "no"}


def advertised(base: Base) -> dict[str, Any]:
    """The facts of `ping` once the base is loaded."""
    numbers = numbers_of(base)
    room_mib = memory_of(base.device).free_mib + frozen_mib(numbers, base.dtype)
    return {
        "base_model": {
            "id": base.id,
            "revision": base.revision,
            "title": base.family.title,
            "family": base.family.name,
            "size_px": base.size_px,
            "text_width": int(base.unet.config.cross_attention_dim),
        },
        "device": device_facts(base),
        "methods": [_method_facts(base, name) for name, method in methods().items() if method.for_members],
        "class_words": {kind: list(words) for kind, words in base.family.class_words.items()},
        "families": list(families()),
        "fits": fits(numbers, base.dtype, room_mib),
        "output_check": base.output_check.name if base.output_check else OFF,
        "vae": base.vae_name,
    }


def numbers_of(base: Base) -> int:
    """How many frozen numbers the base has."""
    return sum(value.numel() for part in base.parts for value in part.parameters())


def device_facts(base: Base) -> dict[str, Any]:
    """The device and its memory at this moment."""
    return _device_facts(base.device)


def _device_facts(device: torch.device) -> dict[str, Any]:
    memory = memory_of(device)
    processor, threads = processor_of(device)
    return {
        "name": name_of(device),
        "type": device.type,
        "processor": processor,
        "threads": threads,
        "free_mib": memory.free_mib,
        "total_mib": memory.total_mib,
    }


def _method_facts(base: Base, name: str) -> dict[str, Any]:
    method = methods()[name]
    settings = settings_for(method, base)
    return {
        "name": name,
        "title": method.title,
        "summary": method.summary,
        "min_photos": method.min_photos,
        "settings": described(settings),
        "file_bytes": method.file_bytes(base, settings),
    }


# --- before anything is loaded ---------------------------------------------------------------------------------------


def bundled() -> dict[str, Any]:
    """The base model that comes with Tintype, as `models list` shows it."""
    files = [path for path in miniature.WEIGHTS.rglob("*") if path.is_file()]
    return {
        "name": miniature.MODEL_ID,
        "bytes": sum(path.stat().st_size for path in files),
        "licence": "MIT",
        "folder": str(miniature.WEIGHTS),
        "is_vae": False,
        "is_clip": False,
    }


def fitting(device_name: str) -> dict[str, Any]:
    """What each family needs and whether this machine has it, with the same in lines to print.

    Raises: TintypeError E_NO_DEVICE.
    """
    device = device_named(device_name)
    facts = _device_facts(device)
    dtype = dtype_on(device)
    room = {name: fits(family.numbers, dtype, facts["total_mib"]) for name, family in families().items()}
    remarks = [remark] if (remark := remark_on(device)) else []
    return {"device": facts, "families": room, "lines": [_device_line(facts), *remarks, *_family_lines(room)]}


def _device_line(facts: Mapping[str, Any]) -> str:
    return f"{facts['name']}: {facts['total_mib']:,} MiB, {facts['free_mib']:,} free"


def _family_lines(room: Mapping[str, Mapping[str, Mapping[str, int | bool]]]) -> Sequence[str]:
    """One line for each family; families that need the same are still told apart by their size in px."""
    return [_family_line(families()[name], told) for name, told in room.items()]


def _family_line(family: Family, told: Mapping[str, Mapping[str, int | bool]]) -> str:
    parts = [f"{what} {MARKS[bool(need['is_enough'])]} ({need['needs_mib']:,} MiB)" for what, need in told.items()]
    return f"{family.title}: {', '.join(parts)}, computed"


def memory_need(plan: Plan, device_name: str) -> tuple[int, int]:
    """(about how much training with this model takes on the device, how much the device has), in MiB; computed.

    Raises: TintypeError E_NO_DEVICE.
    """
    device = device_named(device_name)
    weights = [file for file in plan.files if file.local.endswith(".safetensors")]
    numbers = sum(file.bytes // (2 if is_half(file.remote) else 4) for file in weights)
    return needs_mib(numbers, dtype_on(device), "train"), memory_of(device).total_mib
