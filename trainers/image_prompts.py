"""A photo beside the words of a prompt: the UNet looks at what an image encoder sees in it through layers of its own.

Source: IP-Adapter, Ye et al. 2023, arXiv 2308.06721.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from diffusers.models.attention_processor import IPAdapterAttnProcessor2_0
from diffusers.models.embeddings import ImageProjection
from PIL import Image, ImageOps
from safetensors import SafetensorError
from torch import Tensor, nn

from storage.errors import TintypeError
from trainers.attention import is_cross

if TYPE_CHECKING:
    from trainers.pipeline import Base

ENCODER = "image_encoder"  # the folder beside the adapter, as its authors lay it
PROJECTION = "image_proj.proj.weight"
UNREADABLE = (OSError, ValueError, RuntimeError, KeyError, TypeError, AttributeError, SafetensorError)

Eye = Callable[[Sequence[Image.Image]], Tensor]  #: square pictures -> what an image encoder says of each: (B, F)
ImagePromptSource = Callable[[], tuple[Eye, Mapping[str, Tensor]]]  #: what comes with a family, as files hold it

# B batch · F width of what the image encoder says of a picture · P positions that become of it · D text width


class PhotoLayers(nn.Module):
    """What makes positions of a photo, and a key and a value for each of the UNet's cross-attentions."""

    def __init__(self, unet: Any, features: int, positions: int) -> None:
        super().__init__()
        self.image_proj = ImageProjection(features, unet.config.cross_attention_dim, positions)
        names = {str(at): name for at, name in enumerate(unet.attn_processors) if is_cross(name)}
        self.names = tuple(names.values())
        self.ip_adapter = nn.ModuleDict({at: _layer(unet, name, positions) for at, name in names.items()})

    def positions(self, features: Tensor) -> Tensor:
        """What is attended to: (B, F) -> (B, P, D)."""
        made: Tensor = self.image_proj(features)
        return made

    def processors(self, scale: float = 1.0) -> dict[str, Any]:
        """What the UNet is to attend with, by diffusers' names; `scale`: how much the photo counts, 0 … 1."""
        return dict(zip(self.names, (_scaled(layer, scale) for layer in self.ip_adapter.values()), strict=True))

    def tensors(self) -> dict[str, Tensor]:
        """All numbers as IP-Adapter's files name them."""
        return {file_key(name): value for name, value in self.state_dict().items()}

    def take(self, tensors: Mapping[str, Tensor]) -> None:
        """Take a file's numbers.

        Raises: ValueError when it has others than these.
        """
        own = self.tensors()
        shapes = [{name: value.shape for name, value in some.items()} for some in (own, tensors)]
        if shapes[0] != shapes[1]:
            raise ValueError(sorted(own.keys() ^ tensors.keys()))
        self.load_state_dict({name: tensors[file_key(name)] for name in self.state_dict()})


def file_key(name: str) -> str:
    """`ip_adapter.1.to_k_ip.0.weight` -> `ip_adapter.1.to_k_ip.weight`."""
    return name.replace(".image_embeds.", ".proj.").replace("_ip.0.", "_ip.")


def _layer(unet: Any, name: str, positions: int) -> IPAdapterAttnProcessor2_0:
    keys = unet.get_submodule(name.removesuffix(".processor")).to_k
    return IPAdapterAttnProcessor2_0(keys.out_features, keys.in_features, (positions,))  # type: ignore[no-untyped-call]


def _scaled(layer: nn.Module, scale: float) -> nn.Module:
    """The same layer, weighed."""
    twin = copy.copy(layer)
    twin.scale = [scale]  # type: ignore[assignment]
    return twin


