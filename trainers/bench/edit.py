"""`bench edit`: whether a photo comes back from its noise, and whether other words change what they say and no more."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from PIL import Image

from storage.atomic import write_atomic
from trainers.cli import Subparsers, add_base, add_command, bounded
from trainers.drawing.sheet import Row, sheet
from trainers.imagine import Drawing, decoded, finished, imagine
from trainers.miniature.captions import full_caption
from trainers.miniature.readers import NOTHING, Reading, load_reader
from trainers.miniature.world import ACCESSORIES, COLOURS, SCENES, Picture, draw, held_out_subjects
from trainers.settings import TrainerSettings

if TYPE_CHECKING:
    from trainers.pipeline import Base

FIGURES = "figures.json"
SEED = 5_300
STRENGTHS = (0.4, 0.6, 0.8)  # how far each way may leave the photo
EDIT, BEGUN = "null_text", "begun from the photo"
CHANGES = ("colour", "scene", "accessory")
VAE, PLAIN, TAUGHT = "through the VAE alone", "DDIM inversion, guided", "null-text inversion, guided"
TITLES = ("photo", "back", *(f"edit {one}" for one in STRENGTHS), *(f"begun {one}" for one in STRENGTHS))
TILE_PX = 96
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Case:
    """A photo, and the picture that it is to become."""

    photo: Picture
    wanted: Picture
    change: str  #: colour, scene or accessory


@dataclass(frozen=True, slots=True)
class Found:
    """What came of one case."""

    said: str
    prompt: str
    change: str
    psnr_db: Mapping[str, float]  #: way back from noise -> likeness to the photo
    marks: Mapping[str, Mapping[str, tuple[bool, bool]]]  #: way -> strength -> (change found, all else kept)


def add(subparsers: Subparsers) -> None:
    """Its options."""
    parser = add_command(subparsers, "edit", "change drawn photos by other words, and judge what became of them", run)
    parser.add_argument("--photos", type=bounded(int, 1, 48), default=9, metavar="N", help="how many (default: 9)")
    parser.add_argument(
        "--out", type=Path, default=Path("build/editing"), help="figures.json and a sheet for each photo"
    )
    add_base(parser)


def run(arguments: argparse.Namespace, settings: TrainerSettings) -> dict[str, Any]:
    """Measure what is missing in the figures, print the tables, and keep figures and pictures."""
    from trainers.cli.running import loaded

    base = loaded(arguments, settings)
    arguments.out.mkdir(parents=True, exist_ok=True)
    told = _kept(arguments.out, base)
    for number, case in enumerate(cases(arguments.photos)[len(told["found"]) :], len(told["found"]) + 1):
        found, images = measured(base, case)
        told["found"].append(asdict(found))
        row = sheet(TITLES, [Row(found.change, images)], TILE_PX)
        row.save(arguments.out / f"photo-{number}.jpg", quality=88)
        write_atomic(arguments.out / FIGURES, json.dumps(told, indent=1).encode(), mode=0o644)
        print(f"{found.prompt}: {found.marks}", file=sys.stderr)
    print(report(arguments.out), file=sys.stderr)
    return {"ok": True, "base_model": base.revision, "photos": len(told["found"]), **means(told["found"])}


def _kept(out: Path, base: Base) -> dict[str, Any]:
    """What was measured before with this base model."""
    path = out / FIGURES
    told: dict[str, Any] = json.loads(path.read_text("utf-8")) if path.exists() else {}
    return told if told.get("base_model") == base.revision else {"base_model": base.revision, "found": []}


def cases(count: int) -> list[Case]:
    """Held-out subjects, each in some place and every second one wearing something; changes take turns."""
    found = []
    for index, subject in enumerate(held_out_subjects(count, SEED)):
        rng = Random(SEED + index)
        worn = rng.choice(ACCESSORIES) if index % 2 else None
        photo = Picture((subject,), (worn,), rng.choice(SCENES), layout=rng.randrange(2**31))
        change = CHANGES[index % len(CHANGES)]
        found.append(Case(photo, _changed(photo, change, rng), change))
    return found


def _changed(photo: Picture, change: str, rng: Random) -> Picture:
    [subject], [worn] = photo.subjects, photo.accessories
    if change == "colour":
        others = [name for name in COLOURS if name not in {subject.colour, subject.second}]
        return replace(photo, subjects=(replace(subject, colour=rng.choice(others)),))
    if change == "scene":
        return replace(photo, scene=rng.choice([scene for scene in SCENES if scene != photo.scene]))
    return replace(photo, accessories=(rng.choice([one for one in ACCESSORIES if one != worn]),))


def measured(base: Base, case: Case) -> tuple[Found, list[Image.Image]]:
    """Invert the photo once, come back in each way, and change it in each way at each strength.

    The pictures: the photo, what the null text brings back, then edits and pictures begun from it by strength.
    """
    from trainers.edits.null_text import Levels, inverted, redrawn, returned, taught

    photo = draw(case.photo)
    guidance, levels = base.family.guidance_scale, Levels.of(base, base.family.steps)
    asked = Drawing(prompt=full_caption(case.wanted), said=full_caption(case.photo), parent=photo, size=photo.size)
    plain = finished(inverted(base, asked, levels))
    known = finished(taught(base, plain, levels, guidance))
    ways = {VAE: plain.trajectory[0], PLAIN: returned(base, plain, levels, guidance)}
    ways[TAUGHT] = returned(base, known, levels, guidance)
    back = {way: decoded(base, latents)[0] for way, latents in ways.items()}
    made = {
        EDIT: [decoded(base, finished(redrawn(base, asked, levels, known, strength)))[0] for strength in STRENGTHS],
        BEGUN: [finished(imagine(base, replace(asked, strength=strength)))[0] for strength in STRENGTHS],
    }
    found = Found(
        said=asked.said,
        prompt=asked.prompt,
        change=case.change,
        psnr_db={way: round(psnr_db(photo, image), 2) for way, image in back.items()},
        marks={way: _marks(case, images) for way, images in made.items()},
    )
    return found, [photo, back[TAUGHT], *made[EDIT], *made[BEGUN]]


def psnr_db(one: Image.Image, other: Image.Image) -> float:
    """Peak signal-to-noise ratio of two pictures of one size."""
    a, b = (np.asarray(image.convert("RGB"), dtype=np.float64) / 255 for image in (one, other))
    return float(-10 * np.log10(np.square(a - b).mean()))


def _marks(case: Case, images: Sequence[Image.Image]) -> dict[str, tuple[bool, bool]]:
    readings = load_reader("judge").read(images)
    return {f"{strength:g}": mark(case, reading) for strength, reading in zip(STRENGTHS, readings, strict=True)}


def mark(case: Case, reading: Reading) -> tuple[bool, bool]:
    """Whether the change that was asked for is there, and whether all else is as it was."""
    wanted = _attributes(case.wanted)
    seen = {**reading.slots["solo"], "scene": reading.scene}
    return seen[case.change] == wanted.pop(case.change), all(seen[name] == value for name, value in wanted.items())


def _attributes(picture: Picture) -> dict[str, str]:
    worn = picture.accessories[0] or NOTHING
    return {**picture.subjects[0].attributes(), "accessory": worn, "scene": picture.scene}


# --- what is told ----------------------------------------------------------------------------------------------------


def means(found: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Of each way back the mean likeness; of each way to change, at each strength, the shares."""
    psnr = {way: _mean([one["psnr_db"][way] for one in found]) for way in found[0]["psnr_db"]}
    shares = [
        {"way": way, "strength": strength, **_shares([one["marks"][way][strength] for one in found])}
        for way, strengths in found[0]["marks"].items()
        for strength in strengths
    ]
    return {"psnr_db": psnr, "shares": shares}


