"""What stands on each button and menu: the texts' ids by verb, where they are not simply called like it."""

from __future__ import annotations

from typing import Any

from bot import texts
from storage.records import Kind

TURNING = ("btn-back", "btn-next")
KINDS = tuple(f"choice-{kind}" for kind in Kind)
#: what stands on a button beside, or instead of, the text that is called like its verb
OTHERS: dict[str, tuple[str, ...]] = {
    "agree": ("btn-agree", "btn-allow-once", "btn-allow-always"),
    "ask_delete": ("btn-delete",),
    "ask_drop": ("btn-drop-version",),
    "audit": TURNING,
    "delete_word": ("btn-delete-yes",),
    "drop_photos": ("btn-drop-photos", "btn-drop-photos-of"),
    "drop_version": ("btn-drop-yes",),
    "forget_all": ("btn-forget-yes",),
    "forget_word": ("btn-delete-yes",),
    "import_drop": ("btn-import-discard",),
    "import_go": ("btn-import-agree",),
    "import_kind": KINDS,
    "kind": KINDS,
    "method": ("menu-method",),
    "mydata": ("btn-download",),
    "page": ("btn-earlier", "btn-later"),
    "place_count": ("menu-count",),
    "place_enlarge": ("btn-setup-enlarge",),
    "place_look": ("btn-look-again",),
    "place_pictures": ("btn-setup-pictures",),
    "place_quality": ("menu-quality",),
    "place_shape": ("menu-shape",),
    "place_spoiler": ("btn-setup-spoiler",),
    "place_training": ("btn-setup-training",),
    "relearn": ("btn-next-version", "btn-again-train"),
    "removed": ("btn-removed", *TURNING),
    "report_style": ("btn-report",),
    "reports": ("btn-reports", *TURNING),
    "retry": ("btn-again-train",),
    "see_photos": ("btn-see-photos", "btn-earlier", "btn-later"),
    "set_count": ("1", "2", "3", "4"),
    "set_quality": ("choice-fast", "choice-normal", "choice-fine"),
    "set_shape": ("choice-square", "choice-portrait", "choice-landscape"),
    "setup_channels": ("menu-channels",),
    "setup_drawers": ("menu-drawers",),
    "setup_first": ("menu-first",),
    "setup_keep": ("menu-keep",),
    "setup_left": ("menu-left",),
    "setup_look": ("btn-look-again",),
    "setup_threshold": ("menu-threshold",),
    "setup_trainers": ("menu-trainers",),
    "stars": TURNING,
    "styles": ("btn-look-again", "btn-page", *TURNING),
    "train": ("btn-train", "btn-agree-train", "btn-ask-sitter"),
    "unlike": ("btn-liked",),
}
#: an example of everything that a label may name
EXAMPLE: dict[str, Any] = {
    "n": 1,
    "pages": 3,
    "count": 2,
    "days": 7,
    "word": "ana-dog",
    "owner": "Ana",
    "whose": "named",
    "class_word": "dog",
    "row": "400",
    "strength": "0.8",
    "is_chosen": "no",
}


def ids_of(verb: str) -> tuple[str, ...]:
    """The ids of the texts that stand on the buttons of a verb; a label that is a number is its own."""
    return OTHERS.get(verb, (f"btn-{verb.replace('_', '-')}",))


def labels_of(verb: str) -> list[str]:
    """The labels as a member may see them, with example values in them.

    Raises: NoSuchText.
    """
    state = texts.say("yes")
    return [one if one.isdigit() else texts.say(one, state=state, **EXAMPLE) for one in ids_of(verb)]
