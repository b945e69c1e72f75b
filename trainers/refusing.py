"""What pictures are led away from: the negative prompt, and before it what the prompt's words bring for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from storage.words import MAX_PROMPT
from trainers.adapter import Adapter
from trainers.conditioning import Said
from trainers.pipeline import Base
from trainers.text import encode_prompt


def refused(base: Base, negative_prompt: str, words: Sequence[tuple[Adapter, float]]) -> Said:
    """Encode what a picture with these words is led away from, heard by the same encoders as its prompt: (1, T, D).

    The order of words makes no difference.
    """
    brought = sorted((word for word in words if word[0].negative), key=lambda word: (word[0].fingerprint, word[1]))
    named = [
        (replace(adapter.against, word=f"against-{number}"), strength)
        for number, (adapter, strength) in enumerate(brought)
    ]
    prompt = " ".join([*(f"<{adapter.word}>" for adapter, _ in named), negative_prompt])[:MAX_PROMPT]
    said = encode_prompt(base, prompt, named, beside=words)
    return said.silenced() if base.empty_is_zero and not prompt else said
