"""Remakes the miniature from nothing, stage by stage; each stage goes on from where it was killed."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from trainers.miniature import REVISION, WEIGHTS

if TYPE_CHECKING:
    import torch
    from transformers import CLIPTokenizer

    from trainers.miniature.training import Average

DRAWINGS = 48_000
TOKENIZER_PICTURES = 8_000  # whose captions the vocabulary is learnt from
SCALE_SAMPLE = 2_000  # latents whose spread decides the scaling factor
READER_SEEDS = {"pick": 3, "judge": 4, "style-judge": 5, "clip": 6}  # different drawings for each
#: halves a step; threads that wait without spinning leave the cores to whoever else is at work
ALLOCATOR = {
    "MALLOC_MMAP_THRESHOLD_": "4294967296",
    "MALLOC_TRIM_THRESHOLD_": "4294967296",
    "OMP_WAIT_POLICY": "PASSIVE",
}


@dataclass(frozen=True, slots=True)
class Plan:
    """What the stages are given."""

    folder: Path  #: checkpoints and drawings, not committed
    weights: Path  #: the result
    vae_steps: int
    unet_steps: int
    polish_steps: int
    reader_steps: int
    clip_steps: int
    image_prompt_steps: int
    ends_at: float  #: monotonic seconds after which a training stops, to go on in another run


def _tell(text: str) -> None:
    sys.stderr.write(f"{text}\n")


def _until(plan: Plan, steps: Iterator[tuple[int, Average]]) -> None:
    for _ in steps:
        if time.monotonic() > plan.ends_at:
            _tell("time is up; run the same command again to go on")
            raise SystemExit(3)


def train_autoencoder(plan: Plan) -> None:
    """Stage vae."""
    from trainers.miniature.corpus import corpus
    from trainers.miniature.vae import train_vae

    drawings, _ = corpus(plan.folder, DRAWINGS)
    _until(plan, train_vae(drawings, plan.folder, plan.vae_steps))


def encode(plan: Plan) -> None:
    """Stage latents."""
    import torch

    from trainers.miniature.corpus import corpus
    from trainers.miniature.denoiser import encode_all
    from trainers.miniature.export import trained_vae

    if (plan.folder / "latents.pt").exists():
        return
    drawings, _ = corpus(plan.folder, DRAWINGS)
    vae = trained_vae(plan.folder, plan.weights).to(memory_format=torch.channels_last)
    beside = plan.folder / "latents.tmp"
    torch.save(encode_all(vae, drawings), beside)
    beside.replace(plan.folder / "latents.pt")


def train_unet(plan: Plan) -> None:
    """Stage unet: the UNet and the text encoder, from nothing."""
    from trainers.miniature.denoiser import FIRST, new_denoiser, train_denoiser

    tokenizer = _tokenizer(plan)
    denoiser = new_denoiser(tokenizer, FIRST.seed)
    latents, words = _lessons(plan, tokenizer)
    _until(plan, train_denoiser(denoiser, latents, words, run=FIRST, folder=plan.folder, steps=plan.unet_steps))


def polish(plan: Plan) -> None:
    """Stage polish: the UNet and the text encoder that were exported before, with a fresh optimizer."""
    from trainers.miniature.denoiser import POLISH, denoiser_of, train_denoiser
    from trainers.miniature.export import committed

    pipeline = committed(plan.weights)
    latents, words = _lessons(plan, pipeline.tokenizer)
    steps = train_denoiser(
        denoiser_of(pipeline), latents, words, run=POLISH, folder=plan.folder, steps=plan.polish_steps
    )
    _until(plan, steps)


def _lessons(plan: Plan, tokenizer: CLIPTokenizer) -> tuple[torch.Tensor, torch.Tensor]:
    """Scaled latents (N, 8, 16, 16) float16, and token ids (N, K, 48) of each picture's K captions."""
    import torch

    from trainers.miniature.corpus import corpus
    from trainers.miniature.denoiser import token_ids

    _, captions = corpus(plan.folder, DRAWINGS)
    said = token_ids(tokenizer, [text for texts in captions for text in texts])
    latents = torch.load(plan.folder / "latents.pt", weights_only=True)
    return (latents.float() * _scale(plan, latents)).half(), said.view(len(captions), -1, said.shape[-1])


def _scale(plan: Plan, latents: torch.Tensor) -> float:
    """What makes latents one wide: of an autoencoder of this build by counting, of an earlier one as it says itself."""
    from trainers.miniature.export import committed

    if (plan.folder / "vae.ckpt").exists():
        return 1 / float(latents[:SCALE_SAMPLE].float().std())
    return float(committed(plan.weights).vae.config.scaling_factor)


def _tokenizer(plan: Plan) -> CLIPTokenizer:
    from trainers.miniature.corpus import corpus
    from trainers.miniature.tokenizer import new_tokenizer

    _, captions = corpus(plan.folder, DRAWINGS)
    return new_tokenizer(text for texts in captions[:TOKENIZER_PICTURES] for text in texts)


def _train_reader(name: str) -> Callable[[Plan], None]:
    def stage(plan: Plan) -> None:
        from trainers.miniature.export import trained_vae
        from trainers.miniature.reader_training import save_reader, train_reader

        vae = trained_vae(plan.folder, plan.weights)
        _until(plan, train_reader(name, vae, plan.folder, plan.reader_steps, READER_SEEDS[name]))
        save_reader(name, plan.folder, plan.weights / "readers")

    return stage


