"""Models that an engine loads beside its base model, as the environment names them."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from storage.env import Env


@dataclass(frozen=True, slots=True)
class Beside:
    """Each is empty where there is none."""

    vae: str = ""  #: in the place of the base model's own: "owner/name@revision", or a folder
    likeness: str = ""  #: a folder with what tells it; empty: the base model's own features
    upscaler: str = ""  #: for enlarging: "owner/name@revision", or a folder; empty: the base model itself

    @classmethod
    def from_env(cls, env: Env) -> Beside:
        """Read them all."""
        return cls(env.text("TINTYPE_VAE"), env.text("TINTYPE_LIKENESS"), env.text("TINTYPE_UPSCALER"))

    def environ(self) -> dict[str, str]:
        """The environment that names those there are."""
        return {f"TINTYPE_{what.upper()}": name for what, name in asdict(self).items() if name}
