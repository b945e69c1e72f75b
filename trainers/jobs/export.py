"""Job kind `export`: a word's weights under the names that other programs look for."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from storage.errors import TintypeError
from storage.words import check_word
from trainers.attempt import Attempt
from trainers.events import Done, Step, made
from trainers.jobs import job
from trainers.weights import EMBEDDING_KEY, keys_in, read_label
from trainers.worker import Running

if TYPE_CHECKING:
    from trainers.pipeline import Base


@job("export")
def export(base: Base, attempt: Attempt) -> Running:
    """Copy each of the version's files under its public name; the formats are those it was written in.

    `<name>.safetensors` is a LoRA with kohya's keys, `<name>-emb.safetensors` an embedding; neither needs the base.
    Raises: TintypeError E_ATTEMPT; WeightsRefused for a broken file.
    """
    yield Step(phase="save", done=0, total=1)
    rows = attempt.records("words")
    if len(rows) != 1:
        raise TintypeError("E_ATTEMPT", field="words")
    name = check_word(str(rows[0].get("name")))
    folder = attempt.folder / "export"
    folder.mkdir(exist_ok=True)
    files, trigger = [], name
    for path in rows[0].get("weights", ()):
        source = attempt.file(path)
        is_embedding = EMBEDDING_KEY in keys_in(source)
        target = folder / (f"{name}-emb.safetensors" if is_embedding else f"{name}.safetensors")
        trigger = f"{name}-emb" if is_embedding else read_label(source).trigger
        shutil.copyfile(source, target)
        files.append(made(attempt.folder, target, "embedding" if is_embedding else "weights", alt={"word": name}))
    yield Step(phase="save", done=1, total=1)
    return Done(result={"word": name, "trigger": trigger}, files=tuple(files))
