from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from PIL import Image, ImageChops

from tests.trainers.bases import TEXT_WIDTH, Fingerprints
from tests.trainers.test_pipeline import word
from trainers.adapter import Adapter
from trainers.imagine import Drawing, decoded, encoded_picture, finished, imagine, words_of
from trainers.pipeline import Base
from trainers.sides import SIDES, laid_back, looked_at, said_of, share_of, sides_of, window_of

Lessons = Callable[..., object]


def drawn(base: Base, prompt: str, **told: object) -> list[bytes]:
    return [picture.tobytes() for picture in finished(imagine(base, Drawing(prompt=prompt, **{"steps": 3} | told)))]  # type: ignore[arg-type]


def distance(one: Image.Image, other: Image.Image) -> float:
    difference = ImageChops.difference(one.convert("RGB"), other.convert("RGB")).tobytes()
    return sum(difference) / len(difference)


def test_a_seed_gives_its_picture_alone_or_among_others(any_base: Base) -> None:
    together = finished(imagine(any_base, Drawing(prompt="a cat", seeds=(1, 2, 3), steps=3)))
    alone = finished(imagine(any_base, Drawing(prompt="a cat", seeds=(2,), steps=3)))

    assert distance(together[1], alone[0]) < 1
    assert distance(together[0], together[1]) > 1


def test_the_same_wish_gives_the_same_picture_again(any_base: Base) -> None:
    torch.manual_seed(1)
    first = drawn(any_base, "a cat")
    torch.manual_seed(2)

    assert drawn(any_base, "a cat") == first


@pytest.mark.parametrize(
    "told",
    [{"negative_prompt": "a dog"}, {"guidance_scale": 9.0}, {"steps": 5}, {"seeds": (9,)}, {"shape": "portrait"}],
)
def test_everything_that_is_asked_for_counts(base: Base, told: dict[str, object]) -> None:
    assert drawn(base, "a cat", **told) != drawn(base, "a cat")


def test_shapes_have_their_sizes(base: Base) -> None:
    for shape, size in base.family.shapes.items():
        assert finished(imagine(base, Drawing(prompt="a cat", shape=shape, steps=1)))[0].size == size


def test_it_yields_after_each_step_and_stops_between_two(base: Base) -> None:
    before = Fingerprints.of(base)
    with closing(imagine(base, Drawing(prompt="a <zed>", adapters=[(word(base, 1), 1.0)], steps=4))) as steps:
        told = [next(steps) for _ in range(2)]
        assert Fingerprints.of(base) == before

    assert [(step.done, step.total) for step in told] == [(1, 4), (2, 4)]
    assert Fingerprints.of(base) == before


def test_two_drawings_whose_steps_interleave_do_not_touch_each_other(base: Base) -> None:
    zed, plain = Drawing(prompt="a <zed>", adapters=[(word(base, 1), 1.0)], steps=3), Drawing(prompt="a cat", steps=3)
    alone = [finished(imagine(base, asked))[0].tobytes() for asked in (zed, plain)]
    drawings = [imagine(base, zed), imagine(base, plain)]
    for _ in range(3):
        for drawing in drawings:
            next(drawing)

    assert [finished(drawing)[0].tobytes() for drawing in drawings] == alone


def test_only_words_that_stand_in_the_prompt_are_active(base: Base) -> None:
    zed, ivo = word(base, 1), word(base, 2, "ivo")

    assert words_of(Drawing(prompt="a <zed:0.5>", adapters=[(zed, 0.8), (ivo, 1.0)])) == [(zed, 0.4)]
    assert drawn(base, "a cat", adapters=[(zed, 1.0)]) == drawn(base, "a cat")


def test_a_word_with_layers_and_one_with_rows_stand_in_one_prompt(base: Base) -> None:
    zed = word(base, 1)
    ivo = Adapter("ivo", "cat", "textual_inversion", rows=(torch.randn(2, TEXT_WIDTH),))
    pictures = {
        tuple(drawn(base, prompt, adapters=[(zed, 1.0), (ivo, 1.0)]))
        for prompt in ("<zed>", "<ivo>", "<zed> and <ivo>")
    }

    assert len(pictures) == 3


