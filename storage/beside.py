"""What an engine loads beside its base model, and how it keeps that, as the environment says."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from storage.env import Env

AUTO, OFF, INT8 = "", "off", "int8"  #: how the base model may be kept: in eight bits where it has to be, or not
QUANTISE = {"auto": AUTO, "off": OFF, "int8": INT8}
PRECISIONS = {"auto": AUTO, "float32": "float32", "bfloat16": "bfloat16"}


@dataclass(frozen=True, slots=True)
class Beside:
    """Each is empty where there is none."""

    vae: str = ""  #: in the place of the base model's own: "owner/name@revision", or a folder
    likeness: str = ""  #: a folder with what tells it; empty: the base model's own features
    upscaler: str = ""  #: for enlarging: "owner/name@revision", or a folder; empty: the base model itself
    faces: str = ""  #: a folder with what finds faces and tells whose they are; empty: people are compared as all else
    captioner: str = ""  #: a folder with what says what photos show; empty: captions name the word alone
    quantise: str = AUTO  #: whether most of the base model is kept in eight bits
    precision: str = AUTO  #: the numbers that the base model computes in
    methods: str = ""  #: a file with the operator's settings of methods; empty: as they are recommended
    image_prompt: str = ""  #: a file of IP-Adapter's, for a photo beside a prompt; empty: the family's own, if any

    @classmethod
    def from_env(cls, env: Env) -> Beside:
        """Read them all.

        Raises: SettingsError E_SETTING_VALUE.
        """
        return cls(
            vae=env.text("TINTYPE_VAE"),
            likeness=env.text("TINTYPE_LIKENESS"),
            upscaler=env.text("TINTYPE_UPSCALER"),
            faces=env.text("TINTYPE_FACES"),
            captioner=env.text("TINTYPE_CAPTIONER"),
            quantise=env.choice("TINTYPE_QUANTISE", QUANTISE),
            precision=env.choice("TINTYPE_PRECISION", PRECISIONS),
            methods=env.text("TINTYPE_METHODS"),
            image_prompt=env.text("TINTYPE_IMAGE_PROMPT"),
        )

    def environ(self) -> dict[str, str]:
        """The environment that names those there are."""
        return {f"TINTYPE_{what.upper()}": name for what, name in asdict(self).items() if name}
