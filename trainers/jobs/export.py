"""Job kind `export`: a word's weights under the names that other programs look for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage import labels
from storage.errors import TintypeError
from storage.words import check_word
from trainers.attempt import Attempt
from trainers.events import Done, Step, made
from trainers.jobs import job
from trainers.weights import keys_in
from trainers.worker import Running

if TYPE_CHECKING:
    from trainers.pipeline import Base


@job("export")
def export(base: Base, attempt: Attempt) -> Running:
    """Write each of the version's files under the word's present name; its numbers stay bit for bit.

    `<name>.safetensors` is a LoRA with kohya's keys, `<name>-emb.safetensors` an embedding, and `<name>-neg` one for
    the negative prompt; none needs the base.
    Raises: TintypeError E_ATTEMPT; WeightsRefused for a broken file.
    """
    yield Step(phase="save", done=0, total=1)
    rows = attempt.records("words")
    if len(rows) != 1 or not rows[0].get("weights"):
        raise TintypeError("E_ATTEMPT", field="words")
    name = check_word(str(rows[0].get("name")))
    folder = attempt.folder / "export"
    folder.mkdir(exist_ok=True)
    files, trigger = [], ""
    for path in rows[0]["weights"]:
        source = attempt.file(path)
        keys_in(source)  # refuses what is broken or a pickle
        for part in labels.exported(source.read_bytes(), name):
            (folder / part.name).write_bytes(part.content)
            role = "embedding" if part.is_embedding else "weights"
            trigger = trigger or part.trigger
            files.append(made(attempt.folder, folder / part.name, role, alt={"word": name}))
    yield Step(phase="save", done=1, total=1)
    return Done(result={"word": name, "trigger": trigger or name}, files=tuple(files))
