"""`tintype-trainer methods`: the ways to learn a word, with their settings and the size of what they make."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from trainers.cli import Subparsers, add_base, add_command
from trainers.settings import TrainerSettings

if TYPE_CHECKING:
    from trainers.method import Method

#: what is worth a row beside the defaults: what it is called, the method, its settings
WHOLE = (("`dreambooth`, all of it (`rank` 0)", "dreambooth", {"rank": 0}),)


def add(subparsers: Subparsers) -> None:
    """Its options."""
    parser = add_command(subparsers, "methods", "the ways to learn a word, and their settings", run)
    parser.add_argument("--size", action="store_true", help="load the base model and compute sizes for that, too")
    add_base(parser)


def run(arguments: argparse.Namespace, settings: TrainerSettings) -> dict[str, Any]:
    """Print the table; the settings go into the last line too."""
    from trainers.method import described, methods

    known = methods()
    print(f"{table()}\n\n{sizes_table()}")
    told: dict[str, Any] = {}
    for name, method in known.items():
        told[name] = {"title": method.title, "summary": method.summary, "min_photos": method.min_photos}
        told[name]["families"] = _families(name)
        told[name]["settings"] = described(method.settings())
    if arguments.size:
        _add_sizes(told, arguments, settings)
    return {"ok": True, "methods": told}


def _add_sizes(told: dict[str, Any], arguments: argparse.Namespace, settings: TrainerSettings) -> None:
    from trainers.cli.running import loaded
    from trainers.method import methods_on, settings_for

    base = loaded(arguments, settings)
    for name, method in methods_on(base.family).items():
        size = method.file_bytes(base, settings_for(method, base))
        told[name]["file_bytes"] = size
        print(f"{name}: {size / 1000:,.0f} kB for {base.id}")


def table() -> str:
    """The methods and their settings as Markdown; docs/methods.md shows it."""
    from trainers.method import methods

    lines = ["| method | what it does | photos | base models | settings and defaults |", "|---|---|---|---|---|"]
    lines += [_row(name, method) for name, method in methods().items()]
    return "\n".join(lines)


def sizes_table() -> str:
    """What a word's file weighs by each method with its settings, as Markdown; docs/methods.md shows it."""
    from trainers.method import method_named, methods, methods_on, settings_for
    from trainers.outlines import outlines

    bases = outlines()
    lines = [f"| file of | {' | '.join(bases)} |", f"|---|{'---|' * len(bases)}"]
    for said, name, wished in [*((f"`{name}`", name, {}) for name in methods()), *WHOLE]:
        method = method_named(name)
        sizes = [
            _size(method.file_bytes(base, settings_for(method, base, wished)))
            if name in methods_on(base.family)
            else "–"
            for base in bases.values()
        ]
        lines.append(f"| {said} | {' | '.join(sizes)} |")
    return "\n".join(lines)


def _size(count_bytes: int) -> str:
    return f"{count_bytes / 10**6:,.0f} MB" if count_bytes >= 10**6 else f"{max(1, round(count_bytes / 1000))} kB"


def _row(name: str, method: Method) -> str:
    from trainers.method import described

    defaults = ", ".join(f"{field} {_told(about)}" for field, about in described(method.settings()).items())
    return f"| `{name}` ({method.title}) | {method.summary} | ≥ {method.min_photos} | {_bases(name)} | {defaults} |"


def _bases(method: str) -> str:
    """Whose base models it learns words on."""
    from trainers.families import families

    others = [family.title for name, family in families().items() if name not in _families(method)]
    return f"all but {', '.join(others)}" if others else "all"


def _families(method: str) -> list[str]:
    from trainers.families import families
    from trainers.method import methods_on

    return [name for name, family in families().items() if method in methods_on(family)]


def _told(about: Mapping[str, Any]) -> str:
    """A default as the table has it, with what else may be chosen."""
    if choices := about.get("choices"):
        return " or ".join(choices)
    return f"{about['default']:g}"
