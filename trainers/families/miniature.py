"""The bundled miniature: small enough for two cores, drawn so that likeness can be counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from storage.records import Kind
from trainers.clips import Clip, ClipSource
from trainers.families import Cost, Family, Scorer, register
from trainers.miniature import MODEL_ID

if TYPE_CHECKING:
    from PIL.Image import Image
    from torch import Tensor

    from trainers.image_prompts import Eye

#: (words after the subject, scene, accessory): what samples are asked for and scored by
SAMPLES = (
    (" at the beach", "beach", None),
    (" wearing a hat in the snow", "snow", "hat"),
    (" at night", "night", None),
    (" wearing a scarf in the forest", "forest", "scarf"),
)
TEXT_WIDTH, CHANNELS = 192, 8  # of its text encoder and its latents; no other model has these
CLIP_WIDTH = 128  # of trainers.miniature.clip, which is not imported before it is used
STYLE_SAMPLES = (
    " of a red cat at the beach",
    " of a blue mug in the snow",
    " of a green robot at night",
    " of a pink rabbit in the forest",
)
#: more steps than a drawn subject needs: a training ends when its samples get no better, and points lie far apart
PACE = {"learning_rate": 3e-3, "steps_per_photo": 80, "min_steps": 300, "max_steps": 600, "batch_size": 4}


def _scorer(photos: Sequence[Image]) -> Scorer:
    """Likeness twice, obedience once, as the `pick` reader believes to see them."""
    from trainers.miniature.readers import believed, consensus, load_reader
    from trainers.miniature.world import ATTRIBUTES

    reader = load_reader("pick")
    subject = consensus(reader.read(photos))
    names = [name for name in ATTRIBUTES if name != "second" or subject.pattern != "plain"]
    looks = {f"solo.{name}": str(getattr(subject, name)) for name in names}
    orders = [
        {"scene": scene} | ({"solo.accessory": accessory} if accessory else {}) for _, scene, accessory in SAMPLES
    ]

    def score(samples: Sequence[Image]) -> float:
        beliefs = reader.beliefs(samples)
        alike, obeyed = believed(beliefs, [looks] * len(samples)), believed(beliefs, orders)
        return (2 * sum(alike) + sum(obeyed)) / (3 * len(samples))

    return score


def _captioner(photos: Sequence[Image], kind: str) -> list[str]:
    """What the `pick` reader sees, so that the word does not come to mean it too.

    Beside a subject that is place and accessory; of a picture in a style, everything that is drawn.
    """
    from trainers.miniature.captions import full_caption
    from trainers.miniature.readers import load_reader, picture_of
    from trainers.miniature.world import scene_words

    pictures = [picture_of(reading) for reading in load_reader("pick").read(photos)]
    if kind == Kind.STYLE:
        return [f" of {full_caption(picture)}" for picture in pictures]
    return [scene_words(picture.scene, picture.accessories[0]) for picture in pictures]


def _is_miniature(unet: Mapping[str, Any]) -> bool:
    """Also in a folder: merged with another revision, say."""
    return (unet.get("cross_attention_dim"), unet.get("in_channels")) == (TEXT_WIDTH, CHANNELS)


def _clip() -> Clip:
    from trainers.miniature.clip import load_pair

    pair = load_pair()
    return Clip(pair.text_projection.weight, pair.image_features)


def _image_prompt() -> tuple[Eye, Mapping[str, Tensor]]:
    from trainers.miniature.image_prompt import committed_tensors, eye

    return eye(), committed_tensors()


register(
    Family(
        name="miniature",
        title="the bundled miniature",
        numbers=9_100_000,
        vae_numbers=1_460_451,
        encoder_numbers=1_608_960,
        lora_numbers=403_456,
        cost=Cost(imagine=2, decode=1, train=9, checkpointed=3),
        size_px=64,
        bucket_px=16,
        max_aspect=1.0,
        shapes={"square": (64, 64), "portrait": (48, 64), "landscape": (64, 48)},
        fits=lambda name, unet, scheduler: name == MODEL_ID or _is_miniature(unet),
        kohya_version="tintype_miniature",
        modelspec_architecture="tintype-miniature",
        template="a {word}",
        close_template="a {word}",
        style_template="a {word} drawing",
        class_words={
            "person": ("person",),
            "animal": ("cat", "dog", "rabbit", "bear"),
            "object": ("mug", "robot"),
            "style": ("pastel",),
        },
        sample_scenes=tuple(words for words, _, _ in SAMPLES),
        style_scenes=STYLE_SAMPLES,
        may_flip=False,  # a mug's handle and a balloon have a side
        closeups=False,
        steps=24,
        guidance_scale=3.0,
        enlarging_strength=0.1,  # from 0.15 on, eyes and mouths show through where there are none
        pages=4,  # scenes said beyond the first are found in 47 % instead of 16 %
        clip=ClipSource("miniature", CLIP_WIDTH, _clip),
        image_prompt=_image_prompt,
        recommended={
            **dict.fromkeys(("lora", "dora"), PACE),
            "loha": PACE | {"learning_rate": 6e-3},
            "lokr": PACE | {"learning_rate": 1e-2, "factor": 2},
            "oft": PACE | {"learning_rate": 4e-3, "block": 8},
            "dreambooth": PACE | {"learning_rate": 1e-4, "prior": 0.1},
            "fine_tune": PACE | {"learning_rate": 1e-4},
            "custom_diffusion": PACE | {"learning_rate": 1e-3, "vectors": 6, "prior": 0.0},
            "hypernetwork": PACE | {"learning_rate": 1e-3},
            "aesthetic": {"lead_steps": 10, "learning_rate": 1e-3},
            "pivotal": PACE | {"vectors": 6, "rows_pace": 7.0},
            "dreamartist": {
                "learning_rate": 2e-2,
                "steps_per_photo": 60,
                "min_steps": 300,
                "max_steps": 400,
                "batch_size": 4,
                "vectors": 6,
                "guidance_scale": 3.0,
            },
            "textual_inversion": {
                "learning_rate": 2e-2,
                "steps_per_photo": 60,
                "min_steps": 300,
                "max_steps": 400,
                "batch_size": 6,
                "vectors": 6,
            },
        },
        scorer=_scorer,
        captioner=_captioner,
    )
)
