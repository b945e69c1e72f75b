"""What counted FLOPs allow: of our step and of the reference's, and what this machine reaches at its best.

    python -m trainers.bench.speed.flops BASE PHOTOS METHOD BATCH RANK DEVICE PRECISION

A FLOP is one addition or one multiplication; those of matrix products and convolutions are counted, as torch's own
counter does, which is all but a few percent of a step.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from storage.beside import Beside
from trainers.bench.speed import photos
from trainers.bench.speed.sides import SEED, VECTORS, WORD

if TYPE_CHECKING:
    from trainers.pipeline import Base

#: what train_dreambooth_lora.py trains of a UNet
REFERENCE_TARGETS = ("to_k", "to_q", "to_v", "to_out.0")
MATRIX = 2048  # (n, n) @ (n, n): 17 GFLOP, far beyond what a cache holds
CONVOLUTION = (4, 256, 64, 64)  # 3 × 3 to as many channels: 19 GFLOP, as a UNet's middle levels have them
SECONDS = 2.0  # of each: the fastest of its repetitions counts


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """FLOPs of one sample, and the machine's FLOPs a second."""

    ours: float
    reference: float
    matmul_per_s: float
    convolution_per_s: float
    reference_per_s: float  #: the better of both in float32, which the script computes in

    @property
    def most_samples_per_s(self) -> float:
        """Ours, if each FLOP took as long as in the better of the two measured operations."""
        return max(self.matmul_per_s, self.convolution_per_s) / self.ours

    @property
    def most_ratio(self) -> float:
        """Samples a second over the reference's, if each side's FLOPs took as long as in the better of the two."""
        return self.most_samples_per_s * self.reference / self.reference_per_s


def counted(work: Callable[[], Any]) -> int:
    """FLOPs of whatever it does; attention is computed by matrix products, so that its FLOPs are seen, too."""
    from torch.nn.attention import SDPBackend, sdpa_kernel
    from torch.utils.flop_counter import FlopCounterMode

    with FlopCounterMode(display=False) as counter, sdpa_kernel(SDPBackend.MATH):
        work()
    return int(counter.get_total_flops())


def our_step(base: Base, folder: Path, method: str, settings: Mapping[str, Any]) -> int:
    """FLOPs of one step of the method itself, after photos and captions are encoded."""
    from trainers.method import Lesson, method_named, settings_for

    found = method_named(method)
    lesson = Lesson(
        photos=sorted(folder.iterdir()),
        word=WORD,
        class_word=photos.CLASS_WORD,
        kind=photos.KIND,
        captions=(),
        seed=SEED,
        resume_from=None,
    )
    steps = found.train(base, lesson, settings_for(found, base, settings))
    while next(steps).phase != "train":
        pass
    return counted(lambda: next(steps))


def reference_step(base: Base, method: str, batch: int, rank: int) -> int:
    """FLOPs of one step of the script: it encodes photos and captions each time. It changes the base's UNet."""
    pixels = torch.zeros(batch, 3, base.size_px, base.size_px, device=base.device, dtype=base.dtype)
    ids = base.tokenizer(["a"] * batch, padding="max_length", return_tensors="pt").input_ids.to(base.device)
    encoder = base.encoders[0].model
    if method == "lora":
        from peft import LoraConfig

        base.unet.add_adapter(LoraConfig(r=rank, target_modules=list(REFERENCE_TARGETS)))
    else:
        encoder.get_input_embeddings().requires_grad_(True)

    def step() -> None:
        with torch.no_grad():
            latents = base.vae.encode(pixels).latent_dist.mean
        hidden = encoder(ids)[0]
        timesteps = torch.zeros(batch, dtype=torch.long, device=base.device)
        base.unet(latents, timesteps, hidden).sample.sum().backward()

    return counted(step)


def best_per_s(flops: int, operation: str, values: Mapping[str, Tensor]) -> float:
    """FLOPs a second of the fastest repetition, on all threads that torch has."""
    from torch.utils.benchmark import Timer

    timer = Timer(operation, globals={**values, "torch": torch}, num_threads=torch.get_num_threads())
    return flops / min(timer.blocked_autorange(min_run_time=SECONDS).times)


def peaks(device: torch.device, dtype: torch.dtype) -> tuple[float, float]:
    """FLOPs a second in a matrix product, and in a convolution with channels last."""
    square = torch.ones(MATRIX, MATRIX, device=device, dtype=dtype)
    batch, channels, height, width = CONVOLUTION
    picture = torch.ones(CONVOLUTION, device=device, dtype=dtype).to(memory_format=torch.channels_last)
    weight = torch.ones(channels, channels, 3, 3, device=device, dtype=dtype).to(memory_format=torch.channels_last)
    convolution = 2 * batch * height * width * channels * channels * 9
    return (
        best_per_s(2 * MATRIX**3, "square @ square", {"square": square}),
        best_per_s(
            convolution,
            "torch.nn.functional.conv2d(picture, weight, padding=1)",
            {"picture": picture, "weight": weight},
        ),
    )


def main(arguments: Sequence[str]) -> None:
    """Print them as one JSON object."""
    from trainers.bench.speed.ours import know_the_shape
    from trainers.pipeline import load_base

    where, folder, method, batch, rank = arguments[0], Path(arguments[1]), arguments[2], int(arguments[3]), arguments[4]
    know_the_shape()
    base = load_base(where, arguments[5], beside=Beside(precision=arguments[6]))
    settings: dict[str, Any] = {"batch_size": batch}
    settings |= {"rank": rank, "alpha": rank} if method == "lora" else {"vectors": VECTORS}
    matmul, convolution = own = peaks(base.device, base.dtype)
    found = Counted(
        ours=our_step(base, folder, method, settings) / batch,
        reference=reference_step(base, method, batch, int(rank)) / batch,
        matmul_per_s=matmul,
        convolution_per_s=convolution,
        reference_per_s=max(own if base.dtype == torch.float32 else peaks(base.device, torch.float32)),
    )
    print(json.dumps(asdict(found)))


if __name__ == "__main__":
    main(sys.argv[1:])