def _shares(marks: Sequence[Sequence[bool]]) -> dict[str, float]:
    return {
        "changed": _mean([bool(changed) for changed, _ in marks]),
        "kept": _mean([bool(kept) for _, kept in marks]),
        "both": _mean([all(both) for both in marks]),
    }


def _mean(values: Sequence[float]) -> float:
    return round(sum(values) / len(values), 3)


def report(folder: Path) -> str:
    """The committed figures as Markdown."""
    told = json.loads((folder / FIGURES).read_text("utf-8"))
    found = told["found"]
    told_means = means(found)
    backs = [f"| {way} | {value:.1f} |" for way, value in told_means["psnr_db"].items()]
    ways = [
        f"| {one['way']} | {one['strength']} | {one['changed']:.2f} | {one['kept']:.2f} | {one['both']:.2f} |"
        for one in told_means["shares"]
    ]
    head = f"Base model {told['base_model']}, {len(found)} photos:"
    pictures = [
        f"![{one['said']}, to become {one['prompt']}](editing/photo-{number}.jpg)"
        for number, one in enumerate(found, 1)
    ]
    return "\n\n".join(
        [
            head,
            "\n".join(["| back from noise | likeness to the photo, PSNR in dB |", "|---|---|", *backs]),
            "\n".join(
                ["| changed by | strength | change found | all else kept | both |", "|---|---|---|---|---|", *ways]
            ),
            *pictures,
        ]
    )
