from __future__ import annotations

import torch

from trainers.families import families
from trainers.memory import SPARE_MIB, fits, frozen_mib, memory_of, name_of, needs_mib

CPU = torch.device("cpu")


def test_the_machine_has_memory_and_some_of_it_is_free() -> None:
    memory = memory_of(CPU)

    assert 0 < memory.free_mib <= memory.total_mib
    assert "CPU" in name_of(CPU)


def test_stable_diffusion_in_half_precision_takes_its_two_gibibytes() -> None:
    assert frozen_mib(families()["sd1"].numbers, torch.bfloat16) == 2033
    assert frozen_mib(families()["sd1"].numbers, torch.float32) == 4067


def test_more_pictures_and_more_trained_numbers_need_more() -> None:
    numbers = 2**20

    full = torch.float32

    assert needs_mib(numbers, full, "imagine", pictures=4) > needs_mib(numbers, full, "imagine") > SPARE_MIB
    assert needs_mib(numbers, full, "train", trained=2**20) - needs_mib(numbers, full, "train") == 16


def test_what_fits_depends_on_what_is_there() -> None:
    numbers, half = families()["sd1"].numbers, torch.bfloat16
    need = needs_mib(numbers, half, "train")

    told = fits(numbers, half, need)

    assert told["train"] == {"needs_mib": need, "is_enough": True}
    assert fits(numbers, half, need - 1)["train"]["is_enough"] is False
    assert 6000 < need < 8192
