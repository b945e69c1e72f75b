"""Attention that is looked into computes what diffusers computes; prompts are matched word by word."""

from __future__ import annotations

import torch

from tests.trainers.bases import base_for
from trainers.attention import Maps, aligned, attending, remembering, replacing


def test_equal_words_stand_for_themselves_and_a_swapped_one_takes_the_others_place() -> None:
    same = aligned([0, 5, 7, 9, 1, 1], [0, 5, 8, 9, 1, 1])

    assert torch.equal(same.mapper, torch.eye(6))
    assert same.shared.tolist() == [1] * 6


def test_added_words_look_where_they_like_and_what_follows_keeps_its_place() -> None:
    same = aligned([0, 5, 9, 1, 1, 1], [0, 5, 6, 7, 9, 1])
    own, before = torch.full((1, 1, 6), 0.5), torch.arange(6.0)[None, None]

    assert same.shared.tolist() == [1, 1, 0, 0, 1, 1]
    assert same.moved(before, own).flatten().tolist() == [0, 1, 0.5, 0.5, 2, 3]


def test_two_words_in_the_place_of_one_share_its_attention() -> None:
    same = aligned([0, 5, 9], [0, 6, 7, 9])
    before = torch.tensor([[[0.1, 0.6, 0.3]]])

    assert torch.allclose(same.moved(before, torch.zeros(1, 1, 4)), torch.tensor([[[0.1, 0.3, 0.3, 0.3]]]))


def test_remembering_changes_nothing_and_ones_own_maps_put_back_change_nothing() -> None:
    unet, generator = base_for("v_prediction").unet, torch.Generator().manual_seed(3)
    latents, words = torch.randn(1, 8, 16, 16, generator=generator), torch.randn(1, 40, 16, generator=generator)
    maps = Maps()
    with torch.no_grad():
        plain = unet(latents, 500, words).sample
        with attending(unet, remembering(unet, maps)):
            seen = unet(latents, 500, words).sample
        ids = list(range(40))
        back = replacing(unet, maps, aligned(ids, ids), of_words=True, of_itself=True)
        with attending(unet, back):
            both = unet(latents.repeat(2, 1, 1, 1), 500, words.repeat(2, 1, 1)).sample

    assert len(maps.of) == len(unet.attn_processors)
    assert torch.allclose(seen, plain, atol=1e-5)
    assert torch.allclose(both, plain.repeat(2, 1, 1, 1), atol=1e-5)


def test_anothers_maps_change_what_is_said_with_words_and_leave_the_rest() -> None:
    unet, generator = base_for("v_prediction").unet, torch.Generator().manual_seed(4)
    latents = torch.randn(1, 8, 16, 16, generator=generator)
    other, words = torch.randn(2, 1, 40, 16, generator=generator) * 5
    maps, ids = Maps(), list(range(40))
    with torch.no_grad():
        with attending(unet, remembering(unet, maps)):
            unet(latents, 500, other)
        plain = unet(latents.repeat(2, 1, 1, 1), 500, words.repeat(2, 1, 1)).sample
        with attending(unet, replacing(unet, maps, aligned(ids, ids), of_words=True, of_itself=False)):
            changed = unet(latents.repeat(2, 1, 1, 1), 500, words.repeat(2, 1, 1)).sample

    assert torch.allclose(changed[0], plain[0], atol=1e-5)
    assert not torch.allclose(changed[1], plain[1], atol=1e-3)