@pytest.mark.parametrize(
    ("prompt", "sides"),
    [
        ("<a1b> on the left and <c1d> on the right", {"a1b": "left", "c1d": "right"}),
        ("on the right <a1b>, on the left <c1d>", {"a1b": "right", "c1d": "left"}),
        ("<a1b:0.5> wearing a hat on the left, <c1d> on the right", {"a1b": "left", "c1d": "right"}),
        ("<a1b> and <c1d>", {}),
        ("a <ink> drawing of a <a1b> on the left and a <c1d> on the right", {"a1b": "left", "c1d": "right"}),
        ("an <ink> drawing, on the left a <a1b>, on the right a <c1d>", {"a1b": "left", "c1d": "right"}),
        ("an <ink> drawing: on the left: <a1b>; on the right: <c1d>", {"a1b": "left", "c1d": "right"}),
        ("a <a1b>, on the left, and a <c1d>, on the right", {"a1b": "left", "c1d": "right"}),
        ("a <a1b> on the left, a <c1d> on the right in <ink>", {"a1b": "left", "c1d": "right"}),
    ],
)
def test_a_prompt_may_say_who_stands_where(prompt: str, sides: dict[str, str]) -> None:
    assert sides_of(prompt) == sides


@pytest.mark.parametrize(
    ("prompt", "left", "right"),
    [
        (
            "a <a1b> on the left and a <c1d> on the right, at night",
            "a <a1b>, at night",
            "a <c1d>, at night",
        ),
        ("<a1b:0.5> wearing a hat on the right side, <c1d> on the left side", "<c1d>", "<a1b:0.5> wearing a hat"),
        ("On the left <a1b> with a <hat>, on the right <c1d>, in oil", "<a1b> with a <hat>, in oil", "<c1d>, in oil"),
        ("a photo, to the left <a1b>; to the right <c1d>", "a photo, <a1b>", "a photo, <c1d>"),
        (
            "a <ink> drawing of a <a1b> on the left and a <c1d> on the right",
            "a <ink> drawing of a <a1b>",
            "a <ink> drawing of a <c1d>",
        ),
        ("a photo: a <a1b> on the left, a <c1d> on the right", "a photo: a <a1b>", "a photo: a <c1d>"),
        ("a bowl of fruit and a <a1b> on the left, <c1d> on the right", "a bowl of fruit and a <a1b>", "<c1d>"),
        (
            "an <ink> drawing: on the left: <a1b>; on the right: <c1d>",
            "an <ink> drawing: <a1b>",
            "an <ink> drawing: <c1d>",
        ),
        ("a <a1b>, on the left, and a <c1d>, on the right", "a <a1b>", "a <c1d>"),
    ],
)
def test_what_is_said_of_one_side_is_not_said_of_the_other(prompt: str, left: str, right: str) -> None:
    assert [said_of(prompt, side) for side in SIDES] == [left, right]


def test_words_told_apart_by_side_make_another_picture_than_stacked_ones(base: Base) -> None:
    both = [(word(base, 1), 1.0), (word(base, 2, "ivo"), 1.0)]

    assert drawn(base, "<zed> on the left, <ivo> on the right", adapters=both) != drawn(
        base, "<zed> on the right, <ivo> on the left", adapters=both
    )


def glimpsed(base: Base, prompt: str, *words: Adapter) -> torch.Tensor:
    """What the first of two steps promises."""
    promised: list[torch.Tensor] = []
    asked = Drawing(prompt=prompt, adapters=[(one, 1.0) for one in words], steps=2, seeds=(1, 2), guidance_scale=3.0)
    finished(imagine(base, asked, promised.append))
    return promised[0]


