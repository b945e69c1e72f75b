"""`summary.html`: what the member saw, on one page that needs no server."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from bot.demo.story import Made, Sitter
from bot.demo.timeline import Timeline

SHARING = ("share", "styles", "unshare", "refused")  # texts kept under these names
STYLE = """
:root{color-scheme:light dark}
body{font:16px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}
h1,h2{line-height:1.2} table{border-collapse:collapse} td,th{padding:.2rem .8rem;text-align:left}
td.n{text-align:right;font-variant-numeric:tabular-nums} tr+tr td{border-top:1px solid #8886}
pre{white-space:pre-wrap;border-left:.2rem solid #8886;padding-left:.8rem}
figure{margin:0} figcaption{font-size:.8rem;max-width:10rem}
.row{display:flex;flex-wrap:wrap;gap:.8rem;margin:.5rem 0 1.5rem}
.row img{width:10rem;height:10rem;image-rendering:pixelated;border-radius:.4rem} img.wide{max-width:100%}
"""


def page(
    folder: Path,
    timeline: Timeline,
    sitters: Sequence[Sitter],
    made: Sequence[Made],
    likeness: Sequence[Mapping[str, Any]],
) -> str:
    """The whole page; pictures are named relative to the folder."""
    parts = ["<!doctype html><html lang=en><meta charset=utf-8><title>Tintype demo</title>", f"<style>{STYLE}</style>"]
    parts += ["<h1>Tintype, from photos to pictures</h1>", *(_sitter(folder, sitter, made) for sitter in sitters)]
    together = [one for one in made if len(one.shows) > 1]
    parts += ["<h2>Both words in one picture</h2>", _row(folder, [(one.file, one.prompt) for one in together])]
    parts += [
        "<h2>Grids, as the bot posts them</h2>",
        *(_wide(folder, grid) for grid in sorted(folder.glob("grid-*.*g"))),
    ]
    parts += ["<h2>Shared, found, withdrawn: what was said</h2>", *_said(folder)]
    parts += [
        "<h2>Measured likeness</h2>",
        _table(("of", "asked by", "images", "subject", "prompt"), likeness_cells(sitters, likeness)),
    ]
    parts += [
        "<h2>Timeline</h2>",
        _table(("step", "seconds"), ((step.name, f"{step.seconds:.1f}") for step in timeline.steps)),
    ]
    return "\n".join(parts)


def likeness_cells(sitters: Sequence[Sitter], likeness: Sequence[Mapping[str, Any]]) -> list[tuple[str, ...]]:
    """The likeness table's cells: sitter, way, images, subject fidelity, prompt fidelity."""
    return [
        (
            f"<{sitters[row['sitter']].word}>",
            str(row["way"]),
            str(row["images"]),
            f"{row['subject_fidelity']:.2f}",
            f"{row['prompt_fidelity']:.2f}",
        )
        for row in likeness
    ]


def _sitter(folder: Path, sitter: Sitter, made: Sequence[Made]) -> str:
    mine = [one for one in made if len(one.shows) == 1 and one.shows[0]["sitter"] == sitter.index]
    parts = [f"<h2>{escape(f'<{sitter.word}>')}: {escape(sitter.description)}</h2>", "<h3>Photos handed in</h3>"]
    parts.append(_row(folder, [(photo, f"photo {number}") for number, photo in enumerate(sitter.photos, 1)]))
    for name in ("card", "result"):
        parts += [_wide(folder, picture) for picture in sorted(folder.glob(f"{name}-{sitter.word}*.*g"))]
    for way in dict.fromkeys(one.way for one in mine):
        shown = [(one.file, one.prompt) for one in mine if one.way == way]
        parts += [f"<h3>New scenes: {escape(way)}</h3>", _row(folder, shown)]
    return "\n".join(parts)


def _row(folder: Path, pictures: Iterable[tuple[Path, str]]) -> str:
    return f'<div class="row">{"".join(_figure(_address(folder, file), escape(said)) for file, said in pictures)}</div>'


def _figure(address: str, said: str) -> str:
    return f'<figure><img src="{address}" alt="{said}"><figcaption>{said}</figcaption></figure>'


def _said(folder: Path) -> list[str]:
    """The cards of sharing, in the order in which they were seen."""
    files = [file for name in SHARING for file in folder.glob(f"{name}-*.txt")]
    return [f"<pre>{escape(file.read_text('utf-8'))}</pre>" for file in files]


def _wide(folder: Path, file: Path) -> str:
    return f'<p><img class="wide" src="{_address(folder, file)}" alt="{escape(file.stem)}"></p>'


def _address(folder: Path, file: Path) -> str:
    return escape(file.resolve().relative_to(folder.resolve()).as_posix())


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    head = "".join(f"<th>{escape(name)}</th>" for name in heads)
    body = "".join(f"<tr>{''.join(_cell(cell) for cell in row)}</tr>" for row in rows)
    return f"<table><tr>{head}</tr>{body}</table>"


def _cell(text: str) -> str:
    is_number = text.replace(".", "").isdigit()
    return f"<td{' class=n' if is_number else ''}>{escape(text)}</td>"
