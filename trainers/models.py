"""Base models on this machine: fetched once, by revision, each file pinned by its sha256; only safetensors."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from storage.atomic import write_atomic
from storage.errors import TintypeError
from trainers.events import sha256_of

PINS = "pins.json"
INDEX = "model_index.json"
VAE_CONFIG = "config.json"  # of a VAE, or a CLIP, that lies in a repository by itself
CLIP_WEIGHTS = "model.safetensors"
UPSCALER_CLASS = "StableDiffusionLatentUpscalePipeline"
VAE_WEIGHTS = "diffusion_pytorch_model"  # beside it there may be others, in layouts of other programs
UNUSED = frozenset({"feature_extractor", "image_encoder"})  # parts that Tintype never loads
CHECKER = "safety_checker"  # loaded as an output check, where it was fetched
SPARE_MIB = 2048  # room that must stay on the disk after a model was fetched
HALF = re.compile(r"\.fp16[.-][^/]*$")
SHARD = re.compile(r"(?P<stem>.+?)(?P<half>\.fp16)?-(?P<number>\d{5})-of-(?P<count>\d{5})\.safetensors")
TOLD_APART_BYTES = 1 << 20  # of each weights file: names, shapes and the first numbers

NAME = re.compile(r"(?P<repo>[\w.-]+/[\w.-]+)@(?P<revision>[\w.-]+)")


@dataclass(frozen=True, slots=True)
class ModelName:
    """A base model: repository and revision."""

    repo: str
    revision: str

    def __str__(self) -> str:
        return f"{self.repo}@{self.revision}"


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """One file to fetch, and where it is laid."""

    remote: str
    local: str  #: half-precision files lose their ".fp16", so that they are found without naming a variant
    bytes: int
    sha256: str | None  #: known beforehand for large files only


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What fetching a model means."""

    name: ModelName
    commit: str
    licence: str
    files: tuple[RemoteFile, ...]
    pipeline: str = ""  #: its class, where its index names one
    is_upscaler: bool = False  #: it is no base model, but one for enlarging

    @property
    def is_clip(self) -> bool:
        """Whether it is no base model but a CLIP, which words and pictures are compared by."""
        return any(file.local == CLIP_WEIGHTS for file in self.files)

    @property
    def is_vae(self) -> bool:
        """Whether it is no base model but a VAE alone."""
        return not self.is_clip and any(file.local == VAE_CONFIG for file in self.files)

    @property
    def bytes(self) -> int:
        """Of all files together."""
        return sum(file.bytes for file in self.files)


@dataclass(frozen=True, slots=True)
class Installed:
    """A model that is on this machine."""

    name: str
    folder: Path
    bytes: int
    licence: str
    is_vae: bool = False  #: it is no base model, but a VAE alone
    is_clip: bool = False  #: it is no base model, but a CLIP


def parse_name(text: str) -> ModelName:
    """Read `owner/name@revision`.

    Raises: TintypeError E_MODEL_NAME.
    """
    found = NAME.fullmatch(text)
    if not found:
        raise TintypeError("E_MODEL_NAME", name=text[:120])
    return ModelName(found["repo"], found["revision"])


def folder_of(models_dir: Path, name: ModelName) -> Path:
    """Where this model lies, or would lie."""
    return models_dir / f"{name.repo.replace('/', '--')}@{name.revision}"


def located(models_dir: Path, text: str) -> Path:
    """The folder of a fetched model, every file checked against its pin.

    Raises: TintypeError E_MODEL_NAME, E_MODEL_MISSING, or E_MODEL_CHANGED naming the first file that differs.
    """
    name = parse_name(text)
    folder = folder_of(models_dir, name)
    if not (folder / PINS).is_file():
        raise TintypeError("E_MODEL_MISSING", name=str(name))
    for path, pin in json.loads((folder / PINS).read_text("utf-8"))["files"].items():
        file = folder / path
        if not file.is_file() or file.stat().st_size != pin["bytes"] or sha256_of(file) != pin["sha256"]:
            raise TintypeError("E_MODEL_CHANGED", name=str(name), file=path, folder=str(folder))
    return folder


def snapshot_folder(name: str, revision: str) -> Path:
    """Where a base model named `owner/name` lies that was fetched into the folder given to `keep_in`.

    Raises: as `located`.
    """
    return located(kept_in(), f"{name}@{revision}")


def fetched_folder(repo: str) -> Path | None:
    """Where a repository lies of which any revision was fetched, every file checked; None when none was.

    Raises: TintypeError E_MODEL_CHANGED.
    """
    names = (model.name for model in installed(_MODELS_DIR[0]) if model.name.startswith(f"{repo}@"))
    return next((located(_MODELS_DIR[0], name) for name in names), None)


_MODELS_DIR = [Path("data") / "models"]


def keep_in(folder: Path) -> None:
    """Say once, at the start of the process, where base models lie."""
    _MODELS_DIR[0] = folder


def kept_in() -> Path:
    """Where base models lie, and what is made with them for all to use."""
    return _MODELS_DIR[0]


def installed(models_dir: Path) -> Iterator[Installed]:
    """Every model that was fetched whole, by name."""
    for pins in sorted(models_dir.glob(f"*/{PINS}")):
        told = json.loads(pins.read_text("utf-8"))
        size = sum(pin["bytes"] for pin in told["files"].values())
        is_clip = CLIP_WEIGHTS in told["files"]
        is_vae = VAE_CONFIG in told["files"] and not is_clip
        yield Installed(f"{told['repo']}@{told['revision']}", pins.parent, size, told["licence"], is_vae, is_clip)


