"""What the trainers' process reads from its environment, once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from storage.beside import Beside
from storage.env import Env
from storage.output_checks import WantedCheck


@dataclass(frozen=True, slots=True)
class TrainerSettings:
    """Defaults of the command line; every one can be given there too."""

    base_model: str  #: "miniature", "owner/name@revision", or a folder
    device: str  #: "auto", "cpu" or "cuda"
    models_dir: Path  #: where `models get` puts base models
    output_check: WantedCheck  #: what looks at every drawn picture
    beside: Beside  #: models that are loaded beside the base

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> TrainerSettings:
        """Read them all.

        Raises: SettingsError(E_OUTPUT_CHECK).
        """
        env = Env(environ)
        data_dir = Path(env.text("TINTYPE_DATA_DIR", "data"))
        return cls(
            base_model=env.text("TINTYPE_BASE_MODEL", "miniature"),
            device=env.text("TINTYPE_DEVICE", "auto"),
            models_dir=Path(env.text("TINTYPE_MODELS_DIR") or data_dir / "models"),
            output_check=WantedCheck.named(env.text("TINTYPE_OUTPUT_CHECK"), env.text("TINTYPE_OUTPUT_CHECK_DIR")),
            beside=Beside.from_env(env),
        )