def test_what_stands_on_one_side_says_nothing_on_the_other(base: Base) -> None:
    zed = word(base, 1)
    others = word(base, 2, "ivo"), Adapter("ivo", "cat", "textual_inversion", rows=(torch.randn(3, TEXT_WIDTH),))
    prompt = "a <zed> on the left and a <ivo> on the right"
    one, other = (glimpsed(base, prompt, zed, ivo) for ivo in others)
    alone = glimpsed(base, "a <zed> on the left and a cat on the right", zed)
    width = one.shape[3]

    assert torch.equal(one[..., : width // 3], other[..., : width // 3])
    torch.testing.assert_close(one[..., : width // 3], alone[..., : width // 3])
    assert not torch.allclose(one[..., -width // 3 :], other[..., -width // 3 :])


def test_a_word_that_stands_nowhere_has_its_say_on_both_sides(base: Base) -> None:
    zed, ivo, eva = word(base, 1), word(base, 2, "ivo"), word(base, 3, "eva")
    with_it, without = (
        glimpsed(base, f"a <zed> on the left and a <ivo> on the right in {style}", zed, ivo, eva)
        for style in ("<eva>", "cat")
    )
    far = (with_it - without).abs().amax((0, 1, 2))

    assert float(far.min()) > 0


def test_sides_and_words_are_taken_out_after_each_step(base: Base) -> None:
    before, both = Fingerprints.of(base), [(word(base, 1), 1.0), (word(base, 2, "ivo"), 1.0)]
    asked = Drawing(prompt="<zed> on the left, <ivo> on the right", adapters=both, steps=3)
    with closing(imagine(base, asked)) as steps:
        next(steps)
        assert Fingerprints.of(base) == before


@pytest.mark.parametrize("columns", [4, 7, 16, 64, 97])
def test_sides_share_every_column_and_keep_the_outer_ones_for_themselves(columns: int) -> None:
    left, right = (share_of(side, columns) for side in SIDES)

    torch.testing.assert_close(left + right, torch.ones(columns))
    assert float(left[0]) == float(right[-1]) == 1
    assert torch.equal(left, right.flip(0))


@pytest.mark.parametrize("size", [(64, 64), (48, 64), (64, 48), (512, 512)])
def test_a_closer_look_shows_a_side_and_is_laid_back_where_it_was(size: tuple[int, int]) -> None:
    width, height = size
    plain = torch.linspace(-1, 1, width).expand(1, 3, height, width)
    window = window_of("left", size)
    look = looked_at(plain, window, 64)

    assert (window.width, window.bottom) == (window.height, height)
    assert look.shape == (1, 3, 64, 64)
    torch.testing.assert_close(laid_back(plain, {"left": look}), plain, atol=0.05, rtol=0)
    changed = laid_back(plain, {"left": torch.ones_like(look)}) - plain
    assert float(changed[..., -width // 3 :].abs().max()) == 0
    assert float(changed[..., -1, : width // 4].min()) > 0


def test_each_side_is_looked_at_closer_with_its_own_word_alone(base: Base) -> None:
    zed, ivo = word(base, 1), word(base, 2, "ivo")
    asked = Drawing(
        prompt="a <zed> on the left and a <ivo> on the right", adapters=[(zed, 1.0), (ivo, 1.0)], steps=10, seeds=(1, 2)
    )
    told = list(imagine(base, asked))

    assert [one.done for one in told] == list(range(1, 25))
    assert {one.total for one in told} == {10 + 7 + 7}
    assert len(list(imagine(base, replace(asked, prompt="a <zed> and a <ivo>")))) == 10


def test_a_subtle_variation_looks_no_closer_than_it_leaves_its_parent(base: Base) -> None:
    both = [(word(base, 1), 1.0), (word(base, 2, "ivo"), 1.0)]
    asked = Drawing(prompt="<zed> on the left, <ivo> on the right", adapters=both, steps=10, strength=0.2)
    parent = Image.new("RGB", (64, 64), "red")

    assert len(list(imagine(base, replace(asked, parent=parent)))) == 2 + 2 + 2
    assert len(list(imagine(base, replace(asked, parent=parent, keeps_parent=True)))) == 2


def test_a_variation_stays_the_nearer_to_its_parent_the_subtler(base: Base, photos: list[Path]) -> None:
    with Image.open(photos[0]) as image:
        parent = decoded(base, encoded_picture(base, image.convert("RGB").resize((64, 64))))[0]
    far = []
    for strength in (0.1, 0.5, 0.9):
        asked = Drawing(prompt="a cat", parent=parent, strength=strength, steps=10, guidance_scale=1.0)
        far.append(distance(finished(imagine(base, asked))[0], parent))

    assert far[0] < far[2]


def test_a_subtle_variation_takes_fewer_steps(base: Base) -> None:
    parent = Image.new("RGB", (64, 64), "red")

    assert len(list(imagine(base, Drawing(prompt="a cat", parent=parent, strength=0.3, steps=10)))) == 3


def test_enlarging_keeps_the_shape_and_doubles_the_sides(base: Base) -> None:
    parent = Image.new("RGB", (48, 64), "red")
    made = finished(imagine(base, Drawing(prompt="a cat", parent=parent, strength=0.3, size=(96, 128), steps=4)))

    assert made[0].size == (96, 128)
