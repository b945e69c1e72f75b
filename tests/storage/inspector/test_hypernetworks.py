"""A hypernetwork's `.pt` is read without running anything of it, and whatever else is in such a file is refused."""

from __future__ import annotations

import io
import os
import pickle
import random
import zipfile
from collections import OrderedDict
from typing import Any

import pytest
import torch

from storage import labels
from storage.errors import WeightsRefused
from storage.hypernetworks import NOTE, Layout
from storage.inspection_client import inspect_import
from storage.inspector.imports import taken
from storage.inspector.torch_files import value_of
from storage.texts import sentence
from storage.torch_files import Numbers, torch_file

WIDTHS = (32, 192)
TOLD = {"step": 7, "name": "zed", "layer_structure": [1, 2, 1], "activation_func": "relu"}


def state(width: int, names: tuple[str, ...] = ("linear.0", "linear.2")) -> OrderedDict[str, torch.Tensor]:
    """As torch's modules give it, which carries notes of its own."""
    found = OrderedDict()
    for name, (outputs, inputs) in zip(names, ((width * 2, width), (width, width * 2)), strict=True):
        found |= {f"{name}.weight": torch.randn(outputs, inputs), f"{name}.bias": torch.randn(outputs)}
    found._metadata = OrderedDict({"": {"version": 1}})
    return found


def hypernetwork(**changes: Any) -> dict[Any, Any]:
    return {width: (state(width), state(width)) for width in WIDTHS} | TOLD | changes


def saved(value: Any, **how: Any) -> bytes:
    file = io.BytesIO()
    torch.save(value, file, **how)
    return file.getvalue()


def found(data: bytes, name: str = "zed.pt", width: int | None = None) -> list[tuple[dict[str, Any], bytes]]:
    return list(taken(data, name, width, "base"))


def refused(data: bytes, name: str = "zed.pt", width: int | None = None) -> str:
    with pytest.raises(WeightsRefused) as refusal:
        found(data, name, width)
    assert "zed.pt" in sentence(refusal.value.code, refusal.value.facts)
    return refusal.value.code


def test_what_torch_saved_comes_out_as_safetensors_bit_for_bit() -> None:
    value = hypernetwork()

    (head, content), (about, _) = found(saved(value))
    file = labels.opened(content)

    assert (head["role"], head["kind"], head["width"], about["layout"]) == ("weights", "hypernetwork", 192, "file")
    assert Layout.read(file.metadata[NOTE]) == Layout(activation="relu", step=7)
    for width in WIDTHS:
        for side, network in zip("kv", value[width], strict=True):
            for part, tensor in network.items():
                first, last = file.tensors[f"hypernetwork.{width}.{side}.{part}"]["data_offsets"]
                assert file.body[first:last] == tensor.numpy().tobytes()


def test_the_inspectors_own_process_hands_back_the_safetensors() -> None:
    handed_in = inspect_import(saved(hypernetwork()), "zed.pt")

    assert labels.kind_in(labels.opened(handed_in.files[0].content)) == "hypernetwork"


@pytest.mark.parametrize("names", [("linear1", "linear2"), ("linear.0", "linear.1"), ("linear.0", "linear.3")])
def test_older_names_and_those_with_dropout_in_between_are_the_same(names: tuple[str, ...]) -> None:
    value = {32: (state(32, names), state(32, names))} | TOLD | {"use_dropout": True}

    (_, content), _ = found(saved(value))

    assert set(labels.opened(content).tensors) == {
        f"hypernetwork.32.{side}.linear.{number}.{part}"
        for side in "kv"
        for number in (0, 2)
        for part in ("weight", "bias")
    }


@pytest.mark.parametrize(
    "changes",
    [
        {"layer_structure": [1, 2, 2, 1]},
        {"layer_structure": [1, 3, 1]},
        {"layer_structure": "abc"},
        {"activation_func": "sin"},
        {"is_layer_norm": True},
        {"callback": 1},
        {32: state(32)},
        {32: (state(32),)},
        {32: (state(32), state(64))},
        {32: (state(32), {"linear.0.weight": torch.zeros(2, 2)})},
        {-1: (state(32), state(32))},
    ],
)
def test_a_layout_that_is_not_its_own_is_refused(changes: dict[Any, Any]) -> None:
    assert refused(saved(hypernetwork() | changes)) == "E_HYPERNETWORK"


