"""Every card stays within Discord's limits, whatever members write and however many pictures there are."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot import cards, consent, modals
from bot.access import IN_THREADS, Access
from bot.buttons import Press
from bot.cards import Picture, audit, studio
from bot.cards.jobs import progress_of
from bot.cards.layout import bar, percent
from bot.cards.setup import Arranged, place_card, setup_card
from bot.studio import NEEDED
from storage.preferences import Preferences, Preset
from storage.records import Kind
from storage.setups import Place, Setup
from tests.bot import audits, removals
from tests.bot.limits import faults_of_card, faults_of_form, walk

JOB = "0123456789abcdef"
EVIL = "@everyone <@1> [x](http://e.vil) **_`~|#-\u202e\u0000\n> " * 60
LONG_WORD = "a_" * 16
CREDIT = cards.Credit(word=f"{LONG_WORD}:0.85", owner=EVIL, version=10**6, names=[EVIL] * 9)
PNG = b"\x89PNG"


def photo(n: int, remarks: int = 3) -> cards.PhotoLine:
    told = ("It is blurred. " * 9,) * remarks
    return cards.PhotoLine(id=f"{n:016x}", n=n, name=EVIL, width=12000, height=12000, remarks=told, thumbnail=PNG)


def report(count: int, *, page: int = 1, rejected: int = 0, consent_text: str | None = None) -> cards.Report:
    return cards.Report(
        draft=JOB, word=LONG_WORD, kind="person", class_word=EVIL, photos=[photo(n) for n in range(1, count + 1)],
        rejected=["Photo 3 of 12 is cut off in the middle; send it again. " * 8] * rejected, least=3, page=page,
        consent=consent_text, methods=[(f"{n}{LONG_WORD}", EVIL * 9) for n in range(20)], method=f"1{LONG_WORD}",
    )  # fmt: skip


def grid(count: int, **changes: object) -> cards.Grid:
    facts: dict[str, object] = {
        "job": JOB,
        "owner": 2**63,
        "prompt": EVIL,
        "seed": 2**32 - 1,
        "relation": "enlarge",
        "words": [CREDIT] * 4,
        "images": [PNG] * count,
        "sheet": PNG if count > 1 else None,
        "warnings": [{"code": "W_PROMPT_CUT", "rest": EVIL}, {"code": "W_NEGATIVE_CUT"}, {"code": "W_OF_TOMORROW"}],
    }
    return cards.Grid(**(facts | changes))  # type: ignore[arg-type]


def recipe() -> cards.Recipe:
    return cards.Recipe(
        job=JOB, prompt=EVIL, negative=EVIL, seed=2**32 - 1, width=1024, height=1024, words=[CREDIT] * 8,
        base=EVIL, steps=10**6, guidance_scale=7.5, shape=EVIL, quality="fine", when=1.8e9, begun=0.35, parent=JOB,
        relation="vary",
    )  # fmt: skip


def case() -> studio.Case:
    return studio.Case(
        report=JOB, owner=2**62, word=None, prompt=EVIL * 99, said=[(2**62, EVIL * 99)] * 9, reporters=5, strikes=2,
        is_hidden=True, when=1e9, picture=picture("case"),
    )  # fmt: skip


def word_card(versions: int) -> cards.WordCard:
    return cards.WordCard(
        concept=JOB, name=LONG_WORD, kind="animal", class_word=EVIL, visibility="private", is_learning=False,
        kept=KEPT,
        versions=[
            cards.VersionLine(
                id=f"{n:016x}", n=n, method=EVIL, size_bytes=2**30, when=1.8e9, base=EVIL, is_foreign=n % 2 == 0
            )
            for n in range(versions, 0, -1)
        ],
    )  # fmt: skip


KEPT = cards.KeptPhotos(draft=JOB, word=LONG_WORD, count=10**6, until=1.8e9)
MANY_KEPT = [replace(KEPT, draft=f"{n:016x}") for n in range(99)]


def contact(*, is_person: bool = False) -> cards.Card:
    return cards.contact_card(
        cards.ContactSheet(
            job=JOB, word=LONG_WORD, rows=[EVIL] * 4, strengths=(0.6, 0.8, 1.0, 1.2), is_person=is_person,
            chosen=(1, 2), version=10**6, strength=1.2, sheet=PNG,
        )
    )  # fmt: skip


def running(total: int = 10**9) -> cards.Running:
    return cards.Running(phase="train", done=total // 3, total=total, loss=0.1234567, left_s=7200.0)


def training(*, is_person: bool = False) -> cards.Card:
    return cards.training_card(
        job=JOB, word=LONG_WORD, owner=2**63, running=running(), is_person=is_person, preview=PNG, has_preview=True
    )


def result(*, is_person: bool = False) -> cards.Card:
    learned = cards.Learned(
        job=JOB, concept=JOB, word=LONG_WORD, method=EVIL, steps=10**6, planned_steps=10**7, has_stalled=True,
        best_step=None, mean_of=[10**5] * 3, seconds=1e5,
        size_bytes=2**31, photos=20, kind=Kind.PERSON if is_person else Kind.STYLE, version=JOB, kept=KEPT, owner=2**63,
        warnings=[
            {"code": "W_ENDED_EARLY", "step": 10**6},
            {"code": "W_MEMORY_BATCH", "step": 10**6, "was": 64, "now": 2},
            {"code": "W_MEMORY_SIZE", "step": 0, "was": 1024, "now": 512},
            {"code": "W_MEMORY_TWICE", "step": 10**6},
        ],
    )  # fmt: skip
    return cards.result_card(learned, picture("sheet"), picture("curve"))


def picture(name: str) -> Picture:
    return Picture(name=f"{name}.png", data=PNG, alt=EVIL)


CHOICES = cards.Choices(shapes=("square", "portrait"), qualities=("fast", "normal", "fine"), most_pictures=4)


def preset(n: int) -> Preset:
    return Preset(name=f"preset {n}", shape="portrait", count=1, quality="fine", negative=EVIL * 9, prompt=EVIL * 9)


def favourite(n: int) -> cards.Favourite:
    return cards.Favourite(image=f"{n:016x}", prompt=EVIL * 9, when=1.8e9, picture=picture(f"p{n}") if n else None)


def candidate(n: int) -> cards.Candidate:
    return cards.Candidate(n=n, owner=EVIL, is_mine=n == 1, kind="animal", class_word=LONG_WORD, version=10**6)


def leave() -> cards.Leave:
    return cards.Leave(
        question=JOB, asker=EVIL, owner=EVIL, word=LONG_WORD, prompt=EVIL * 9, with_people=True, until=1.8e9
    )


WAITING = cards.Waiting(place=999, wait_s=10**6, is_engine_awake=False)
FIFTEEN = tuple(range(2**62, 2**62 + 15))
INTERRUPTED = cards.Running(phase="train", done=7, total=9)
EXTREMES = {
    "report of one page": lambda: cards.photo_report(report(10, rejected=30, consent_text=consent.text())),
    "report in the middle": lambda: cards.photo_report(report(40, page=2, rejected=30, consent_text=consent.text())),
    "report without photos": lambda: cards.photo_report(report(0, rejected=1)),
    "report of an absurd page": lambda: cards.photo_report(report(20, page=999)),
    "discarded": cards.discarded,
    "put aside": lambda: cards.put_aside(KEPT),
    "contact sheet": contact,
    "contact sheet of a person": lambda: contact(is_person=True),
    "comparing": lambda: cards.comparing_card(job=JOB, word=LONG_WORD, place=cards.place_of(WAITING)),
    "drop?": lambda: cards.drop_card(version=JOB, n=10**6, name=LONG_WORD),
    "queued": lambda: cards.queued_card(job=JOB, word=LONG_WORD, owner=1, waiting=WAITING, has_preview=True),
    "queued again": lambda: cards.queued_card(
        job=JOB, word=LONG_WORD, owner=1, waiting=WAITING, before=INTERRUPTED, preview=PNG
    ),
    "training": training,
    "training a person": lambda: training(is_person=True),
    "result": result,
    "result of a person": lambda: result(is_person=True),
    "failed": lambda: cards.failed_card(
        job=JOB, kind="train", word=EVIL, code="E_METHOD", facts={"method": EVIL, "known": [EVIL] * 9}
    ),
    "failed for a reason nobody wrote down": lambda: cards.failed_card(
        job=JOB, kind="imagine", word=None, code="E_NOPE", facts={}
    ),
    "cancelled": lambda: cards.cancelled_card(job=JOB, kind="imagine", word=None),
    "grid of four": lambda: cards.grid_card(grid(4)),
    "grid of one": lambda: cards.grid_card(grid(1)),
    "grid of none": lambda: cards.grid_card(grid(0)),
    "deleted": cards.deleted_card,
    "hidden": cards.hidden_card, **removals.CARDS,
    "deleted by a moderator": cards.moderated_card,
    "delete theirs?": lambda: cards.delete_theirs_card(JOB, 2**62),
    "reports": lambda: studio.reports_card(
        case(), place=JOB, n=2, total=4000, removed=4000,
        blocked=[studio.Blocked(key=f"{n:016x}", member=2**62, until=n or None) for n in range(80)],
    ),
    "no reports": lambda: studio.reports_card(None, place=JOB, n=1, total=0, blocked=[]),
    "audit": lambda: audit.audit_card(
        [audit.AuditLine(when=1e9, who=2**62, action=what, whom=2**62) for what in ("strike", EVIL * 9) * 5],
        place=JOB, n=2, pages=5000,
    ),
    "audit of large changes": lambda: audit.audit_card(audits.LARGE * 3, place=JOB, n=1, pages=1),
    "setup": lambda: setup_card(
        Arranged(
            key=JOB, setup=Setup(**dict.fromkeys(("trainers", "drawers", "first", "channels"), FIFTEEN)), apart=FIFTEEN,
            accesses=[Access(channel=2**62 + n, lacking=NEEDED) for n in range(500)], is_stale=True,
        )
    ),
    "setup of a new server": lambda: setup_card(
        Arranged(key=JOB, setup=Setup(), apart=[], accesses=[], is_stale=False)
    ),
    "rules of a channel": lambda: place_card(
        2**62, JOB, Place(), Access(channel=2**62, lacking=(*NEEDED, IN_THREADS)), is_open=False, is_stale=True
    ),
    "which word?": lambda: cards.choice_card(JOB, LONG_WORD, [candidate(n) for n in range(1, 6)], more=10**6),
    "leave?": lambda: cards.leave_card(leave(), is_alone=True),
    "leave? in a channel": lambda: cards.leave_card(leave(), is_alone=False),
    "leave, over": lambda: cards.leave_over_card(leave(), "closed", is_alone=True, is_nothing=True),
    "leave, answered": lambda: cards.leave_reply_card(leave(), "yes", is_alone=True, waits=[EVIL] * 8),
    "leave, asked for": lambda: cards.leave_asked_card([leave()] * 8),
    "no audit": lambda: audit.audit_card([], place=JOB, n=1, pages=1),
    "recipe": lambda: cards.recipe_card(recipe()),
    "settings": lambda: cards.settings_card(
        JOB, Preferences(negative=EVIL * 9), [preset(n) for n in range(25)], CHOICES
    ),
    "settings never changed": lambda: cards.settings_card(JOB, Preferences(), [], CHOICES),
    "favourites": lambda: cards.favourites_card(JOB, [favourite(n) for n in range(5)], 2, 3),
    "no favourites": lambda: cards.favourites_card(JOB, [], 1, 1),
    "words": lambda: cards.words_card([word_card(1)] * 200),
    "no words": lambda: cards.words_card([]),
    "word": lambda: cards.word_card(word_card(50), picture("sheet")),
    "word not learned": lambda: cards.word_card(word_card(0), None),
    "delete?": lambda: cards.delete_card(concept=JOB, name=LONG_WORD),
    "queue": lambda: cards.queue_card(
        [cards.QueueLine(kind="train", is_mine=True, word=EVIL, place=n, left_s=9.0) for n in range(500)],
        cards.EngineLine(state="ready", title=EVIL, device=EVIL),
        [cards.Awaited(question=f"{n:016x}", kind="imagine", asked=[(EVIL, EVIL)], until=9e9) for n in range(5)],
    ),
    "empty queue": lambda: cards.queue_card([], cards.EngineLine(state="away")),
    "privacy": lambda: cards.privacy_card(
        intents=["guilds"], permissions=["embed_links"] * 60, kept=MANY_KEPT, compares_faces=True,
        likenesses=[cards.Likeness(concept=f"{n:016x}", name=LONG_WORD, owner=2**62) for n in range(99)],
    ),
    "help": lambda: cards.help_card(methods=[EVIL] * 9, class_words=["cat"] * 400),
    "forget all?": lambda: cards.forget_card(member=JOB, concept=None, word=None),
    "forget word?": lambda: cards.forget_card(member=JOB, concept=JOB, word=LONG_WORD, is_person=True),
    "my data": lambda: cards.mydata_card(
        cards.Kept(member=JOB, words=10**9, images=10**9, photos=10**9, jobs=10**9, parts=20, left_out=10**9,
                   drafts=MANY_KEPT)
    ),
    "receipt": lambda: cards.receipt_card(
        cards.Deleted(receipt=JOB, when=1.8e9, photos=10**9, words=10**9, versions=10**9, checkpoints=10**9,
                      images=10**9, jobs=10**9, consents=10**9, files=10**9, size_bytes=10**15, is_key_destroyed=True)
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", EXTREMES)
def test_a_card_with_extreme_content_stays_within_discords_limits(name: str) -> None:
    card = EXTREMES[name]()

    assert faults_of_card(card) == []


@pytest.mark.parametrize("name", EXTREMES)
def test_no_card_shows_a_strangers_mention_link_or_hidden_character(name: str) -> None:
    card = EXTREMES[name]()

    told = " ".join(part.get("content", "") for part in walk(card.view.to_components()))

    assert "\u202e" not in told
    assert "\x00" not in told
    assert " @everyone" not in told
    assert "](http" not in told


@pytest.mark.parametrize("name", EXTREMES)
def test_every_button_of_every_card_is_dynamic_and_readable(name: str) -> None:
    card = EXTREMES[name]()

    ids = [part["custom_id"] for part in walk(card.view.to_components()) if "custom_id" in part]

    assert all(Press.of(custom_id) is not None for custom_id in ids)
    assert card.view.is_persistent() is False  # it has a timeout, so nothing piles up in discord.py
    assert all(item.is_persistent() for item in card.view.walk_children() if item.is_dispatchable())


def test_a_page_of_the_report_shows_ten_photos_and_removes_by_photo_not_by_number() -> None:
    card = cards.photo_report(report(25, page=2))

    ids = [part["custom_id"] for part in walk(card.view.to_components()) if "custom_id" in part]

    assert [file.filename for file in card.files] == [f"photo-{n}.png" for n in range(11, 21)]
    assert f"t1:remove:{11:016x}" in ids
    assert f"t1:page:{JOB}:1" in ids
    assert f"t1:page:{JOB}:3" in ids


def test_a_persons_card_shows_no_picture_but_offers_to_show_it_privately() -> None:
    for card in (training(is_person=True), result(is_person=True)):
        ids = [part["custom_id"] for part in walk(card.view.to_components()) if "custom_id" in part]

        assert card.files == []
        assert f"t1:show_me:{JOB}" in ids


def test_too_few_photos_cannot_be_trained() -> None:
    card = cards.photo_report(report(2))

    train = next(p for p in walk(card.view.to_components()) if p.get("custom_id") == f"t1:train:{JOB}")

    assert train["disabled"] is True


def test_the_bar_is_full_only_at_the_end() -> None:
    assert bar(0, 10) == "░" * 20
    assert bar(10, 10) == "█" * 20
    assert percent(999, 1000) == 99
    assert percent(3, 0) == 0


def test_a_card_never_shows_less_than_before_an_interruption() -> None:
    caught_up = cards.Running(phase="train", done=80, total=100, reached=75)
    behind = cards.Running(phase="train", done=50, total=100, reached=75)

    assert "75 %" in progress_of(behind)
    assert "Step 75 of 100" in progress_of(behind)
    assert "interrupted after step 75 and goes on from its last checkpoint; it is at step 50 again" in progress_of(
        behind
    )
    assert "80 %" in progress_of(caught_up)
    assert "interrupted" not in progress_of(caught_up)


def test_every_form_stays_within_discords_limits() -> None:
    forms = [
        modals.train_form(JOB, word=None, kind=None),
        modals.train_form(JOB, word="x" * 64, kind="person"),
        modals.add_form(JOB),
        modals.negative_form(Press(verb="set_negative", id=JOB), EVIL),
        modals.prompt_form(Press(verb="edit", id=JOB, n=4), "t" * 99, prompt=EVIL, negative=EVIL),
    ]

    assert [fault for form in forms for fault in faults_of_form(form)] == []


def test_what_an_engine_warned_of_stands_on_the_card() -> None:
    heard = cards.grid_card(grid(1, warnings=[]))
    cut = cards.grid_card(grid(1, warnings=[{"code": "W_PROMPT_CUT", "rest": "at sea"}]))
    told, told_cut = (str([part.get("content") for part in walk(card.view.to_components())]) for card in (heard, cut))

    assert "no effect" not in told
    assert "from “at sea” on it had no effect" in told_cut
