"""Every catalogue is whole and fits into Discord, and a sentence finds the language of who listens."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import pytest
from fluent.syntax import FluentParser
from fluent.syntax import ast as ftl

from bot import modals, texts
from bot.buttons import Press
from bot.errors import sentence_of
from bot.store import Store
from storage.errors import TintypeError
from tests.bot.english import TEXTS, fragments, literals, read_in
from tests.bot.limits import COLOUR, faults_of_card, faults_of_form, walk
from tests.bot.test_cards import EXTREMES, JOB
from tests.bot.test_texts import variables_of

GERMAN_DECISIONS = {
    "audit-report": "hat etwas von @ana gemeldet",
    "audit-hide": "hat durch eine Meldung etwas von @ana verborgen",
    "audit-keep": "hat Gemeldetes von @ana behalten",
    "audit-remove": "hat Gemeldetes von @ana entfernt",
    "audit-strike": "hat Gemeldetes von @ana mit einer Verwarnung entfernt",
    "audit-readmit": "hat Entferntes von @ana wieder zugelassen",
}
OTHERS = [name for name in texts.languages() if name != texts.FALLBACK]
#: what each kind of text may have at most; forms cut their titles, which still must fit with a word of usual length
LIMITS = {"btn": 80, "cmd": 100, "menu": 150, "modal": 45, "state": 80}
WORD, USUAL_WORD = "a" * 32, "a" * 16
NAMED_IN = re.compile(r"\*([^*`]+)\*")
COMMAND = re.compile(r"(?<![\w<])/([a-z]+)")


@cache
def catalogue(language: str) -> dict[str, ftl.Message]:
    body = FluentParser().parse((TEXTS / f"{language}.ftl").read_text("utf-8")).body
    assert [entry.content for entry in body if isinstance(entry, ftl.Junk)] == []
    found = [entry for entry in body if isinstance(entry, ftl.Message)]
    assert len({entry.id.name for entry in found}) == len(found), "an id stands twice"
    return {entry.id.name: entry for entry in found}


def words_of(language: str, key: str) -> str:
    return " ".join(literals(catalogue(language)[key]))


@pytest.mark.parametrize("language", OTHERS)
def test_a_catalogue_has_every_text_and_no_other(language: str) -> None:
    here, english = catalogue(language), catalogue(texts.FALLBACK)

    assert {"lacks": english.keys() - here.keys(), "needs no more": here.keys() - english.keys()} == {
        "lacks": set(), "needs no more": set(),
    }  # fmt: skip


@pytest.mark.parametrize("language", OTHERS)
def test_a_text_is_told_with_the_same_facts_in_every_language(language: str) -> None:
    here, english = catalogue(language), catalogue(texts.FALLBACK)
    differing = {key for key in here.keys() & english.keys() if variables_of(here[key]) != variables_of(english[key])}

    assert differing == set()


@pytest.mark.parametrize("language", OTHERS)
def test_a_text_renders_in_every_language(language: str, caplog: pytest.LogCaptureFixture) -> None:
    with texts.speaking(language):
        told = {key: texts.say(key, **dict.fromkeys(variables_of(one), 3)) for key, one in catalogue(language).items()}

    assert [key for key, text in told.items() if not text.strip() or "{" in text] == []
    assert caplog.records == []


@pytest.mark.parametrize("language", OTHERS)
def test_an_error_is_one_finished_sentence_in_every_language(language: str) -> None:
    codes = {key: one for key, one in catalogue(language).items() if key.startswith("E_")}
    with texts.speaking(language):
        told = {
            code: sentence_of(TintypeError(code, **dict.fromkeys(variables_of(one), "fact")))
            for code, one in codes.items()
        }

    assert [code for code, text in told.items() if text[-1] not in ".?!)”“»`" or len(text) > 800] == []


@pytest.mark.parametrize("language", OTHERS)
def test_the_same_commands_are_named_in_every_language(language: str) -> None:
    differing = {
        key: (words_of(texts.FALLBACK, key), words_of(language, key))
        for key in catalogue(language).keys() & catalogue(texts.FALLBACK).keys()
        if set(COMMAND.findall(words_of(texts.FALLBACK, key))) != set(COMMAND.findall(words_of(language, key)))
    }

    assert differing == {}


@pytest.mark.parametrize("language", OTHERS)
def test_a_button_that_a_text_names_is_called_so_on_the_button(language: str) -> None:
    plain = [key for key, one in catalogue(texts.FALLBACK).items() if key.startswith("btn-") and not variables_of(one)]
    labels = {key: texts.say(key, locale=texts.FALLBACK) for key in plain}
    wrong = {}
    for key in catalogue(language).keys() & catalogue(texts.FALLBACK).keys():
        here = NAMED_IN.findall(words_of(language, key))
        for name in NAMED_IN.findall(words_of(texts.FALLBACK, key)):
            expected = {texts.say(one, locale=language) for one, label in labels.items() if label == name}
            if expected and not expected & set(here):
                wrong[key] = (name, here)

    assert wrong == {}


@pytest.mark.parametrize("language", texts.languages())
def test_a_text_fits_where_discord_shows_it(language: str) -> None:
    limits = {key: LIMITS.get(key.partition("-")[0], 4000) for key in catalogue(language)}
    limits |= {key: 100 for key in limits if key.startswith("modal-") and key.endswith("-help")}
    told = {
        key: texts.say(key, locale=language, **dict.fromkeys(variables_of(one), 99) | {"word": _word(key)})
        for key, one in catalogue(language).items()
    }

    assert {key: len(text) for key, text in told.items() if len(text) > limits[key]} == {}


def _word(key: str) -> str:
    return USUAL_WORD if key.startswith("modal-") else WORD


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("name", EXTREMES)
def test_a_card_stays_within_discords_limits_in_every_language(name: str, language: str) -> None:
    with texts.speaking(language):
        card = EXTREMES[name]()

    assert faults_of_card(card) == []


@pytest.mark.parametrize("language", OTHERS)
def test_a_form_stays_within_discords_limits_in_every_language(language: str) -> None:
    with texts.speaking(language):
        forms = [
            modals.train_form(JOB, word=None, kind=None),
            modals.add_form(JOB),
            modals.word_form(JOB, word=WORD, kind="animal", class_word=None),
            modals.negative_form(Press(verb="set_negative", id=JOB), ""),
            modals.prompt_form(Press(verb="edit", id=JOB), texts.say("modal-edit"), prompt="", negative=""),
            modals.reason_form(Press(verb="report", id=JOB), texts.say("modal-report-pictures")),
        ]

    assert [fault for form in forms for fault in faults_of_form(form)] == []


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("name", EXTREMES)
def test_no_card_holds_an_english_sentence_in_another_language(name: str, language: str) -> None:
    with texts.speaking(language):
        card = EXTREMES[name]()
    read = list(read_in(card.view.to_components()))

    assert [part for part in fragments("en") - fragments(language) if any(part in text for text in read)] == []


# --- nothing by colour alone ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", texts.languages())
@pytest.mark.parametrize("name", EXTREMES)
def test_what_a_colour_says_is_said_in_words_too(name: str, language: str) -> None:
    with texts.speaking(language):
        parts = list(walk(EXTREMES[name]().view.to_components()))
    looks = {(part["label"], part["style"]) for part in parts if "custom_id" in part and "label" in part}

    assert [part for part in parts if part.get(COLOUR)] == []
    assert [label for label, _ in looks if not re.search(r"[\w?]", label)] == []
    assert len({label for label, _ in looks}) == len(looks), "two buttons that only their colour tells apart"


# --- another language is one file -----------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Other catalogues than ours."""
    monkeypatch.setattr(texts, "files", lambda _: tmp_path)
    (tmp_path / "en.ftl").write_text("yes = Yes\nno = No\n", "utf-8")
    for known in (texts.languages, texts.bundle):
        known.cache_clear()
    yield tmp_path
    for known in (texts.languages, texts.bundle):
        known.cache_clear()


