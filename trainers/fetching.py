"""Fetches a base model, a VAE or a CLIP from Hugging Face; the only code of Tintype that goes online for one."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from huggingface_hub import HfApi, hf_hub_download
from huggingface_hub.errors import (  # type: ignore[attr-defined]  # of whichever HTTP library it uses
    HfHubHTTPError,
    HTTPError,
    LocalEntryNotFoundError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)

from storage.errors import TintypeError
from trainers.events import sha256_of
from trainers.models import (
    CHECKER,
    INDEX,
    UNUSED,
    UPSCALER_CLASS,
    VAE_CONFIG,
    ModelName,
    Plan,
    RemoteFile,
    check_disk,
    chosen,
    clip_alone,
    folder_of,
    pin,
    vae_alone,
)

CACHE, INCOMPLETE = ".cache", ".incomplete"  # where the library keeps what it has begun to fetch
VAE_CLASS = "AutoencoderKL"
CLIP_TYPE = "clip"
LINK = "https://huggingface.co/{repo}"


@contextmanager
def _told_plainly(name: ModelName) -> Iterator[None]:
    """Make a sentence of what can go wrong on the way."""
    try:
        yield
    except (RepositoryNotFoundError, RevisionNotFoundError) as error:
        raise TintypeError("E_MODEL_UNKNOWN", name=str(name)) from error
    except (HfHubHTTPError, HTTPError, LocalEntryNotFoundError, ConnectionError, TimeoutError) as error:
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise TintypeError("E_MODEL_NETWORK", reason=reason[:160]) from error


def plan_of(name: ModelName, endpoint: str | None = None, *, with_checker: bool = False) -> Plan:
    """Ask what fetching would mean: files, sizes, licence; nothing is fetched but what says which files there are.

    `with_checker` takes the safety checker along. Raises: TintypeError E_MODEL_UNKNOWN, E_MODEL_NETWORK,
    E_MODEL_FORMAT when there is no pipeline, VAE or CLIP in safetensors, E_MODEL_UNCHECKED when there is no such
    checker.
    """
    with _told_plainly(name):
        info = HfApi(endpoint=endpoint).model_info(name.repo, revision=name.revision, files_metadata=True)
        siblings = {entry.rfilename: (entry.size or 0, _sha256(entry)) for entry in info.siblings or ()}
        told = next((file for file in (INDEX, VAE_CONFIG) if file in siblings), None)
        if told is None:
            raise TintypeError("E_MODEL_FORMAT", name=str(name))
        read = hf_hub_download(name.repo, told, revision=info.sha, endpoint=endpoint)
    files = chosen(siblings, _parts(Path(read))) if told == INDEX else _alone(siblings, Path(read))
    if not any(file.local.endswith(".safetensors") for file in files):
        raise TintypeError("E_MODEL_FORMAT", name=str(name))
    files += _checker(siblings, name) if with_checker else ()
    card = info.card_data
    licence = str(card.get("license") or "unknown") if card else "unknown"
    pipeline = _class_in(Path(read)) if told == INDEX else ""
    is_upscaler = pipeline == UPSCALER_CLASS
    return Plan(
        name=name, commit=str(info.sha), licence=licence, files=files, pipeline=pipeline, is_upscaler=is_upscaler
    )


def _parts(index: Path) -> list[str]:
    told = json.loads(index.read_text("utf-8"))
    left_out = UNUSED | {CHECKER}
    return [part for part in told if not part.startswith("_") and part not in left_out and isinstance(told[part], list)]


def _alone(siblings: Mapping[str, tuple[int, str | None]], config: Path) -> tuple[RemoteFile, ...]:
    """A repository without a pipeline may be that of a VAE or of a CLIP."""
    told = json.loads(config.read_text("utf-8"))
    if told.get("model_type") == CLIP_TYPE:
        return clip_alone(siblings)
    return vae_alone(siblings) if _class_in(config) == VAE_CLASS else ()


def _class_in(config: Path) -> str:
    return str(json.loads(config.read_text("utf-8")).get("_class_name"))


def _checker(siblings: Mapping[str, tuple[int, str | None]], name: ModelName) -> tuple[RemoteFile, ...]:
    files = tuple(file for file in chosen(siblings, [CHECKER]) if file.local != INDEX)
    if not {".json", ".safetensors"} <= {Path(file.local).suffix for file in files}:
        raise TintypeError("E_MODEL_UNCHECKED", name=str(name))
    return files


def _sha256(entry: Any) -> str | None:
    return entry.lfs.sha256 if entry.lfs else None


def fetch(plan: Plan, models_dir: Path, endpoint: str | None = None) -> Path:
    """Fetch every file (an interrupted fetch goes on where it was), check and pin them; the folder when all is there.

    Raises: TintypeError E_MODEL_DISK, E_MODEL_NETWORK, E_MODEL_CHANGED.
    """
    folder = folder_of(models_dir, plan.name)
    partial = folder.with_name(f".{folder.name}.partial")
    _keep_what_belongs(partial, plan)
    check_disk(plan, models_dir, have_bytes=sum(path.stat().st_size for path in partial.rglob("*") if path.is_file()))
    for file in plan.files:
        if not (partial / file.local).is_file():
            with _told_plainly(plan.name):
                hf_hub_download(plan.name.repo, file.remote, revision=plan.commit, local_dir=partial, endpoint=endpoint)
            (partial / file.remote).rename(partial / file.local)
    pin(partial, plan)
    shutil.rmtree(partial / CACHE, ignore_errors=True)
    if folder.exists():
        shutil.rmtree(folder)
    partial.rename(folder)
    return folder


def _keep_what_belongs(partial: Path, plan: Plan) -> None:
    """Of an earlier try keep only what is surely of this very commit: `main` may have moved in between.

    What was fetched in part lies in the cache under its own hash; the library goes on with it by itself.
    """
    promised = {file.local: file.sha256 for file in plan.files if file.sha256}
    for path in [path for path in partial.rglob("*") if path.is_file()]:
        local = path.relative_to(partial).as_posix()
        is_begun = local.startswith(f"{CACHE}/") and path.suffix == INCOMPLETE
        if not is_begun and (local not in promised or sha256_of(path) != promised[local]):
            path.unlink()
