"""Job kind `import`: weights made elsewhere; refused for now, in one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.errors import TintypeError
from trainers.attempt import Attempt
from trainers.events import Step
from trainers.jobs import job
from trainers.worker import Running

if TYPE_CHECKING:
    from trainers.pipeline import Base


@job("import")
def import_(base: Base, attempt: Attempt) -> Running:
    """Refuse.

    Raises: TintypeError E_IMPORT_LATER.
    """
    yield Step(phase="load", done=0, total=1)
    raise TintypeError("E_IMPORT_LATER")
