"""Stable Diffusion 1.4 and 1.5, and those for inpainting, which differ in their first layer alone."""

from __future__ import annotations

from trainers.clips import fetched_clip
from trainers.families import Cost, Family, register

TEXT_WIDTH = 768  # of CLIP ViT-L
CLIP = "openai/clip-vit-large-patch14"
CHANNELS = 4, 9  # those for inpainting also see a mask and what lies around it; depth models have five

SD1 = register(
    Family(
        name="sd1",
        title="Stable Diffusion 1.x",
        numbers=1_066_235_307,
        vae_numbers=83_653_863,
        encoder_numbers=123_060_480,
        lora_numbers=6_782_976,
        cost=Cost(imagine=130, decode=384, train=1067, checkpointed=299),
        size_px=512,
        bucket_px=64,
        max_aspect=2.0,
        shapes={"square": (512, 512), "portrait": (448, 576), "landscape": (576, 448)},
        fits=lambda name, unet, scheduler: (
            unet.get("cross_attention_dim") == TEXT_WIDTH and unet.get("in_channels") in CHANNELS
        ),
        kohya_version="sd_v1",
        modelspec_architecture="stable-diffusion-v1",
        template="a photo of {word}",
        close_template="a close-up photo of {word}",
        style_template="a picture in the style of {word}",
        class_words={
            "person": ("person", "woman", "man", "girl", "boy"),
            "animal": ("dog", "cat", "bird", "horse"),
            "object": ("object", "toy", "mug", "bag", "car", "shirt"),
            "style": ("style",),
        },
        sample_scenes=(" at the beach", " in the snow", " wearing a red hat", " in front of a brick wall"),
        style_scenes=(", a dog at the beach", ", a house in the snow", ", a woman with a red hat", ", a bowl of fruit"),
        may_flip=True,
        closeups=True,
        steps=25,
        guidance_scale=7.5,
        clip=fetched_clip(CLIP, TEXT_WIDTH),
        recommended={"hypernetwork": {"self_attention": 0}},  # 9 MB, which Discord takes everywhere, instead of 44
        pages=4,  # of 75; further ones say little and take their time
    )
)
