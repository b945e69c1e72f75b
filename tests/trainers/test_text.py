from __future__ import annotations

import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from tests.trainers.bases import POSITIONS, TEXT_WIDTH, Fingerprints, base_for
from trainers.adapter import Adapter
from trainers.pipeline import Base
from trainers.text import Rows, class_rows, encode_prompt, encoded, left_out, no_rows, stacked, token_table, tokens_of


def rows_word(name: str = "zed", count: int = 2, seed: int = 1) -> Adapter:
    rows = torch.randn(count, TEXT_WIDTH, generator=torch.Generator().manual_seed(seed))
    return Adapter(name, "cat", "textual_inversion", rows=(rows,))


def lora_word(name: str = "zed") -> Adapter:
    return Adapter(name, "cat", "lora")


def hidden(base: Base, prompt: str, *words: tuple[Adapter, float]) -> torch.Tensor:
    return encode_prompt(base, prompt, words).hidden


def test_plain_text_is_encoded_as_the_pipeline_encodes_it(base: Base) -> None:
    ids = base.tokenizer("a cat at sea", padding="max_length", max_length=POSITIONS, return_tensors="pt").input_ids
    with torch.no_grad():
        expected = base.encoders[0].model(ids).last_hidden_state

    assert torch.equal(hidden(base, "a cat at sea"), expected)


def test_a_word_without_rows_is_said_with_its_class_word(base: Base) -> None:
    assert torch.equal(hidden(base, "a <zed> at sea", (lora_word(), 1.0)), hidden(base, "a zed cat at sea"))


def test_a_renamed_word_is_still_said_as_it_was_learned(base: Base) -> None:
    assert torch.equal(hidden(base, "a <ivo>", (lora_word().called("ivo"), 1.0)), hidden(base, "a zed cat"))


def test_a_word_with_rows_takes_one_position_for_each(base: Base) -> None:
    size = len(token_table(base.encoders[0]))
    tokens = tokens_of(base, "a <zed> b", {"zed": rows_word(count=3)}, {"zed": 0})

    assert tokens.ids[2:5] == (size, size + 1, size + 2)
    assert tokens.spans == {"zed": (2, 5)}


def test_rows_are_heard_where_the_word_stands_and_nowhere_else(base: Base) -> None:
    word = rows_word()

    assert not torch.equal(hidden(base, "a <zed>", (word, 1.0)), hidden(base, "a <zed>", (rows_word(seed=2), 1.0)))
    assert torch.equal(hidden(base, "a cat", (word, 1.0)), hidden(base, "a cat"))


def test_strength_goes_from_the_class_word_to_the_learned_rows_and_beyond(base: Base) -> None:
    start = Adapter("zed", "cat", "textual_inversion", rows=(class_rows(base.encoders[0], "cat", 2),))
    word = rows_word()

    torch.testing.assert_close(hidden(base, "a <zed>", (word, 0.0)), hidden(base, "a <zed>", (start, 1.0)))
    torch.testing.assert_close(hidden(base, "a <zed>", (word, 1.0)), hidden(base, "a <zed>", (word, 1.0)))
    assert not torch.equal(hidden(base, "a <zed>", (word, 1.5)), hidden(base, "a <zed>", (word, 1.0)))


def test_two_words_with_rows_keep_to_their_own(base: Base) -> None:
    zed, ivo = rows_word(), rows_word("ivo", 3, 2)

    assert torch.equal(
        hidden(base, "<zed> and <ivo>", (zed, 1.0), (ivo, 1.0)), hidden(base, "<zed> and <ivo>", (ivo, 1.0), (zed, 1.0))
    )


def test_a_word_with_rows_and_layers_is_heard_by_its_rows(base: Base) -> None:
    expected = hidden(base, "a <zed>", (rows_word(), 1.0))

    assert torch.equal(hidden(base, "a <zed>", (rows_word(), 1.0), (lora_word(), 1.0)), expected)
    assert torch.equal(hidden(base, "a <zed>", (lora_word(), 1.0), (rows_word(), 1.0)), expected)