def test_one_for_another_family_is_refused() -> None:
    assert refused(saved(hypernetwork()), width=1024) == "E_WEIGHTS_BASE"
    assert found(saved(hypernetwork()), width=192)


def test_numbers_that_are_none_are_refused() -> None:
    value = hypernetwork()
    value[32][0]["linear.0.bias"][3] = torch.nan

    assert refused(saved(value)) == "E_WEIGHTS_NAN"


class Evil:
    def __reduce__(self) -> Any:
        return os.system, ("touch evil",)


@pytest.mark.parametrize(
    "value",
    [
        Evil(),
        hypernetwork(name=Evil()),
        {"a": torch.zeros(2), "b": torch.zeros(2)},
        [torch.zeros(2)],
        torch.zeros(2),
        {32: torch.nn.Linear(2, 2)},
        {32: torch.zeros(4, 4).T},
        {32: torch.zeros(4)[::2]},
        {32: torch.zeros(2, dtype=torch.int64)},
    ],
    ids=lambda value: type(value).__name__,
)
def test_whatever_else_a_pickle_builds_is_refused_and_nothing_of_it_runs(
    value: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    assert refused(saved(value)) in {"E_PICKLE", "E_HYPERNETWORK"}
    assert not list(tmp_path.iterdir())


def rezipped(data: bytes, change: dict[str, bytes | None], compression: int = zipfile.ZIP_STORED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(file, "w", compression) as new:
        for name in {info.filename: None for info in old.infolist()} | dict.fromkeys(change):
            content = change.get(name) if name in change else old.read(name)
            if content is not None:
                new.writestr(name, content)
    return file.getvalue()


@pytest.mark.parametrize(
    "change",
    [
        {"archive/data/0": b"short"},
        {"archive/data/0": None},
        {"archive/data.pkl": None},
        {"archive/data.pkl": b"\x80\x02garbage"},
        {"archive/data.pkl": pickle.dumps({32: 1})[:-1]},
        {"archive/data.pkl": b" " * (2**20 + 1)},
        {"archive/code/evil.py": b"import os"},
        {"other/data.pkl": pickle.dumps({})},
        {"archive/byteorder": b"big"},
    ],
    ids=", ".join,
)
def test_a_zip_that_torch_did_not_write_is_refused(change: dict[str, bytes | None]) -> None:
    assert refused(rezipped(saved(hypernetwork()), change)) in {"E_PICKLE", "E_HYPERNETWORK"}


def test_mutants_of_its_program_are_all_taken_or_coded() -> None:
    whole, rng, codes = saved({8: (state(8), state(8))} | TOLD), random.Random(5), set()
    with zipfile.ZipFile(io.BytesIO(whole)) as opened:
        program = opened.read("archive/data.pkl")
    for _ in range(400):
        mutant = bytearray(program)
        for _ in range(rng.randint(1, 3)):
            mutant[rng.randrange(len(mutant))] = rng.randrange(256)
        try:
            found(rezipped(whole, {"archive/data.pkl": bytes(mutant)}))
        except WeightsRefused as refusal:
            codes.add(refusal.code)

    assert codes == {"E_PICKLE", "E_HYPERNETWORK"}


def test_a_shrunk_one_and_one_that_is_no_zip_are_refused() -> None:
    assert refused(rezipped(saved(hypernetwork()), {}, zipfile.ZIP_DEFLATED)) == "E_PICKLE"
    assert refused(saved(hypernetwork(), _use_new_zipfile_serialization=False)) == "E_PICKLE"


def test_one_that_is_too_large_is_refused_before_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.inspector.torch_files.NUMBERS_BYTES", 1000)

    assert refused(saved(hypernetwork())) == "E_IMPORT_BIG"


def test_what_we_write_torch_and_we_read_alike() -> None:
    tensor = torch.randn(2, 3)
    value = {1: (Numbers("F32", (2, 3), tensor.numpy().tobytes()), {"x": [1.5, None, True, -7, "ü", (), {}]})}

    written = torch_file(value)
    read = torch.load(io.BytesIO(written), weights_only=True)

    assert torch.equal(read[1][0], tensor)
    assert read[1][1] == value[1][1]
    assert value_of(written, "zed.pt") == value
    assert torch_file(value) == written
