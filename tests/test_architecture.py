"""The processes stay apart, and every file stays readable."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCES = sorted(path for package in ("bot", "storage", "trainers") for path in (ROOT / package).rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
MOST_LINES = 350
NAMES_THAT_SAY_NOTHING = frozenset({"utils", "common", "manager", "base", "core", "helpers", "misc"})
RUNS_FOREIGN_CODE = frozenset({"pickle", "marshal", "shelve", "dill", "cloudpickle"})
#: before libraries look there, or to hand it on to a process of our own
SETS_UP_A_PROCESS = frozenset({"trainers/pipeline.py", "trainers/miniature/build.py", "bot/demo/children.py"})

EVERY_MODULE = """
import importlib, pkgutil, sys
package = importlib.import_module(sys.argv[1])
for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
    if not module.name.endswith("__main__") and not module.name.startswith("storage.inspector."):
        importlib.import_module(module.name)
print(*sys.modules)
"""


def loaded(code: str, *arguments: str) -> set[str]:
    """The modules that a fresh interpreter holds after running the code."""
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return set(done.stdout.split())


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def nodes(path: Path) -> Iterator[ast.AST]:
    return ast.walk(ast.parse(path.read_text("utf-8")))


def imported(path: Path) -> set[str]:
    """The packages that a file imports anywhere."""
    found = [node for node in nodes(path) if isinstance(node, (ast.Import, ast.ImportFrom))]
    names = [alias.name for node in found if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module or "" for node in found if isinstance(node, ast.ImportFrom)]
    return {name.partition(".")[0] for name in names}


def test_the_import_contracts_hold() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)

    assert done.returncode == 0, done.stdout[-4000:]
    assert "0 broken" in done.stdout


@pytest.mark.parametrize(
    ("package", "forbidden"),
    [
        ("bot", {"torch", "diffusers", "transformers", "peft", "PIL", "trainers"}),
        ("trainers", {"discord", "bot", "aiohttp"}),
        ("storage", {"discord", "torch", "diffusers", "PIL", "aiohttp", "bot", "trainers"}),
    ],
)
def test_not_even_all_its_modules_together_load_what_is_another_processs(package: str, forbidden: set[str]) -> None:
    assert loaded(EVERY_MODULE, package) & forbidden == set()


def test_the_bot_starts_without_torch_and_pillow() -> None:
    found = loaded("import bot.__main__, sys; print(*sys.modules)")

    assert "bot.__main__" in found
    assert found & {"torch", "PIL", "diffusers", "trainers"} == set()


def test_the_trainers_command_line_explains_itself_without_waiting_for_torch() -> None:
    code = "import sys, trainers.__main__ as main; main.parser().format_help(); print(*sys.modules)"

    assert loaded(code) & {"torch", "diffusers", "transformers"} == set()


def test_every_file_can_be_read_in_one_sitting() -> None:
    lines = {name_of(path): len(path.read_text("utf-8").splitlines()) for path in SOURCES + TESTS}

    assert {name: count for name, count in lines.items() if count > MOST_LINES} == {}


def test_every_module_opens_with_one_sentence() -> None:
    opening = {name_of(path): ast.get_docstring(ast.parse(path.read_text("utf-8"))) or "" for path in SOURCES}

    assert {name: told for name, told in opening.items() if not told.partition("\n")[0].endswith((".", ":", "…"))} == {}


def test_every_module_is_named_for_what_it_is() -> None:
    assert [name_of(path) for path in SOURCES if path.stem in NAMES_THAT_SAY_NOTHING] == []


def test_nothing_is_ever_unpickled() -> None:
    assert {name_of(path): found for path in SOURCES if (found := imported(path) & RUNS_FOREIGN_CODE)} == {}


def test_only_command_lines_look_at_the_environment() -> None:
    readers = {
        name_of(path)
        for path in SOURCES
        for node in nodes(path)
        if isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv"} and ast.unparse(node.value) == "os"
    }

    astray = {name for name in readers if not name.endswith("__main__.py") and "/cli/" not in name}
    assert astray - SETS_UP_A_PROCESS == set()
