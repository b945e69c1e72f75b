"""What an engine says of itself: device, base model, methods, and what fits; the bot knows no more of it than this."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

import torch

from storage.beside import Beside
from storage.output_checks import OFF
from trainers import miniature
from trainers.edits import edits_on
from trainers.families import Family, families, text_width_of
from trainers.memory import (
    Saving,
    Sizes,
    Trained,
    fit,
    fit_of,
    imagine_mib,
    kept_sizes,
    memory_of,
    name_of,
    processor_of,
    room_mib,
    sizes_in,
    usable_mib,
)
from trainers.method import Method, described, methods_on, settings_for
from trainers.models import Plan, is_half
from trainers.pipeline import Base
from trainers.precision import device_named, dtype_on, remark_on

MARKS = {True: "yes", False: "no"}


def advertised(base: Base) -> dict[str, Any]:
    """The facts of `ping` once the base is loaded."""
    sizes = sizes_in(base)
    return {
        "base_model": {
            "id": base.id,
            "revision": base.revision,
            "title": base.family.title,
            "family": base.family.name,
            "size_px": base.size_px,
            "text_width": text_width_of(base.denoiser.config),
            "quantised": base.quantised,
        },
        "device": device_facts(base),
        "methods": [_method_facts(base, method) for method in _offered(base)],
        "class_words": {kind: list(words) for kind, words in base.family.class_words.items()},
        "families": list(families()),
        "fits": _fits(base.family, sizes, room_mib(memory_of(base.device), sizes)),
        "output_check": base.output_check.name if base.output_check else OFF,
        "compares_faces": base.faces is not None and base.family.scorer is None,
        "vae": base.vae_name,
        "upscaler": base.upscaler.name if base.upscaler else "",
        "edits": edits_on(base.family),
        "image_prompt": base.image_prompt.name if base.image_prompt else "",
    }


def _offered(base: Base) -> list[Method]:
    """What members may choose: the methods made for them, and those that the operator has settings for."""
    known = methods_on(base.family).values()
    return [method for method in known if method.for_members or method.name in base.chosen]


def _fits(family: Family, sizes: Sizes, room: int) -> dict[str, Any]:
    """What there is room for, in MiB: to draw, and to train a LoRA with what that does without."""
    drawing, learning = imagine_mib(sizes), fit_of(family, sizes, room)
    return {
        "imagine": {"needs_mib": drawing, "is_enough": drawing <= room},
        "train": {
            "needs_mib": learning.needs_mib,
            "is_enough": learning.is_enough,
            "savings": [asdict(one) for one in learning.savings],
        },
    }


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


def _method_facts(base: Base, method: Method) -> dict[str, Any]:
    settings = settings_for(method, base)
    return {
        "name": method.name,
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


def fitting(device_name: str, beside: Beside) -> dict[str, Any]:
    """What each family needs, kept as wanted, and whether this machine has it; with the same in lines to print.

    Raises: TintypeError E_NO_DEVICE.
    """
    device = device_named(device_name)
    facts = _device_facts(device)
    total_mib = facts["total_mib"]
    usable = usable_mib(total_mib, device.type)
    room = {
        name: _fits(family, _kept_sizes(family, device, total_mib, beside), usable)
        for name, family in families().items()
    }
    remarks = [remark] if (remark := remark_on(device, beside.precision)) else []
    return {"device": facts, "families": room, "lines": [_device_line(facts), *remarks, *_family_lines(room)]}


def _kept_sizes(family: Family, device: torch.device, total_mib: int, beside: Beside) -> Sizes:
    dtype = dtype_on(device, beside.precision, is_small=family.name == miniature.MODEL_ID)
    return kept_sizes(family, dtype, device.type, total_mib, beside.quantise)


def _device_line(facts: Mapping[str, Any]) -> str:
    return f"{facts['name']}: {facts['total_mib']:,} MiB, {facts['free_mib']:,} free"


def _family_lines(room: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> Sequence[str]:
    """One line for each family; families that need the same are still told apart by their size in px."""
    return [_family_line(families()[name], told) for name, told in room.items()]


def _family_line(family: Family, told: Mapping[str, Mapping[str, Any]]) -> str:
    parts = [f"{what} {MARKS[bool(need['is_enough'])]} ({need['needs_mib']:,} MiB)" for what, need in told.items()]
    without = "".join(f"; {Saving(**saving)}" for saving in told["train"]["savings"])
    return f"{family.title}: {', '.join(parts)}, computed{without}"


CARDS_GB = (6, 8, 12, 24)
ROOM_FOR = (("sd1", 1), ("sd1", 4), ("sdxl", 1), ("sdxl", 4), ("z_image", 1))  # family, batch


def room_table() -> str:
    """What cards of several sizes train, as Markdown; docs/operating.md shows it."""
    lines = ["| graphics card | base model | batch | needs | does without |", "|---|---|---|---|---|"]
    for gigabytes in CARDS_GB:
        lines += [_room_row(gigabytes, families()[name], batch) for name, batch in ROOM_FOR]
    return "\n".join(lines)


def _room_row(gigabytes: int, family: Family, batch_size: int) -> str:
    sizes = kept_sizes(family, torch.bfloat16, "cuda", gigabytes * 1024)
    found = fit(sizes, Trained(numbers=family.lora_numbers), batch_size, usable_mib(gigabytes * 1024, "cuda"))
    need = f"{found.needs_mib:,} MiB" + ("" if found.is_enough else ", more than there is")
    without = "; ".join(map(str, found.savings)) or "–"
    return f"| {gigabytes} GB | {family.title} | {batch_size} | {need} | {without} |"


def memory_need(plan: Plan, device_name: str, beside: Beside) -> tuple[int, int]:
    """(about how much training with this model takes on the device, how much there is for it), in MiB; as `fitting`.

    Raises: TintypeError E_NO_DEVICE.
    """
    device = device_named(device_name)
    total_mib = memory_of(device).total_mib
    family, usable = _family_for(plan), usable_mib(total_mib, device.type)
    sizes = _kept_sizes(family, device, total_mib, beside)
    return fit_of(family, sizes, usable).needs_mib, usable


def _family_for(plan: Plan) -> Family:
    """The family whose pipeline it is; else the one nearest in size, as large as this model in all its parts."""
    if own := [family for family in families().values() if family.pipeline and family.pipeline == plan.pipeline]:
        return own[0]
    weights = [file for file in plan.files if file.local.endswith(".safetensors")]
    numbers = sum(file.bytes // (2 if is_half(file.remote) else 4) for file in weights)
    nearest = min(families().values(), key=lambda one: abs(one.numbers - numbers))  # its kind is not known yet
    vae, encoders = (part * numbers // nearest.numbers for part in (nearest.vae_numbers, nearest.encoder_numbers))
    return replace(nearest, numbers=numbers, vae_numbers=vae, encoder_numbers=encoders)
