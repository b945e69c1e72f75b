"""Our side: `tintype-trainer`, which here also knows a base of Stable Diffusion's shape with random weights."""

from __future__ import annotations

import dataclasses
import sys

from trainers.bench.speed.shape import NAME, SIZE_PX
from trainers.families import register
from trainers.families.sd1 import SD1


def know_the_shape() -> None:
    """Offer the stand-in's family; few denoising steps, since random weights draw nothing worth seeing."""
    register(
        dataclasses.replace(
            SD1,
            name="bench-sd",  # is asked before "sd1"
            title="Stable Diffusion's shape",
            size_px=SIZE_PX,
            shapes={"square": (SIZE_PX, SIZE_PX)},
            fits=lambda name, unet, scheduler: name == f"local/{NAME}",
            steps=4,
        )
    )


if __name__ == "__main__":
    from trainers.__main__ import main

    know_the_shape()
    sys.exit(main(sys.argv[1:]))
