from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def little_is_learned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trainers.edits.null_text.INNER_STEPS", 2)
