"""A submitted form is read from its payload alone."""

from __future__ import annotations

from typing import Any

from bot.modals import Submitted


def attachment(number: int) -> dict[str, Any]:
    return {"id": str(number), "filename": f"{number}.png", "url": f"https://cdn.discordapp.com/{number}", "size": 7}


def payload() -> dict[str, Any]:
    def label(component: dict[str, Any]) -> dict[str, Any]:
        return {"type": 18, "id": 1, "component": component}

    return {
        "custom_id": "t1:teach:0123456789abcdef",
        "components": [
            label({"type": 4, "id": 2, "custom_id": "word", "value": "ana-dog"}),
            label({"type": 21, "id": 3, "custom_id": "kind", "value": "animal"}),
            label({"type": 19, "id": 4, "custom_id": "photos", "values": ["11", "12", "99"]}),
            label({"type": 19, "id": 5, "custom_id": "more", "values": ["13"]}),
            label({"type": 23, "id": 6, "custom_id": "consent", "value": True}),
        ],
        "resolved": {"attachments": {"11": attachment(11), "12": attachment(12), "13": attachment(13)}},
    }


def test_words_choices_ticks_and_files_are_read() -> None:
    form = Submitted.of(payload())

    assert form.values == {"word": "ana-dog", "kind": "animal"}
    assert form.ticked == {"consent"}
    assert [upload.name for upload in form.uploads] == ["11.png", "12.png", "13.png"]


def test_an_empty_form_is_read_as_empty() -> None:
    form = Submitted.of({"custom_id": "x", "components": [{"type": 10, "content": "hello"}]})

    assert (form.values, form.ticked, form.uploads) == ({}, frozenset(), ())


def test_fields_in_rows_and_missing_values_are_read_too() -> None:
    row = {"type": 1, "components": [{"type": 4, "custom_id": "prompt", "value": None}]}

    assert Submitted.of({"components": [row]}).values == {"prompt": ""}