def test_a_word_inside_another_is_not_mangled(base: Base) -> None:
    assert torch.equal(hidden(base, "a zedder", (lora_word(), 1.0)), hidden(base, "a zedder"))


ROOM = POSITIONS - 2


def test_a_prompt_longer_than_the_encoder_goes_on_on_a_page_of_its_own(base: Base) -> None:
    long = hidden(base, "a " * ROOM + "cat at sea")

    assert torch.equal(long, torch.cat([hidden(base, "a " * ROOM), hidden(base, "cat at sea")], 1))


def test_what_is_beyond_the_last_page_is_named_and_the_last_page_ends_properly(base: Base) -> None:
    pages = base.family.pages
    tokens = tokens_of(base, "a " * ROOM * pages + "b <zed> c", {"zed": rows_word()}, {"zed": 0})

    assert len(tokens.ids) == POSITIONS * pages
    assert tokens.ids[POSITIONS - 1 :: POSITIONS] == (base.tokenizer.eos_token_id,) * pages
    assert tokens.rest == "b <zed> c"
    assert len(range(*tokens.spans["zed"])) == 0
    assert left_out(base, "a " * ROOM * pages, ()) == ""


@given(st.integers(0, 120), st.integers(1, 6))
def test_no_word_is_cut_in_two_by_the_end_of_a_page(before: int, count: int) -> None:
    base = base_for("v_prediction")
    tokens = tokens_of(base, "a " * before + "<zed> " + "b" * 7, {"zed": rows_word(count=count)}, {"zed": 0})
    first, last = tokens.spans["zed"]
    size = len(token_table(base.encoders[0]))

    assert tokens.ids[first:last] == tuple(range(size, size + count))
    assert first // POSITIONS == (last - 1) // POSITIONS
    assert tokens.rest == ""


@given(st.text(st.characters(codec="ascii", exclude_categories=["Cc"], exclude_characters="<"), max_size=ROOM))
def test_words_one_by_one_are_the_tokens_of_the_whole(text: str) -> None:
    base = base_for("v_prediction")
    whole = base.tokenizer(text, add_special_tokens=False).input_ids

    assert list(tokens_of(base, text, {}, {}).ids[1 : len(whole) + 1]) == whole


def test_a_short_prompt_beside_a_long_one_ends_in_empty_pages(base: Base) -> None:
    prompts = "a " * 50, "a cat"
    both = stacked(base, [encode_prompt(base, prompt, ()) for prompt in prompts]).hidden
    at_once = encoded(base, [tokens_of(base, prompt, {}, {}).ids for prompt in prompts], [no_rows(base.encoders[0])])

    assert both.shape == (2, 2 * POSITIONS, TEXT_WIDTH)
    assert torch.equal(both, at_once.hidden)
    assert torch.equal(both[1:, POSITIONS:], hidden(base, ""))


def test_neither_tokenizer_nor_encoder_is_changed(base: Base) -> None:
    before, size = Fingerprints.of(base), len(base.tokenizer)
    hidden(base, "a <zed>", (rows_word(), 1.0))

    assert Fingerprints.of(base) == before
    assert len(base.tokenizer) == size


def test_the_gradient_of_rows_is_the_same_bits_each_time_on_several_threads() -> None:
    table = nn.Embedding(1400, 192).requires_grad_(False)
    token_ids = torch.randint(0, 1400, (6, 48), generator=torch.Generator().manual_seed(1))
    token_ids[:, 5:11] = torch.arange(1400, 1406)
    weights = torch.randn(6, 48, 192, generator=torch.Generator().manual_seed(2))
    threads = torch.get_num_threads()
    torch.set_num_threads(2)

    seen = set()
    for _ in range(60):
        rows = nn.Parameter(torch.ones(6, 192))
        (Rows(table, rows)(token_ids) * weights).sum().backward()
        assert rows.grad is not None
        seen.add(rows.grad.numpy().tobytes())

    torch.set_num_threads(threads)
    assert len(seen) == 1
