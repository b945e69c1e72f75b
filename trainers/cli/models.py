"""`tintype-trainer models`: which models are here, what fits this machine, and fetching another one."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from storage.errors import TintypeError
from trainers.cli import Subparsers, add_command, blending
from trainers.models import Plan, installed, parse_name
from trainers.settings import TrainerSettings

OPEN_LICENCES = frozenset({"mit", "apache-2.0", "cc0-1.0"})  # nothing to accept


def add(subparsers: Subparsers) -> None:
    """`models list`, `models get`, `models merge` and `models clear`."""
    parser = add_command(
        subparsers, "models", "list the base models and VAEs that are here, get one, or merge some", run
    )
    inner = parser.add_subparsers(metavar="WHAT", dest="what")
    inner.add_parser("list", help="the base models that are here, and what fits this machine")
    inner.add_parser("clear", help="delete the pictures of class words that trainings hold on to; models stay")
    blending.add_to(inner)
    get = inner.add_parser("get", help="fetch a base model, a VAE or a CLIP from Hugging Face, once, pinned")
    get.add_argument("name", metavar="REPO@REVISION", help="e.g. stable-diffusion-v1-5/stable-diffusion-v1-5@main")
    get.add_argument(
        "--yes",
        action="store_true",
        help="I have read the licence and accept it, and want the model even where memory is short",
    )
    get.add_argument(
        "--safety-checker", action="store_true", help="fetch its safety checker too, for TINTYPE_OUTPUT_CHECK"
    )


def run(arguments: argparse.Namespace, settings: TrainerSettings) -> dict[str, Any]:
    """List, get, merge, or clear."""
    if arguments.what == "merge":
        return blending.run(arguments)
    if arguments.what == "get":
        return _get(arguments, settings)
    return _clear() if arguments.what == "clear" else _list(settings)


def _list(settings: TrainerSettings) -> dict[str, Any]:
    from trainers.advertise import bundled, fitting

    here = [bundled()]
    here += [
        {
            "name": model.name,
            "bytes": model.bytes,
            "licence": model.licence,
            "folder": str(model.folder),
            "is_vae": model.is_vae,
            "is_clip": model.is_clip,
        }
        for model in installed(settings.models_dir)
    ]
    for model in here:
        what = "  (a VAE)" if model["is_vae"] else "  (a CLIP)" if model["is_clip"] else ""
        print(f"{model['name']:<60} {model['bytes'] / 1e6:>9,.0f} MB  {model['licence']}{what}")
    kept = _class_images()
    fits = fitting(settings.device, settings.beside)
    print("\n".join(fits.pop("lines")))
    return {"ok": True, "models": here, "class_images": kept, "fits": fits}


def _class_images() -> list[dict[str, Any]]:
    from trainers.class_images import class_folders

    found = class_folders()
    for one in found:
        whose = f"class images of “{one.class_word}”" if one.class_word else "class images of another word"
        print(f"{f'{one.base_model}, {one.count} {whose}':<60} {one.bytes / 1e6:>9,.0f} MB  {one.folder}")
    if found:
        print("`tintype-trainer models clear` deletes class images; a training that wants them makes them again")
    return [
        {
            "base_model": one.base_model,
            "class_word": one.class_word,
            "count": one.count,
            "bytes": one.bytes,
            "folder": str(one.folder),
        }
        for one in found
    ]


def _clear() -> dict[str, Any]:
    from trainers.class_images import forget_class_images

    gone = forget_class_images()
    count, size = sum(one.count for one in gone), sum(one.bytes for one in gone)
    print(f"Deleted {count} class images, {size / 1e6:,.0f} MB", file=sys.stderr)
    return {"ok": True, "deleted": count, "bytes": size}


def _get(arguments: argparse.Namespace, settings: TrainerSettings) -> dict[str, Any]:
    name = parse_name(arguments.name)
    from trainers.fetching import fetch, plan_of

    print(f"Asking Hugging Face for {name} …", file=sys.stderr)
    plan = plan_of(name, with_checker=arguments.safety_checker)
    _tell(plan)
    _check_licence(plan, accepted=arguments.yes)
    if not (plan.is_vae or plan.is_clip or plan.is_upscaler):
        _check_memory(plan, settings, accepted=arguments.yes)
    folder = fetch(plan, settings.models_dir)
    use = "Aesthetic gradients find it by themselves." if plan.is_clip else f"Use it with {_setting_for(plan)}={name}"
    print(f"Fetched and pinned. {use}", file=sys.stderr)
    return {"ok": True, "name": str(name), "commit": plan.commit, "bytes": plan.bytes, "folder": str(folder)}


def _setting_for(plan: Plan) -> str:
    return "TINTYPE_VAE" if plan.is_vae else "TINTYPE_UPSCALER" if plan.is_upscaler else "TINTYPE_BASE_MODEL"


def _tell(plan: Plan) -> None:
    print(f"{len(plan.files)} files, {plan.bytes / 1e9:.2f} GB, revision {plan.commit}", file=sys.stderr)
    print(f"licence: {plan.licence}", file=sys.stderr)


def _check_licence(plan: Plan, *, accepted: bool) -> None:
    from trainers.fetching import LINK

    if not accepted and plan.licence not in OPEN_LICENCES:
        link = LINK.format(repo=plan.name.repo)
        raise TintypeError("E_MODEL_LICENCE", name=str(plan.name), licence=plan.licence, link=link)


def _check_memory(plan: Plan, settings: TrainerSettings, *, accepted: bool) -> None:
    """Say what training takes, whatever was accepted: a licence is often accepted before memory is thought of."""
    from trainers.advertise import memory_need

    need_mib, have_mib = memory_need(plan, settings.device, settings.beside)
    print(f"training: about {need_mib:,} MiB (computed); this device has {have_mib:,} MiB for it", file=sys.stderr)
    if need_mib > have_mib and not accepted:
        raise TintypeError("E_MODEL_MEMORY", name=str(plan.name), need_mib=need_mib, have_mib=have_mib)
