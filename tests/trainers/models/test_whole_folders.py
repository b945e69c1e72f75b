"""What is left of killed makers of a folder goes, and nothing else: not what one holds, and nobody else's."""

from __future__ import annotations

from pathlib import Path

import pytest

from trainers.whole_folders import sweep, whole


def test_only_what_was_left_beside_this_target_is_swept(tmp_path: Path) -> None:
    for name in (".new.0123abcd.partial", ".new.mine.partial", ".new-2.0123abcd.partial", "elsewhere"):
        (tmp_path / name / "unet").mkdir(parents=True)
    (tmp_path / ".new.0000abcd.partial").write_text("no folder")
    (tmp_path / ".new.1111abcd.partial").symlink_to(tmp_path / "elsewhere")
    there = {path.name for path in tmp_path.iterdir()}
    sweep(tmp_path / "new")

    assert there - {path.name for path in tmp_path.iterdir()} == {".new.0123abcd.partial"}
    assert (tmp_path / "elsewhere" / "unet").is_dir()


def test_what_is_being_made_is_not_swept(tmp_path: Path) -> None:
    with whole(tmp_path / "new") as folder:
        (folder / "mine").write_text("mine")
        sweep(tmp_path / "new")

    assert [path.name for path in tmp_path.rglob("*")] == ["new", "mine"]


def test_of_what_fails_nothing_stays(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), whole(tmp_path / "new") as folder:
        (folder / "mine").write_text("mine")
        raise KeyboardInterrupt

    assert list(tmp_path.iterdir()) == []
