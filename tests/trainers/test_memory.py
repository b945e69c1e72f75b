"""What fits is computed from sizes, and each thing that is given up is said with what it saves."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from trainers.families import families
from trainers.memory import (
    SPARE_MIB,
    Memory,
    Sizes,
    Trained,
    fit,
    imagine_mib,
    memory_of,
    name_of,
    room_mib,
    sizes_in,
    sizes_of,
    thrifts,
    train_mib,
)
from trainers.optimizers import ADAMW_8BIT, PRODIGY
from trainers.pipeline import Base
from trainers.thrift import Thrift

CPU = torch.device("cpu")
SD1, SDXL = families()["sd1"], families()["sdxl"]
ON_CARD = sizes_of(SD1, torch.bfloat16, "cuda")
LORA, WHOLE = Trained(numbers=SD1.lora_numbers), Trained(numbers=815_000_000)
PLAIN = Thrift(batch_size=1)


def test_the_machine_has_memory_and_some_of_it_is_free() -> None:
    memory = memory_of(CPU)

    assert 0 < memory.free_mib <= memory.total_mib
    assert "CPU" in name_of(CPU)


def test_stable_diffusion_in_half_precision_takes_its_two_gibibytes() -> None:
    assert int(ON_CARD.weights_mib) == 2033
    assert int(sizes_of(SD1, torch.float32, "cpu").weights_mib) == 4067


@pytest.mark.parametrize("family", families().values(), ids=list(families()))
def test_the_parts_of_a_base_are_less_than_the_whole(family: object) -> None:
    sizes = sizes_of(family, torch.bfloat16, "cuda")  # type: ignore[arg-type]

    assert min(sizes.unet, sizes.vae, sizes.encoders) > 0
    assert sizes.unet > sizes.encoders > sizes.vae / 2


def test_a_training_takes_weights_what_is_trained_and_one_step() -> None:
    cost, trained = SD1.cost, SD1.lora_numbers * 24 / 2**20

    assert train_mib(ON_CARD, LORA, PLAIN) == round(ON_CARD.weights_mib + trained + cost.train) + SPARE_MIB
    assert train_mib(ON_CARD, LORA, replace(PLAIN, batch_size=4)) - train_mib(ON_CARD, LORA, PLAIN) == 3 * cost.train
    assert train_mib(ON_CARD, LORA, replace(PLAIN, batch_size=4, side=0.5)) == train_mib(ON_CARD, LORA, PLAIN)


def test_what_is_put_away_is_back_while_samples_are_drawn() -> None:
    bare = replace(PLAIN, is_checkpointing=True, offloads=True)
    floor = ON_CARD.weights_mib + SD1.lora_numbers * 24 / 2**20 + max(SD1.cost.decode, SD1.cost.imagine)

    assert train_mib(ON_CARD, LORA, bare) == round(floor) + SPARE_MIB


def test_text_encoders_that_hear_in_every_step_stay() -> None:
    away = replace(PLAIN, offloads=True)
    rows = replace(LORA, hears_anew=True)

    assert train_mib(ON_CARD, rows, away) > train_mib(ON_CARD, LORA, away)
    assert train_mib(ON_CARD, rows, PLAIN) == train_mib(ON_CARD, LORA, PLAIN)


def test_moments_are_of_the_optimizers_size() -> None:
    each = WHOLE.numbers / 2**20
    plain = train_mib(ON_CARD, WHOLE, PLAIN)

    assert plain - train_mib(ON_CARD, WHOLE, replace(PLAIN, is_8bit=True)) == pytest.approx(6 * each, abs=1)
    assert train_mib(ON_CARD, replace(WHOLE, optimizer=PRODIGY), PLAIN) - plain == pytest.approx(8 * each, abs=1)
    assert train_mib(ON_CARD, replace(WHOLE, optimizer=ADAMW_8BIT), PLAIN) < plain


def test_more_pictures_need_more_and_one_is_decoded_at_a_time() -> None:
    assert imagine_mib(ON_CARD) == round(ON_CARD.weights_mib + SD1.cost.decode) + SPARE_MIB
    assert imagine_mib(ON_CARD, 4) == round(ON_CARD.weights_mib + 4 * SD1.cost.imagine) + SPARE_MIB


def test_what_fits_as_it_is_gives_up_nothing() -> None:
    found = fit(ON_CARD, LORA, 4, 24_000)

    assert (found.thrift, found.is_enough, found.savings, found.why) == (Thrift(batch_size=4), True, (), "")


@pytest.mark.parametrize("room", range(2500, 9000, 250))
def test_the_first_that_fits_is_taken(room: int) -> None:
    found = fit(ON_CARD, LORA, 4, room)
    before = list(thrifts(ON_CARD, LORA, 4, may_8bit=False))
    before = before[: before.index(found.thrift)]

    assert all(train_mib(ON_CARD, LORA, one) > min(room, found.needs_mib - 1) for one in before)
    assert found.is_enough is (found.needs_mib <= room)


def test_ways_that_learn_the_same_come_before_ways_that_learn_less() -> None:
    ways = list(thrifts(ON_CARD, LORA, 2, may_8bit=True))

    assert ways[:5] == [
        Thrift(batch_size=2),
        Thrift(batch_size=2, offloads=True),
        Thrift(batch_size=2, offloads=True, is_8bit=True),
        Thrift(batch_size=2, offloads=True, is_8bit=True, is_checkpointing=True),
        Thrift(batch_size=1),
    ]
    assert [way.side for way in ways] == sorted((way.side for way in ways), reverse=True)


def test_each_saving_is_said_with_what_it_saves() -> None:
    sizes = sizes_of(SDXL, torch.bfloat16, "cuda")
    trained = Trained(numbers=SDXL.lora_numbers)
    found = fit(sizes, trained, 1, 12 * 1024)
    plain = train_mib(sizes, trained, PLAIN)

    assert found.thrift == Thrift(batch_size=1, offloads=True, is_checkpointing=True)
    assert [str(saving) for saving in found.savings] == [
        "VAE and text encoders leave the device between samples (−1,719 MiB)",
        f"activations are computed twice, a third more time (−{plain - 1719 - found.needs_mib:,} MiB)",
    ]
    assert plain > 12 * 1024 > found.needs_mib


def test_the_computer_itself_has_nowhere_to_put_things() -> None:
    ways = list(thrifts(sizes_of(SD1, torch.float32, "cpu"), LORA, 1, may_8bit=True))

    assert not any(way.offloads or way.is_8bit for way in ways)


def test_what_never_fits_is_tried_with_all_that_helps_and_no_more() -> None:
    found = fit(ON_CARD, LORA, 2, 100)

    assert not found.is_enough
    assert found.thrift == Thrift(batch_size=2, offloads=True, is_checkpointing=True)
    assert found.why.endswith("even so it may not be enough")


def test_a_base_that_is_loaded_is_counted(base: Base) -> None:
    sizes = sizes_in(base)

    assert isinstance(sizes, Sizes)
    assert sizes.unet == sum(value.nbytes for value in base.unet.parameters())
    assert (sizes.spared, sizes.largest) == (0, 0)
    assert room_mib(Memory(total_mib=100, free_mib=50), replace(sizes, unet=2**20 * 10)) == 50 + round(
        replace(sizes, unet=2**20 * 10).weights_mib
    )
