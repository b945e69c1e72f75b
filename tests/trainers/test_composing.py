"""Custom Diffusion's closed form: each word finds in the merged keys and values what it finds in its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor

from storage.errors import TintypeError
from tests.trainers.bases import base_for
from tests.trainers.mergers import taught, whole, word, written
from trainers.adapter import Adapter
from trainers.composing import RIDGE, captions, keys_and_values
from trainers.merging import Parent, Way, merged, shares_of, write_merged
from trainers.pipeline import Applied, Base
from trainers.text import encode_prompt, tokens_of
from trainers.weights import read_adapter, read_metadata

CONSTRAINED = Way(how="constrained")
CLOSE = {"rtol": 0.0, "atol": 2e-4}
TEXTS = ("a <zed>", "a <ivo> and a <zed>", "a <zed> and a <ivo> at night")


def pair(base: Base) -> list[Parent]:
    return [Parent(taught(base, "zed", 1), 1.0, "animal"), Parent(taught(base, "ivo", 7), 0.5, "object")]


def features(base: Base, text: str, words: Sequence[Applied], name: str) -> Tensor:
    adapters = {adapter.word: adapter for adapter, _ in words}
    first, last = tokens_of(base, text, adapters, dict.fromkeys(adapters, 0)).spans[name]
    return encode_prompt(base, text, words).hidden[0, first:last]


def applied(parents: Sequence[Parent]) -> list[Applied]:
    return [(parent.adapter, parent.weight) for parent in parents]


def test_each_word_finds_what_it_finds_in_its_own_layers(any_base: Base, tmp_path: Path) -> None:
    parents = pair(any_base)
    both = read_adapter(written(any_base, tmp_path, parents, CONSTRAINED), any_base)

    assert set(both.linear) == set(keys_and_values(any_base))
    for text in TEXTS:
        for own in parents:
            if f"<{own.adapter.word}>" in text:
                heard = features(any_base, text, applied(parents), own.adapter.word)
                for name, difference in both.linear.items():
                    theirs = heard @ (own.weight * whole(any_base, name, own.adapter.linear[name])).T
                    assert theirs.abs().max() > 0.01
                    torch.testing.assert_close(heard @ whole(any_base, name, difference).T, theirs, **CLOSE)


def test_it_is_the_least_change_that_does(base: Base) -> None:
    """As Lagrange's conditions have it, solved as they stand."""
    parents = pair(base)
    (zed, _), words = parents, applied(parents)
    found = merged(base, "duo", parents, CONSTRAINED).adapter.linear
    heard = torch.cat([encode_prompt(base, text, ()).hidden[0] for text in captions(base)]).double()
    gram = heard.T @ heard
    width = len(gram)
    metric = gram + RIDGE * gram.diagonal().mean() * torch.eye(width)
    asked = {
        "zed": ("a <zed>", "a <ivo> and a <zed>", "a <ivo> <zed>"),
        "ivo": ("a <ivo>", "a <zed> and a <ivo>"),
    }
    assert zed.adapter.word == "zed"
    targets = {name: torch.cat([features(base, text, words, name) for text in texts]) for name, texts in asked.items()}
    constraints = torch.cat([*targets.values()]).double()
    size = len(constraints)
    system = torch.cat(
        [torch.cat([metric, constraints.T], 1), torch.cat([constraints, torch.zeros(size, size)], 1)]
    ).double()

    for name in keys_and_values(base):
        made = [
            targets[p.adapter.word].double() @ (p.weight * whole(base, name, p.adapter.linear[name])).double().T
            for p in parents
        ]
        wanted = torch.cat([torch.zeros(width, made[0].shape[1]), *made]).double()
        theirs = torch.linalg.lstsq(system, wanted, driver="gelsd").solution[:width].T.float()
        torch.testing.assert_close(whole(base, name, found[name]), theirs, rtol=0, atol=1e-3)


def test_a_share_finds_its_own_word_and_nothing_in_the_others(base: Base, tmp_path: Path) -> None:
    parents = pair(base)
    found = merged(base, "duo", parents, CONSTRAINED)
    text = "a <zed> and a <ivo>"
    ivos = features(base, text, applied(parents), "ivo")
    shares = []
    for at, share in enumerate(shares_of(found)):
        write_merged(tmp_path / f"{at}.safetensors", base, share)
        shares.append(read_adapter(tmp_path / f"{at}.safetensors", base))

    assert [share.word for share in shares] == ["zed", "ivo"]
    assert torch.equal(shares[0].rows[0], parents[0].adapter.rows[0])
    for name, together in found.adapter.linear.items():
        first, second = (whole(base, name, share.linear[name]) for share in shares)
        assert (ivos @ first.T).abs().max() < CLOSE["atol"] < 0.01 < (ivos @ second.T).abs().max()
        torch.testing.assert_close(first + second, whole(base, name, together), **CLOSE)
    told = read_metadata(tmp_path / "0.safetensors")
    assert (told["tintype.kind"], told["tintype.merged_how"]) == ("animal", "constrained")
    assert ("ivo" in told["tintype.merged"], "ivo" in told["tintype.merged_beside"]) == (False, True)


def test_ordinary_captions_are_moved_less_than_by_stacking(base: Base) -> None:
    parents = [Parent(taught(base, name, seed, vectors=1), 1.0) for name, seed in (("zed", 1), ("ivo", 7))]
    both = merged(base, "duo", parents, CONSTRAINED).adapter
    stacked = merged(base, "duo", parents, Way()).adapter
    heard = torch.cat([encode_prompt(base, text, ()).hidden[0] for text in captions(base)])

    def moved(adapter: Adapter) -> float:
        return sum(float((heard @ whole(base, name, low).T).norm()) for name, low in adapter.linear.items())

    assert moved(both) < 0.8 * moved(stacked)


def changed(base: Base) -> dict[str, list[Adapter]]:
    zed, ivo = taught(base, "zed", 1), taught(base, "ivo", 7)
    fewer = dict(list(ivo.linear.items())[1:])
    return {
        "a LoRA": [zed, word(base, "ivo", 7, vectors=2)],
        "no rows": [zed, replace(ivo, rows=())],
        "a layer too few": [zed, replace(ivo, linear=fewer)],
        "rows for the negative prompt": [zed, replace(ivo, negative=ivo.rows)],
    }


@pytest.mark.parametrize("what", ["a LoRA", "no rows", "a layer too few", "rows for the negative prompt"])
def test_what_is_not_custom_diffusions_is_refused(what: str) -> None:
    base = base_for("v_prediction")
    with pytest.raises(TintypeError, match="E_MERGE_CUSTOM") as refused:
        merged(base, "duo", [Parent(each, 1.0) for each in changed(base)[what]], CONSTRAINED)

    assert refused.value.facts == {"word": "ivo"}


def test_one_word_twice_and_more_than_the_text_is_wide_are_refused(base: Base) -> None:
    zed, ivo = taught(base, "zed", 1, vectors=5), taught(base, "ivo", 7, vectors=5)

    for adapters, code in (([zed, zed], "E_MERGE_TWICE"), ([zed, ivo], "E_MERGE_CROWDED")):
        with pytest.raises(TintypeError, match=code):
            merged(base, "duo", [Parent(each, 1.0) for each in adapters], CONSTRAINED)
