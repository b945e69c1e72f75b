"""Embeddings that torch saved are taken in as safetensors, and nothing of such a file is run."""

from __future__ import annotations

import io
from typing import Any

import pytest
import torch
from safetensors.torch import load

from storage.errors import WeightsRefused
from storage.inspection_client import inspect_import
from storage.inspector.imports import taken

ROWS = torch.arange(2 * 768, dtype=torch.float32).reshape(2, 768)
OF_A1111 = {
    "string_to_token": {"*": 265},
    "string_to_param": {"*": ROWS},
    "name": "zed",
    "step": 500,
    "sd_checkpoint": None,
    "sd_checkpoint_name": None,
}


def saved(value: Any) -> bytes:
    file = io.BytesIO()
    torch.save(value, file)
    return file.getvalue()


@pytest.mark.parametrize(
    ("value", "name", "rows"),
    [
        (OF_A1111, "zed.pt", ROWS),
        (OF_A1111 | {"string_to_param": {"*": ROWS.half().requires_grad_()}}, "ZED.PT", ROWS.half()),
        ({"<zed>": ROWS[1]}, "learned_embeds.bin", ROWS[1:]),
        ({"<zed>": ROWS}, "zed.bin", ROWS),
    ],
    ids=["AUTOMATIC1111", "half and as it was trained", "diffusers", "diffusers, several vectors"],
)
def test_rows_come_out_as_safetensors(value: Any, name: str, rows: torch.Tensor) -> None:
    (head, content), (about, _) = taken(saved(value), name, 768, "base")
    parts = load(content)

    assert (head["role"], head["kind"], about["layout"]) == ("embedding", "embedding", "file")
    assert parts.keys() == {"emb_params"}
    assert torch.equal(parts["emb_params"], rows)


def test_the_inspectors_own_process_hands_them_back() -> None:
    handed_in = inspect_import(saved(OF_A1111), "zed.pt")

    assert torch.equal(load(handed_in.files[0].content)["emb_params"], ROWS)


@pytest.mark.parametrize(
    "changes",
    [
        {"string_to_param": {"*": ROWS, "other": ROWS}},
        {"string_to_param": {"zed": ROWS}},
        {"string_to_param": {}},
        {"string_to_param": ROWS},
        {"string_to_param": {"*": [1.0, 2.0]}},
        {"string_to_param": {"*": ROWS.reshape(2, 24, 32)}},
        {"more": ROWS},
    ],
)
def test_what_is_no_embedding_of_one_text_encoder_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(WeightsRefused, match="E_EMBEDDING_FILE"):
        list(taken(saved(OF_A1111 | changes), "zed.pt", 768, "base"))


def test_one_for_another_base_is_refused_by_its_width() -> None:
    with pytest.raises(WeightsRefused) as refusal:
        list(taken(saved(OF_A1111), "zed.pt", 1024, "base"))

    assert refusal.value.code != "E_EMBEDDING_FILE"


def test_a_program_in_place_of_rows_is_refused_and_not_run(tmp_path: Any) -> None:
    class Evil:
        def __reduce__(self) -> Any:
            return (open, (str(tmp_path / "ran"), "w"))

    with pytest.raises(WeightsRefused, match="E_PICKLE"):
        list(taken(saved(OF_A1111 | {"string_to_param": {"*": Evil()}}), "zed.pt", 768, "base"))

    assert not (tmp_path / "ran").exists()
