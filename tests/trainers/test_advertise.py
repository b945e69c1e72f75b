"""What an engine says of itself is what the bot reads, and JSON."""

from __future__ import annotations

import json
import platform
from dataclasses import replace

import pytest
import torch

from bot.machine import device_said
from bot.studio import EngineFacts
from storage.beside import AUTO, INT8, OFF, Beside
from trainers.advertise import advertised, bundled, fitting, memory_need
from trainers.faces import Faces
from trainers.families import families
from trainers.memory import TAKEN_MIB, Memory
from trainers.method import methods
from trainers.models import ModelName, Plan, RemoteFile
from trainers.pipeline import Base


def test_the_bot_reads_what_the_engine_advertises(base: Base) -> None:
    told = json.loads(json.dumps({"state": "ready", **advertised(base)}))
    facts = EngineFacts.from_ping(told)

    assert (facts.base_id, facts.base_revision, facts.size_px) == ("miniature", "tiny-1", 64)
    assert facts.title == base.family.title
    assert [method.name for method in facts.methods] == [
        name for name in methods() if name not in {"dreambooth", "fine_tune"}
    ]
    assert all(method.title and method.summary and method.min_photos for method in facts.methods)
    assert facts.class_words["animal"][0] == base.family.class_words["animal"][0]
    assert not facts.compares_faces
    knowing = replace(base, faces=Faces(None, None))
    reading = replace(knowing, family=replace(base.family, scorer=lambda photos: lambda samples: 0.0))
    assert EngineFacts.from_ping(advertised(knowing)).compares_faces
    assert not EngineFacts.from_ping(advertised(reading)).compares_faces  # the family's own reader tells likeness
    assert facts.device == device_said(facts)
    assert (facts.processor, facts.threads, facts.device_type) == (platform.machine(), torch.get_num_threads(), "cpu")


def test_every_setting_is_told_with_its_bounds(base: Base) -> None:
    for method in advertised(base)["methods"]:
        assert method["file_bytes"] > 0
        for setting in method["settings"].values():
            assert (
                setting["default"] in setting.get("choices", ())
                or setting["min"] <= setting["default"] <= setting["max"]
            )


def test_the_bundled_model_is_small() -> None:
    told = bundled()

    assert told["name"] == "miniature"
    assert 10**6 < told["bytes"] < 24 * 2**20


def test_what_fits_is_told_in_lines() -> None:
    told = fitting("cpu", Beside())

    assert len(told["lines"]) == 1 + len(told["families"])
    assert "MiB" in told["lines"][0]
    assert any(line.startswith("Stable Diffusion 1.x: imagine") for line in told["lines"])


def test_a_line_says_what_a_training_does_without(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trainers.advertise.memory_of", lambda device: Memory(total_mib=5500, free_mib=5000))
    told = fitting("cpu", Beside())
    (line,) = [line for line in told["lines"] if line.startswith("Stable Diffusion 1.x")]

    assert told["families"]["sd1"]["train"]["is_enough"]
    assert "; activations are computed twice, a third more time (−1,366 MiB)" in line


@pytest.mark.parametrize(("precision", "bytes_each"), [(AUTO, 2), ("float32", 4)])
def test_a_processor_that_computes_in_bfloat16_needs_half_of_the_memory(
    monkeypatch: pytest.MonkeyPatch, precision: str, bytes_each: int
) -> None:
    monkeypatch.setattr("trainers.precision.processor_has_bfloat16", lambda: True)
    told = fitting("cpu", Beside(precision=precision))["families"]
    mib = families()["sd1"].numbers * bytes_each / 2**20

    assert mib < told["sd1"]["imagine"]["needs_mib"] < 2 * mib
    assert told["miniature"] == fitting("cpu", Beside(precision="float32"))["families"]["miniature"]
    assert told["miniature"] != fitting("cpu", Beside(precision="bfloat16"))["families"]["miniature"]


def plan(*files: RemoteFile, pipeline: str = "") -> Plan:
    return Plan(name=ModelName("a/b", "main"), commit="0" * 40, licence="mit", files=files, pipeline=pipeline)


def test_what_a_model_needs_is_computed_from_its_files() -> None:
    half = RemoteFile("unet/model.fp16.safetensors", "unet/model.safetensors", 2 * 10**9, None)
    whole = RemoteFile("unet/model.safetensors", "unet/model.safetensors", 4 * 10**9, None)
    words = RemoteFile("tokenizer/vocab.json", "tokenizer/vocab.json", 10**9, None)

    unpacked = Beside(quantise=OFF)
    assert memory_need(plan(half, words), "cpu", unpacked) == memory_need(plan(whole), "cpu", unpacked)
    assert memory_need(plan(half), "cpu", unpacked)[0] > 4 * 10**9 / 2**20
    need_mib, _ = memory_need(plan(half, pipeline="ZImagePipeline"), "cpu", unpacked)
    assert need_mib > families()["z_image"].numbers * 4 / 2**20


@pytest.mark.parametrize(("quantise", "is_enough"), [(AUTO, True), (INT8, True), (OFF, False)])
def test_before_a_model_is_fetched_the_same_is_said_of_it_as_in_the_list(
    monkeypatch: pytest.MonkeyPatch, quantise: str, is_enough: bool
) -> None:
    card = {"device_named": torch.device("cuda"), "memory_of": Memory(8192, 8000), "dtype_on": torch.bfloat16}
    for name, found in {**card, "name_of": "a card", "remark_on": ""}.items():
        monkeypatch.setattr(f"trainers.advertise.{name}", lambda *_, found=found, **__: found)
    weights = RemoteFile("unet/x.fp16.safetensors", "unet/x.safetensors", families()["sdxl"].numbers * 2, None)
    need_mib, have_mib = memory_need(plan(weights), "cuda", Beside(quantise=quantise))
    listed = fitting("cuda", Beside(quantise=quantise))["families"]["sdxl"]["train"]

    assert (listed["needs_mib"], listed["is_enough"]) == (need_mib, need_mib <= have_mib)
    assert listed["is_enough"] is is_enough
    assert have_mib == 8192 - TAKEN_MIB