def chosen(siblings: Mapping[str, tuple[int, str | None]], parts: Sequence[str]) -> tuple[RemoteFile, ...]:
    """The files of a pipeline's parts: settings, vocabularies, and each part's weights, in half precision if offered.

    `siblings`: path -> (bytes, sha256 or None). Empty when a part has weights, but not as safetensors.
    """
    files = [RemoteFile(INDEX, INDEX, *siblings[INDEX])]
    for part in parts:
        inside = {path: about for path, about in siblings.items() if path.startswith(f"{part}/")}
        plain = [
            path for path in inside if path.endswith((".json", ".txt", ".model", ".jinja")) and "index" not in path
        ]
        weights = _weights(inside)
        if not weights and any(path.endswith((".bin", ".ckpt", ".pt")) for path in inside):
            return ()
        files += [RemoteFile(path, path, *inside[path]) for path in plain]
        files += [RemoteFile(path, local, *inside[path]) for path, local in weights.items()]
    return tuple(files)


def vae_alone(siblings: Mapping[str, tuple[int, str | None]]) -> tuple[RemoteFile, ...]:
    """The files of a VAE that is all there is in a repository; empty when it has no safetensors."""
    weights = _weights({path: about for path, about in siblings.items() if path.startswith(VAE_WEIGHTS)})
    files = {VAE_CONFIG: VAE_CONFIG, **weights} if weights and VAE_CONFIG in siblings else {}
    return tuple(RemoteFile(path, local, *siblings[path]) for path, local in files.items())


def clip_alone(siblings: Mapping[str, tuple[int, str | None]]) -> tuple[RemoteFile, ...]:
    """The files of a CLIP's repository that are needed; empty when it has no safetensors."""
    files = (VAE_CONFIG, CLIP_WEIGHTS) if {VAE_CONFIG, CLIP_WEIGHTS} <= siblings.keys() else ()
    return tuple(RemoteFile(path, path, *siblings[path]) for path in files)


def _weights(inside: Mapping[str, Any]) -> Mapping[str, str]:
    """One part's weights, remote -> local: half precision before full, never those without moving averages."""
    offered = sorted(path for path in inside if path.endswith(".safetensors") and "non_ema" not in path)
    ranked = sorted(offered, key=lambda path: not is_half(path))
    for path in ranked:
        shard = SHARD.fullmatch(path)
        if shard is None:
            return {path: path.replace(".fp16.", ".")}
        if whole := _shards(shard, inside):
            return whole
    return {}


def _shards(shard: re.Match[str], inside: Mapping[str, Any]) -> Mapping[str, str]:
    """All pieces of one part's weights and the index that names them; nothing when any is missing."""
    half = ".fp16" if shard["half"] else ""
    pieces = [
        f"{shard['stem']}{half}-{n:05}-of-{shard['count']}.safetensors" for n in range(1, int(shard["count"]) + 1)
    ]
    index = f"{shard['stem']}.safetensors.index{half}.json"
    if not all(path in inside for path in (index, *pieces)):
        return {}
    return {piece: piece for piece in pieces} | {index: index.replace(".fp16.", ".")}


def is_half(path: str) -> bool:
    """Whether a file's name says that it holds half precision."""
    return bool(HALF.search(path))


def fingerprint(folder: Path, pattern: str = "*/*.safetensors") -> str:
    """Tells the model in a folder from every other: sizes and beginnings of its weights, wherever the folder lies."""
    digest = hashlib.sha256()
    for path in sorted(folder.glob(pattern)):
        with path.open("rb") as file:
            digest.update(f"{path.relative_to(folder).as_posix()} {path.stat().st_size}\n".encode())
            digest.update(file.read(TOLD_APART_BYTES))
    return digest.hexdigest()[:12]


def check_disk(plan: Plan, models_dir: Path, *, have_bytes: int = 0) -> None:
    """Refuse before anything is fetched; `have_bytes` of it are here from an earlier try.

    Raises: TintypeError E_MODEL_DISK.
    """
    models_dir.mkdir(parents=True, exist_ok=True)
    free_mib = shutil.disk_usage(models_dir).free >> 20
    need_mib = (max(0, plan.bytes - have_bytes) >> 20) + SPARE_MIB
    if free_mib < need_mib:
        raise TintypeError("E_MODEL_DISK", need_mib=need_mib, free_mib=free_mib, folder=str(models_dir))


def pin(folder: Path, plan: Plan) -> None:
    """Write down every file's sha256, checked against what the repository promised.

    Raises: TintypeError E_MODEL_CHANGED when a file arrived otherwise than promised.
    """
    files = {}
    for file in plan.files:
        digest = sha256_of(folder / file.local)
        if file.sha256 is not None and digest != file.sha256:
            raise TintypeError("E_MODEL_CHANGED", name=str(plan.name), file=file.local, folder=str(folder))
        files[file.local] = {"sha256": digest, "bytes": (folder / file.local).stat().st_size}
    told = {
        "repo": plan.name.repo,
        "revision": plan.name.revision,
        "commit": plan.commit,
        "licence": plan.licence,
        "files": files,
    }
    write_atomic(folder / PINS, json.dumps(told, indent=1).encode())
