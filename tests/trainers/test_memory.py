from __future__ import annotations

import torch

from trainers.memory import fits, frozen_mib, memory_of, needs_mib, out_of_memory
from trainers.pipeline import Base


def test_the_machine_has_memory_and_some_of_it_is_free() -> None:
    memory = memory_of(torch.device("cpu"))

    assert 0 < memory.free_mib <= memory.total_mib


def test_more_pictures_and_more_trained_numbers_need_more(base: Base) -> None:
    assert needs_mib(base, "imagine", pictures=4) >= needs_mib(base, "imagine")
    assert needs_mib(base, "train", trained_numbers=50_000_000) - needs_mib(base, "train") == 763


def test_the_tiny_base_fits(base: Base) -> None:
    assert frozen_mib(base) < 10
    assert fits(base) == {"imagine": True, "train": True}


def test_running_out_says_what_there_is_and_what_it_takes(base: Base) -> None:
    error = out_of_memory(base, "train")

    assert error.code == "E_NO_MEMORY"
    assert error.facts["device"] == "cpu"
    assert error.facts["needs_mib"] == needs_mib(base, "train")
