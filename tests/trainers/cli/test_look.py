from __future__ import annotations

from pathlib import Path

from tests.trainers.cli.conftest import Tell
from tests.trainers.looking.photographs import photograph


def test_look_prints_a_line_for_each_photo_and_writes_a_sheet(tell: Tell, tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    for name in ("astronaut", "chelsea"):
        photograph(name).save(tmp_path / "photos" / f"{name}.png")

    code, told, said = tell(
        "look", "--photos", tmp_path / "photos", "--kind", "person", "--out", tmp_path / "out", "--device", "cpu"
    )

    assert code == 0
    assert [one["path"] for one in told["photos"]] == ["astronaut.png", "chelsea.png"]
    assert "covers 29 %" in said.replace("29%", "29 %")
    assert "no one thing stands out" in said
    assert Path(told["sheet"]).is_file()
