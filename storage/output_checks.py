"""Which output check an operator wants; both programs read the setting, only the engine runs a check."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rapidfuzz import process

from storage.errors import SettingsError

OFF, AUTO = "off", "auto"
FOLDER = Path(__file__).parents[1] / "trainers" / "checks"  #: one file for each


@dataclass(frozen=True, slots=True)
class WantedCheck:
    """What looks at every drawn picture before it becomes a file."""

    name: str = AUTO  #: off, auto (the first whose files are there), or the name of one
    folder: Path | None = None  #: where its files lie; None looks in the base model's folder alone

    @classmethod
    def named(cls, name: str, folder: str = "") -> WantedCheck:
        """As the settings say it; empty parts are the defaults.

        Raises: SettingsError(E_OUTPUT_CHECK) naming the nearest known check.
        """
        name, known = name.lower() or AUTO, (OFF, AUTO, *check_names())
        if name not in known:
            nearest = process.extractOne(name, known)
            raise SettingsError(
                "E_OUTPUT_CHECK", value=name[:80], nearest=nearest[0] if nearest else AUTO, known=list(known)
            )
        return cls(name, Path(folder) if folder else None)


def check_names() -> tuple[str, ...]:
    """Every check by name: its file bears it."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.py") if not path.stem.startswith("_")))
