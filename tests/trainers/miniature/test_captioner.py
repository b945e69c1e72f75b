"""What the miniature's captioner says beside a word, so that the word does not come to mean it."""

from __future__ import annotations

from trainers.families import families
from trainers.miniature.world import Picture, Subject, draw, restyled

CAT = Subject("cat", "red", "spots", "blue", "two")
MUG = Subject("mug", "green", "stripes", "white", "one")


def said(picture: Picture, kind: str) -> str:
    captioner = families()["miniature"].captioner
    assert captioner is not None
    [words] = captioner([draw(picture)], kind)
    return words


def test_beside_a_subject_it_says_place_and_accessory() -> None:
    assert said(Picture((CAT,), ("hat",), "beach"), "animal") == " wearing a hat at the beach"


def test_of_a_picture_in_a_style_it_says_all_that_is_drawn() -> None:
    alone, pair = Picture((CAT,), (None,), "snow"), Picture((CAT, MUG), (None, None), "beach")

    assert said(alone, "style") == " of a red cat with blue spots and two eyes in the snow"
    assert said(restyled(alone, "watercolour"), "style").startswith(" of a red cat")
    assert " on the left and " in said(pair, "style")
