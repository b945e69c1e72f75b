"""The VAE that stands in the place of a base model's own, where the operator wants a better one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError

from storage.errors import TintypeError
from trainers.models import VAE_CONFIG, fingerprint, snapshot_folder

CLASS = "AutoencoderKL"
SUBFOLDER = "vae"  # of a whole pipeline
#: what a UNet was trained to see, with what a config means that does not say it
SAID: Mapping[str, Any] = {
    "latent_channels": 4,
    "scaling_factor": 0.18215,
    "shift_factor": None,
    "latents_mean": None,
    "latents_std": None,
}
CLOSE = 1e-4  # of scaling factors: some are written with fewer digits


@dataclass(frozen=True, slots=True)
class OtherVae:
    """A VAE and what files and cards call it: they tell no path of this machine."""

    name: str  #: owner/name@revision, or local/<folder>@<fingerprint>
    model: Any  #: AutoencoderKL


def vae_for(wanted: str, base_folder: Path, base_name: str, dtype: torch.dtype) -> OtherVae | None:
    """The VAE that is wanted, ready and fit for the base in that folder; None when none is wanted.

    `wanted` is a folder or `owner/name@revision`, a VAE alone or a pipeline that has one.
    Raises: TintypeError E_VAE_LOAD, E_VAE_FITS with the first difference; as `trainers.models.located`.
    """
    if not wanted:
        return None
    folder, name = _located(wanted)
    own = _config(base_folder / SUBFOLDER, TintypeError("E_BASE_LOAD", base=base_name))
    refusal = TintypeError("E_VAE_LOAD", vae=wanted)
    other = _config(folder, refusal)
    if other.get("_class_name") != CLASS:
        raise refusal
    _check(own, other, name, base_name)
    return OtherVae(name, _loaded(folder, dtype, refusal))


def _config(folder: Path, refusal: TintypeError) -> Mapping[str, Any]:
    from diffusers import AutoencoderKL

    try:
        told: Mapping[str, Any] = AutoencoderKL.load_config(folder, local_files_only=True)
    except (OSError, ValueError) as error:
        raise refusal from error
    return told


def _loaded(folder: Path, dtype: torch.dtype, refusal: TintypeError) -> Any:
    """All of it, since what a file leaves out would be random numbers."""
    from diffusers import AutoencoderKL

    try:
        vae, about = AutoencoderKL.from_pretrained(  # type: ignore[no-untyped-call]
            folder, dtype=dtype, local_files_only=True, use_safetensors=True, output_loading_info=True
        )
    except (OSError, ValueError, RuntimeError, SafetensorError) as error:
        raise refusal from error
    if about["missing_keys"] or about["mismatched_keys"]:
        raise refusal
    return vae


def _located(wanted: str) -> tuple[Path, str]:
    """Its folder and its name."""
    name, _, revision = wanted.partition("@")
    folder = Path(name)
    if not folder.is_dir():
        return _inside(snapshot_folder(name, revision)), wanted
    found = _inside(folder)
    return found, f"local/{folder.resolve().name}@{revision or fingerprint(found, '*.safetensors')}"


def _inside(folder: Path) -> Path:
    return folder if (folder / VAE_CONFIG).is_file() else folder / SUBFOLDER


def _check(own: Mapping[str, Any], other: Mapping[str, Any], name: str, base_name: str) -> None:
    """Whether the base's UNet sees in the other's latents what it sees in its own.

    Raises: TintypeError E_VAE_FITS.
    """
    ours, theirs = _said(own), _said(other)
    for what, value in ours.items():
        if not _is_same(value, theirs[what]):
            facts = {"what": what, "ours": str(value), "theirs": str(theirs[what])}
            raise TintypeError("E_VAE_FITS", vae=name, base=base_name, **facts)


def _said(config: Mapping[str, Any]) -> dict[str, Any]:
    """What latents are, in the order in which it is told."""
    said = {name: config.get(name, usual) for name, usual in SAID.items()}
    return {"pixels_per_latent": 2 ** (len(config.get("block_out_channels", (0,))) - 1), **said}


def _is_same(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return abs(one - other) <= CLOSE
    return bool(one == other)