def _train_style_reader(plan: Plan) -> None:
    from trainers.miniature.export import trained_vae
    from trainers.miniature.reader_training import save_reader
    from trainers.miniature.style_reader import NAME, train_style_reader

    vae = trained_vae(plan.folder, plan.weights)
    _until(plan, train_style_reader(vae, plan.folder, plan.reader_steps, READER_SEEDS[NAME]))
    save_reader(NAME, plan.folder, plan.weights / "readers")


def _train_clip(plan: Plan) -> None:
    """Stage clip: around the text encoder that was exported before."""
    from trainers.miniature.clip import NAME, train_clip
    from trainers.miniature.export import committed
    from trainers.miniature.reader_training import save_reader

    pipeline = committed(plan.weights)
    _until(plan, train_clip(pipeline, plan.folder, plan.clip_steps, READER_SEEDS[NAME]))
    save_reader(NAME, plan.folder, plan.weights / "readers")


def _train_image_prompt(plan: Plan) -> None:
    """Stage image-prompt: layers by which the denoiser that was exported before takes a photo beside the words."""
    from trainers.miniature.export import committed
    from trainers.miniature.image_prompt import save_image_prompt, train_image_prompt

    _until(plan, train_image_prompt(committed(plan.weights), plan.weights, plan.folder, plan.image_prompt_steps))
    save_image_prompt(committed(plan.weights), plan.folder, plan.weights)


def write(plan: Plan) -> None:
    """Stage export: of the polished denoiser, if there is one."""
    import torch

    from trainers.miniature.denoiser import FIRST, POLISH
    from trainers.miniature.export import committed, export, trained_pipeline, trained_vae

    checkpoints = [plan.folder / f"{run.name}.ckpt" for run in (POLISH, FIRST)]
    checkpoint = next((path for path in checkpoints if path.exists()), checkpoints[-1])
    vae = trained_vae(plan.folder, plan.weights)
    vae.register_to_config(scaling_factor=_scale(plan, torch.load(plan.folder / "latents.pt", weights_only=True)))
    is_polished = checkpoint == checkpoints[0]
    tokenizer = committed(plan.weights).tokenizer if is_polished else _tokenizer(plan)
    _tell(f"{REVISION}: {export(trained_pipeline(vae, checkpoint, tokenizer), plan.weights) / 2**20:.1f} MiB")


def measure(plan: Plan) -> None:
    """Stage figures: what the card says."""
    from trainers.miniature.figures import figures

    for name, value in figures(plan.weights):
        sys.stdout.write(f"{name}: {value}\n")
        sys.stdout.flush()


FROM_NOTHING = ("vae", "latents", "unet", "pick", "judge", "style-judge")
STAGES: dict[str, Callable[[Plan], None]] = {
    "vae": train_autoencoder,
    "latents": encode,
    "unet": train_unet,
    "pick": _train_reader("pick"),
    "judge": _train_reader("judge"),
    "style-judge": _train_style_reader,
    "export": write,
    "polish": polish,
    "clip": _train_clip,
    "image-prompt": _train_image_prompt,
    "figures": measure,
}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="tintype-trainer miniature build", description=__doc__)
    parser.add_argument(
        "stages", nargs="*", metavar="STAGE", help=f"of {', '.join(STAGES)} (default: all, from nothing)"
    )
    parser.add_argument("--folder", type=Path, default=Path("build/miniature"), help="checkpoints and drawings")
    parser.add_argument("--weights", type=Path, default=WEIGHTS, help="where the result goes")
    parser.add_argument(
        "--minutes", type=float, default=float("inf"), help="stop after this long, to go on in another run"
    )
    parser.add_argument("--vae-steps", type=int, default=1500)
    parser.add_argument("--unet-steps", type=int, default=4300)
    parser.add_argument("--polish-steps", type=int, default=1100)
    parser.add_argument("--reader-steps", type=int, default=900)
    parser.add_argument("--clip-steps", type=int, default=2000)
    parser.add_argument("--image-prompt-steps", type=int, default=1500)
    return parser


def main(argv: Sequence[str]) -> None:
    """Run the stages named, or all; the word `build` in front is allowed.

    Raises: SystemExit 2 for an unknown stage, 3 when --minutes are over.
    """
    parser = _parser()
    arguments = parser.parse_args(argv[1:] if argv[:1] == ["build"] else argv)
    unknown = set(arguments.stages) - set(STAGES)
    if unknown:
        parser.error(f"no stage {', '.join(sorted(unknown))}; there are {', '.join(STAGES)}")
    arguments.folder.mkdir(parents=True, exist_ok=True)
    plan = Plan(
        folder=arguments.folder,
        weights=arguments.weights,
        vae_steps=arguments.vae_steps,
        unet_steps=arguments.unet_steps,
        polish_steps=arguments.polish_steps,
        reader_steps=arguments.reader_steps,
        clip_steps=arguments.clip_steps,
        image_prompt_steps=arguments.image_prompt_steps,
        ends_at=time.monotonic() + arguments.minutes * 60,
    )
    for name in arguments.stages or [*FROM_NOTHING, "export", "polish", "export", "clip", "image-prompt", "figures"]:
        began = time.monotonic()
        STAGES[name](plan)
        _tell(f"{name}: {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    if not ALLOCATOR.keys() <= os.environ.keys():
        os.execve(  # noqa: S606 - ourselves
            sys.executable, [sys.executable, "-m", "trainers.miniature.build", *sys.argv[1:]], os.environ | ALLOCATOR
        )
    main(sys.argv[1:])
