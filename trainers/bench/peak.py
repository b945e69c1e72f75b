"""How much memory a step takes beyond the weights: counted on tensors that have shapes and no numbers.

    python -m trainers.bench.peak [--int8] [FAMILY …]

The step is the real one: the family's denoiser in bfloat16 with peft's LoRA in float32, under autocast, forward and
backward. Each storage that an operation makes is counted while it lives; the highest sum is told, in MiB, without what
was there before the step. An allocator that gives memory out in larger pieces takes more. `--int8`: with the UNet in
eight bits.
"""

from __future__ import annotations

import json
import sys
import weakref
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from trainers.conditioning import Said
from trainers.families import families
from trainers.miniature import WEIGHTS

MIB = 2**20
RANK = 16
INT8 = "--int8"
TOKENS = 77
#: what the published base models' unet/config.json says where it differs from UNet2DConditionModel's defaults
UNETS: Mapping[str, Mapping[str, Any]] = {
    "sd1": {"sample_size": 64, "cross_attention_dim": 768, "attention_head_dim": 8},
    "sdxl": {
        "sample_size": 128,
        "cross_attention_dim": 2048,
        "attention_head_dim": (5, 10, 20),
        "block_out_channels": (320, 640, 1280),
        "down_block_types": ("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
        "up_block_types": ("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
        "transformer_layers_per_block": (1, 2, 10),
        "use_linear_projection": True,
        "addition_embed_type": "text_time",
        "addition_time_embed_dim": 256,
        "projection_class_embeddings_input_dim": 2816,
    },
}
#: of transformers in a UNet's place; ZImageTransformer2DModel's defaults are the published one's
TRANSFORMERS: Mapping[str, Mapping[str, Any]] = {"z_image": {"in_channels": 16}}
#: of the autoencoder that all Stable Diffusion has
VAE: Mapping[str, Any] = {
    "down_block_types": ("DownEncoderBlock2D",) * 4,
    "up_block_types": ("UpDecoderBlock2D",) * 4,
    "block_out_channels": (128, 256, 512, 512),
    "layers_per_block": 2,
    "latent_channels": 4,
}
WIDER = {"latent_channels": 16, "use_quant_conv": False, "use_post_quant_conv": False}  # of Z-Image's autoencoder
SIDE = 128  # of latents, where a config does not say it
CHANNELS = 4  # of latents, where a UNet does not say otherwise
POOLED, TIME_IDS = 1280, 6  # what SDXL is told besides the text


def configs_of(family: str) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """(denoiser's, VAE's); the bundled one has them with it."""
    if family in TRANSFORMERS:
        return TRANSFORMERS[family], {**VAE, **WIDER}
    if family in UNETS:
        return UNETS[family], VAE
    unet, vae = (json.loads((WEIGHTS / part / "config.json").read_text("utf-8")) for part in ("unet", "vae"))
    return unet, vae


class Peak(TorchDispatchMode):  # type: ignore[no-untyped-call]  # torch has no types for it
    """Counts the bytes of every storage that is made inside, from its making to its end."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.now, self.most = 0, 0
        self._known: set[int] = set()

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Do it, and count what is new in what it gives back."""
        made = func(*args, **kwargs or {})
        for value in tree_leaves(made):
            if isinstance(value, Tensor):
                self._count(value.untyped_storage())
        return made

    def known(self, values: Sequence[Tensor]) -> None:
        """These were there before, and are not counted."""
        self._known |= {_key(value.untyped_storage()) for value in values}

    def _count(self, storage: Any) -> None:
        key, size = _key(storage), storage.nbytes()
        if key in self._known:
            return
        self._known.add(key)
        self.now += size
        self.most = max(self.most, self.now)
        weakref.finalize(storage, self._end, key, size)

    def _end(self, key: int, size: int) -> None:
        self._known.discard(key)
        self.now -= size


def _key(storage: Any) -> int:
    """What tells storages apart that have no place in memory."""
    return int(storage._cdata)  # noqa: SLF001  the same in every object that stands for it


def peak_mib(work: Callable[[], Any], before: Sequence[Tensor]) -> int:
    """The most that lives at any moment of the work beyond what was there before."""
    peak = Peak()
    with peak:
        peak.known(before)
        work()
    return round(peak.most / MIB)


def denoiser_of(family: str, *, with_lora: bool, in_int8: bool = False) -> Any:
    """The family's frozen denoiser in bfloat16, peft's layers around all that `lora` trains in float32; on `meta`."""
    import diffusers
    from peft import LoraConfig, inject_adapter_in_model

    from trainers.layers import targets_of
    from trainers.quantised import pack_blocks

    library: Any = diffusers
    with torch.device("meta"):
        kind = library.ZImageTransformer2DModel if family in TRANSFORMERS else library.UNet2DConditionModel
        denoiser: Any = kind.from_config(configs_of(family)[0]).to(torch.bfloat16).requires_grad_(False).eval()
        if in_int8:
            pack_blocks(denoiser)
        if with_lora:
            names = [name for name, _ in targets_of(denoiser, families()[family].targets)]
            inject_adapter_in_model(LoraConfig(r=RANK, target_modules=names), denoiser)
    return denoiser


def vae_of(family: str) -> Any:
    """Its frozen autoencoder in bfloat16, on `meta`."""
    import diffusers

    library: Any = diffusers
    with torch.device("meta"):
        return library.AutoencoderKL.from_config(configs_of(family)[1]).to(torch.bfloat16).requires_grad_(False).eval()


def give_shapes(part: nn.Module) -> None:
    """Inside a FakeTensorMode: tensors of the processor in the place of those of `meta`, which know no autocast."""
    for layer in [*part.modules()]:
        for name, value in [*layer.named_parameters(recurse=False)]:
            dtype = torch.float32 if value.requires_grad else value.dtype
            setattr(layer, name, nn.Parameter(torch.empty(value.shape, dtype=dtype), requires_grad=value.requires_grad))
        for name, buffer in [*layer.named_buffers(recurse=False)]:
            layer.register_buffer(name, torch.empty(buffer.shape, dtype=buffer.dtype))


def said_by(denoiser: Any, family: str, batch: int, side: int) -> Tensor:
    """What it says of latents of `side` × `side`: (B, C, H, W)."""
    if (architecture := families()[family].architecture) is None:
        sample: Tensor = denoiser(**asked(family, batch, side)).sample
        return sample
    noisy = torch.empty(batch, configs_of(family)[0]["in_channels"], side, side, dtype=torch.bfloat16)
    hidden = torch.empty(batch, TOKENS, denoiser.config.cap_feat_dim, dtype=torch.bfloat16)
    return architecture.predicted(denoiser, noisy, torch.zeros(batch), Said(hidden, lengths=(TOKENS,) * batch))


def asked(family: str, batch: int, side: int) -> dict[str, Any]:
    """What a UNet is called with, for latents of `side` × `side`."""
    unet = configs_of(family)[0]
    told: dict[str, Any] = {
        "sample": torch.empty(batch, unet.get("in_channels", CHANNELS), side, side, dtype=torch.bfloat16),
        "timestep": torch.zeros(batch, dtype=torch.long),
        "encoder_hidden_states": torch.empty(batch, TOKENS, unet["cross_attention_dim"], dtype=torch.bfloat16),
    }
    if unet.get("addition_embed_type"):
        half = torch.bfloat16
        conditions = {
            "text_embeds": torch.empty(batch, POOLED, dtype=half),
            "time_ids": torch.empty(batch, TIME_IDS, dtype=half),
        }
        told["added_cond_kwargs"] = conditions
    return told


def counted(family: str, batch: int = 1, share: float = 1.0, *, in_int8: bool = False) -> dict[str, int]:
    """MiB of a denoising step with guidance, of one picture's decoding, and of a training step in both ways."""
    from torch._subclasses.fake_tensor import FakeTensorMode

    side = round(configs_of(family)[0].get("sample_size", SIDE) * share)
    plain, trained = (denoiser_of(family, with_lora=with_lora, in_int8=in_int8) for with_lora in (False, True))
    decoder = vae_of(family)
    with FakeTensorMode():
        for part in (plain, trained, decoder):
            give_shapes(part)

        def draw() -> None:
            with torch.no_grad():
                said_by(plain, family, 2 * batch, side)

        def decode() -> None:
            with torch.no_grad():
                channels = decoder.config.latent_channels
                decoder.decode(torch.empty(1, channels, side, side, dtype=torch.bfloat16))

        def train() -> None:
            with torch.autocast("cpu", torch.bfloat16):
                loss = said_by(trained, family, batch, side).float().square().mean()
            loss.backward()  # type: ignore[no-untyped-call]
            trained.zero_grad(set_to_none=True)

        found = {"imagine": peak_mib(draw, _numbers_of(plain))}
        found["decode"] = peak_mib(decode, [*decoder.parameters()])
        found["train"] = peak_mib(train, _numbers_of(trained))
        trained.enable_gradient_checkpointing()
        found["checkpointed"] = peak_mib(train, _numbers_of(trained))
    return found


def _numbers_of(unet: nn.Module) -> list[Tensor]:
    return [*unet.parameters(), *unet.buffers()]


def main(names: Sequence[str]) -> None:
    """One line of JSON for each family, of one picture of its size."""
    in_int8 = INT8 in names
    for name in [name for name in names if name != INT8] or ("miniature", *UNETS, *TRANSFORMERS):
        print(json.dumps({name: counted(name, in_int8=in_int8)}))


if __name__ == "__main__":
    main(sys.argv[1:])
