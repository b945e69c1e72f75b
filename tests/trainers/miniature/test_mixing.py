"""Two words in one picture of the bundled miniature; what they mean is said in its own vocabulary."""

from __future__ import annotations

import pytest

from trainers.adapter import Adapter
from trainers.imagine import Drawing, finished, imagine
from trainers.miniature.readers import load_reader
from trainers.pipeline import Base, load_base
from trainers.text import token_table

SEEDS = tuple(range(6))


def meaning(base: Base, word: str, class_word: str, text: str) -> Adapter:
    ids = base.tokenizer(text, add_special_tokens=False).input_ids
    return Adapter(word, class_word, "textual_inversion", rows=(token_table(base.encoders[0])[ids].float(),))


@pytest.mark.slow
def test_the_patterns_of_two_words_stay_on_their_own_sides() -> None:
    base = load_base("miniature", "cpu")
    zed = meaning(base, "zed", "cat", "yellow cat with red stripes")
    ivo = meaning(base, "ivo", "rabbit", "blue rabbit with pink spots")
    prompt = "a <zed> on the left and a <ivo> on the right at the beach"
    pictures = finished(imagine(base, Drawing(prompt=prompt, seeds=SEEDS, adapters=[(zed, 1.0), (ivo, 1.0)])))
    slots = [reading.slots for reading in load_reader("judge").read(pictures)]
    kept = [(slot["left"]["pattern"] == "stripes") + (slot["right"]["pattern"] == "spots") for slot in slots]

    assert sum(kept) >= 2 * len(SEEDS) - 1