def test_a_file_beside_the_others_is_a_language_and_english_stands_in_for_what_it_lacks(folder: Path) -> None:
    (folder / "pt-BR.ftl").write_text("yes = Sim\n", "utf-8")
    (folder / "fr.ftl").write_text("yes = Oui\n", "utf-8")

    with texts.speaking("pt-BR"):
        brazilian = [texts.say("yes"), texts.say("no")]
    with texts.speaking("fr"):
        french = texts.say("yes")

    assert (brazilian, french) == (["Sim", "No"], "Oui")
    assert [texts.language_of(one) for one in ("pt-BR", "pt-PT", "fr")] == ["pt-BR", "en", "fr"]


# --- who listens ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("locale", "language"), [("de", "de"), ("en-GB", "en"), ("fr", "en"), ("de-AT", "de"), ("", "en"), ("../en", "en")]
)
def test_a_locale_of_discords_finds_its_catalogue(locale: str, language: str) -> None:
    assert texts.language_of(locale) == language


def test_a_block_speaks_its_language_and_what_follows_the_one_before() -> None:
    with texts.speaking("de"):
        inside = texts.say("yes")
        with texts.speaking("en-US"):
            innermost = texts.say("yes")
        again = texts.say("yes")

    assert (inside, innermost, again, texts.say("yes")) == ("Ja", "Yes", "Ja", "Yes")


def test_lists_times_and_numbers_are_said_as_the_language_says_them() -> None:
    with texts.speaking("de"):
        assert texts.listed(["a"]) == "a"
        assert texts.listed(["a", "b", "c"]) == "a, b und c"
        assert [texts.span(s) for s in (3, 59, 240, 7200)] == [
            "etwa 5 Sekunden", "etwa eine Minute", "etwa 4 Minuten", "etwa 2 Stunden",
        ]  # fmt: skip
        assert texts.size(2_400_000) == "2,4 MB"
        assert "12.000" in texts.say("E_TOO_MANY_PIXELS", photo="x", width=12000, height=1)
        assert "0,500" in texts.say("training-step", done=1, total=2, loss=0.5)


@pytest.mark.asyncio
async def test_two_tasks_speak_two_languages_at_once() -> None:
    async def answer(locale: str) -> list[str]:
        texts.speak(locale)
        said = [texts.say("yes")]
        await asyncio.sleep(0)
        return [*said, texts.say("no")]

    told = await asyncio.gather(asyncio.create_task(answer("de")), asyncio.create_task(answer("en-US")))

    assert told == [["Ja", "Nein"], ["Yes", "No"]]
    assert texts.language() == "en"


@pytest.mark.asyncio
async def test_work_on_the_stores_thread_speaks_the_language_of_who_asked_for_it() -> None:
    with ThreadPoolExecutor(1) as thread:
        store = Store(thread, rooms=None)  # type: ignore[arg-type]  # none is needed to speak

        async def ask(locale: str) -> str:
            texts.speak(locale)
            return await store.run(lambda _: texts.say("yes"))

        told = await asyncio.gather(*(asyncio.create_task(ask(locale)) for locale in ("de", "en-US", "de")))

    assert told == ["Ja", "Yes", "Ja"]


@pytest.mark.parametrize(("key", "said"), GERMAN_DECISIONS.items())
def test_a_german_decision_names_whom_it_met_before_its_verb(key: str, said: str) -> None:
    assert texts.say(key, locale="de", whom="@ana") == said
    assert texts.say(key, locale="de", whom="none") == said.replace(" von @ana", "")
