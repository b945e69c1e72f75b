"""What a step takes beyond the weights is counted, and what families say of it is what was counted."""

from __future__ import annotations

import dataclasses

import pytest
import torch
from torch import nn

from trainers.bench.peak import MIB, TRANSFORMERS, UNETS, counted, peak_mib
from trainers.families import families

NUMBERS = MIB // 4  # of float32: one MiB


def test_what_lives_at_once_is_counted_and_what_has_ended_is_not() -> None:
    given = torch.zeros(NUMBERS)

    def work() -> None:
        for _ in range(3):
            first = given + 1  # 1 MiB
            second = torch.cat([first, first])  # 2 MiB
            del first, second

    assert peak_mib(work, [given]) == 3


def test_views_and_what_was_there_before_take_nothing() -> None:
    given = torch.zeros(NUMBERS)

    assert peak_mib(lambda: (given.view(2, -1), given[3:], given.add_(1)), [given]) == 0


def test_what_is_kept_for_the_way_back_lives_until_then() -> None:
    layers = nn.Sequential(*[nn.Sigmoid() for _ in range(4)])
    given = torch.zeros(NUMBERS, requires_grad=True)

    def there() -> None:
        layers(given).sum()

    with torch.no_grad():
        assert peak_mib(there, [given]) == 2
    assert peak_mib(there, [given]) == 4


@pytest.mark.slow
@pytest.mark.parametrize("family", ["miniature", *UNETS, *TRANSFORMERS])
def test_what_a_family_says_was_counted(family: str) -> None:
    assert counted(family) == dataclasses.asdict(families()[family].cost)