@dataclass(frozen=True, slots=True)
class ImagePrompt:
    """A base's adapter, and what cards call it: that tells no path of this machine."""

    name: str
    eye: Eye
    layers: PhotoLayers

    @torch.no_grad()
    def positions(self, picture: Image.Image) -> Tensor:
        """Those without a photo, zeros in the place of what is seen as in the paper, and this one's: (2, P, D)."""
        side = min(picture.size)
        told = next(self.layers.parameters())
        features = self.eye([ImageOps.fit(picture.convert("RGB"), (side, side))]).to(told)
        return self.layers.positions(torch.cat([torch.zeros_like(features), features]))


@dataclass(frozen=True, slots=True)
class Shown:
    """A photo that is shown beside a prompt."""

    picture: Image.Image
    scale: float = 1.0  #: how much it counts beside the words: 0 … 1


def prompt_for(base: Base) -> ImagePrompt:
    """The adapter of a base.

    Raises: TintypeError E_NO_IMAGE_PROMPT.
    """
    if base.image_prompt is None:
        raise TintypeError("E_NO_IMAGE_PROMPT", base=base.id)
    return base.image_prompt


# --- where it comes from ---------------------------------------------------------------------------------------------


def image_prompt_for(wanted: str, base: Base) -> ImagePrompt | None:
    """The adapter that is wanted, a file of IP-Adapter's; else the one that comes with the base's family, if it fits.

    Raises: TintypeError E_IMAGE_PROMPT_LOAD, E_IMAGE_PROMPT_FITS.
    """
    if not wanted:
        return _of_family(base)
    path = Path(wanted)
    try:
        eye, tensors = _encoder(path.parent / ENCODER, base), _tensors(path)
    except UNREADABLE as error:
        raise TintypeError("E_IMAGE_PROMPT_LOAD", adapter=path.name) from error
    return made(f"local/{path.stem}", base, eye, tensors)


def _of_family(base: Base) -> ImagePrompt | None:
    if base.family.image_prompt is None:
        return None
    eye, tensors = base.family.image_prompt()
    try:
        return made(base.family.name, base, eye, tensors)
    except TintypeError:  # another base of the family, with other layers
        return None


def made(name: str, base: Base, eye: Eye, tensors: Mapping[str, Tensor]) -> ImagePrompt:
    """An adapter of these numbers, on the base's device.

    Raises: TintypeError E_IMAGE_PROMPT_FITS when they are for other layers, or for another image encoder.
    """
    try:
        rows, features = tensors[PROJECTION].shape
        if rows % base.unet.config.cross_attention_dim:
            raise ValueError(rows)
        with torch.random.fork_rng(devices=[]):  # of layers that are filled at once
            layers = PhotoLayers(base.unet, features, rows // base.unet.config.cross_attention_dim)
        layers.take(tensors)
        layers.to(base.device, base.dtype).eval().requires_grad_(False)
        found = ImagePrompt(name, eye, layers)
        found.positions(Image.new("RGB", (8, 8)))
    except (ValueError, RuntimeError, AttributeError) as error:  # the last: it has no such layers at all
        raise TintypeError("E_IMAGE_PROMPT_FITS", adapter=name, base=base.id) from error
    return found


def _tensors(path: Path) -> dict[str, Tensor]:
    """A file's numbers; KeyError when it is none of the plain ones."""
    from safetensors.torch import load_file

    tensors = load_file(path)
    if PROJECTION not in tensors:
        raise KeyError(PROJECTION)
    return tensors


def _encoder(folder: Path, base: Base) -> Eye:
    """CLIP's picture side as transformers keeps it: what it says in the space that words share."""
    from transformers import CLIPVisionModelWithProjection

    from trainers.clips import pixels_for_clip
    from trainers.eyes import whole

    model = whole(CLIPVisionModelWithProjection, folder, base.dtype).to(base.device).eval().requires_grad_(False)
    side = int(model.config.image_size)

    def see(pictures: Sequence[Image.Image]) -> Tensor:
        given = torch.cat([pixels_for_clip(picture, side) for picture in pictures])
        seen: Tensor = model(pixel_values=given.to(base.device, base.dtype)).image_embeds
        return seen

    return see
