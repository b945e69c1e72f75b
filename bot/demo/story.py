"""What the members of the demo do: each teaches a word and draws with it; then one shares, and the other mixes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot import texts
from bot.demo.timeline import Timeline
from bot.plain import plain
from bot.sandbox.client import Member
from bot.sandbox.views import Message
from storage.errors import TintypeError

TRAINING_S = 900.0  # a slow machine's patience
PICTURE_S = 300.0
SCENES = 4  # asked for with each word
PAIRS = 4  # pictures with both words
FIRST_SEED = 11
METHODS = ("lora", "textual_inversion")
OWNERS = ("ana", "ben")
WORD_WAY, LOWER_WAY, UPPER_WAY, TOGETHER_WAY = "the word", "class word alone", "full description", "both in one picture"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitter:
    """Somebody in the photos, and the word that will stand for them."""

    index: int
    owner: str  #: the member who teaches it
    word: str
    method: str
    kind: str
    class_word: str
    description: str
    photos: Sequence[Path]
    questions: Sequence[Mapping[str, Any]]  #: scene, accessory, words


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """One picture that the bot posted, and what was asked for."""

    file: Path
    way: str
    prompt: str
    alt: str
    scene: str
    accessory: str | None
    shows: Sequence[Mapping[str, Any]]  #: {"sitter": 0, "slot": "solo"}


def sitters_of(told: Sequence[Mapping[str, Any]]) -> list[Sitter]:
    """The subjects of `bench sitters` as the members know them, each of another owner and learned another way."""
    return [
        Sitter(
            index=index,
            owner=OWNERS[index % len(OWNERS)],
            word=f"{OWNERS[index % len(OWNERS)]}-{one['class_word']}",
            method=METHODS[index % len(METHODS)],
            kind=one["kind"],
            class_word=one["class_word"],
            description=one["description"],
            photos=[Path(photo) for photo in one["photos"]],
            questions=one["questions"][:SCENES],
        )
        for index, one in enumerate(told)
    ]


class Story:
    """One member, what they have seen, and where it is kept; `seeds` are shared by all stories."""

    def __init__(self, member: Member, folder: Path, timeline: Timeline, seeds: Iterator[int]) -> None:
        self._member, self._folder, self._timeline, self._seeds = member, folder, timeline, seeds

    # --- teaching ----------------------------------------------------------------------------------------------------

    async def teach(self, sitter: Sitter) -> None:
        """Hand the photos in, read the report, press *Train*."""
        photos: dict[str, Any] = {f"photo{number}": photo for number, photo in enumerate(sitter.photos, 1)}
        with self._timeline.step(f"{len(photos)} photos of <{sitter.word}> handed in and looked at"):
            report = await self._member.command(
                "train",
                word=sitter.word,
                kind=sitter.kind,
                class_word=sitter.class_word,
                method=sitter.method,
                **photos,
            )
            if not isinstance(report, Message) or texts.say("btn-train") not in report.text:
                raise TintypeError("E_DEMO_ANSWER", seen=_seen(report))
            self._keep_text(f"report-{sitter.word}", report)
        with self._timeline.step(f"<{sitter.word}> queued"):
            await self._member.press(report, texts.say("btn-train"))

    async def learned(self, sitter: Sitter) -> None:
        """Watch the live card until the result comes; keep the last card and the result's pictures."""
        watching = asyncio.create_task(self._watch_card(sitter))
        with self._timeline.step(f"<{sitter.word}> learned by {sitter.method.replace('_', ' ')}") as step:
            result = await self._final(texts.say("result-title", word=plain(sitter.word)), sitter.word, TRAINING_S)
            step.note = result.body.splitlines()[1]
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching
        self._keep_text(f"result-{sitter.word}", result)
        for number, picture in enumerate(_once(result), 1):
            await self._keep(picture, f"result-{sitter.word}-{number}")

    async def _watch_card(self, sitter: Sitter) -> None:
        """Keep the newest live card that shows a curve and samples."""
        title, kept = texts.say("training-title", word=plain(sitter.word)), ""
        while True:
            seen = len(self._member.events)
            for message in list(self._member.messages.values()):
                pictures = _once(message) if title in message.text else []
                if pictures and pictures[0].url != kept:
                    kept = pictures[0].url
                    self._keep_text(f"card-{sitter.word}", message)
                    await self._keep(pictures[0], f"card-{sitter.word}")
            await self._member.moved(seen)

    # --- drawing -----------------------------------------------------------------------------------------------------

    async def draw(self, sitter: Sitter) -> list[Made]:
        """The word in new places, and beside it the class word alone and the whole description."""
        ways = {WORD_WAY: f"a <{sitter.word}>", LOWER_WAY: f"a {sitter.class_word}", UPPER_WAY: sitter.description}
        shows = [{"sitter": sitter.index, "slot": "solo"}]
        made: list[Made] = []
        for way, said in ways.items():
            name = said if way == WORD_WAY else f"{said} ({way})"
            with self._timeline.step(f"{len(sitter.questions)} new scenes with {name}"):
                asked = [self._one(way, f"{said}{q['words']}", q, shows) for q in sitter.questions]
                made += await asyncio.gather(*asked)
        return made

    async def draw_together(self, first: Sitter, second: Sitter) -> list[Made]:
        """Both words in one picture, each on its side."""
        question = next(q for q in first.questions if q["accessory"] is None)
        prompt = f"a <{first.word}> on the left and a <{second.word}> on the right{question['words']}"
        shows = [{"sitter": first.index, "slot": "left"}, {"sitter": second.index, "slot": "right"}]
        with self._timeline.step(f"{PAIRS} pictures with both words"):
            asked = [self._one(TOGETHER_WAY, prompt, question, shows) for _ in range(PAIRS)]
            return list(await asyncio.gather(*asked))

    async def draw_grid(self, prompt: str, name: str) -> None:
        """Four pictures in one grid, as a member sees them."""
        with self._timeline.step(f"a grid of four: {prompt}"):
            grid = await self._asked(prompt, next(self._seeds), 4)
            await self._keep(_once(grid)[0], f"grid-{name}")
            self._keep_text(f"grid-{name}", grid)

    async def _one(
        self, way: str, prompt: str, question: Mapping[str, Any], shows: Sequence[Mapping[str, Any]]
    ) -> Made:
        seed = next(self._seeds)
        picture = _once(await self._asked(prompt, seed, 1))[0]
        file = await self._keep(picture, f"pictures/{seed}")
        scene, accessory = question["scene"], question["accessory"]
        return Made(
            file=file, way=way, prompt=prompt, alt=picture.alt_text or "", scene=scene, accessory=accessory, shows=shows
        )

    async def _asked(self, prompt: str, seed: int, count: int) -> Message:
        await self._member.command("imagine", prompt=prompt, count=count, seed=seed)
        return await self._final(plain(prompt, 1000), f"seed {seed}", PICTURE_S)

    # --- sharing -----------------------------------------------------------------------------------------------------

    async def share(self, sitter: Sitter) -> None:
        """Open the word to everybody in this server."""
        with self._timeline.step(f"<{sitter.word}> shared with this server by {sitter.owner}"):
            options: dict[str, Any] = {"word": sitter.word, "with": "server"}
            card = await self._member.command("words share", **options)
            self._keep_text(f"share-{sitter.word}", _message(card, plain(sitter.word)))

    async def unshare(self, sitter: Sitter) -> None:
        """Close it again."""
        with self._timeline.step(f"<{sitter.word}> withdrawn by {sitter.owner}"):
            card = await self._member.command("words unshare", word=sitter.word)
            self._keep_text(f"unshare-{sitter.word}", _message(card, plain(sitter.word)))

    async def find(self, sitter: Sitter) -> None:
        """Find another member's style in the gallery and try it with what the form proposes."""
        with self._timeline.step(f"<{sitter.word}> found and tried by {self._member.name}"):
            gallery = _message(await self._member.command("styles browse"), plain(sitter.word))
            self._keep_text(f"styles-{self._member.name}", gallery)
            form = await self._member.press(gallery, texts.say("btn-try"))
            prompt = texts.say("try-prompt", word=sitter.word)
            await self._member.submit(form, {"prompt": prompt})
            grid = await self._final(plain(prompt), sitter.word, PICTURE_S)
            await self._keep(_once(grid)[0], f"grid-{self._member.name}-tries")

    async def refused(self, sitter: Sitter) -> None:
        """Try the withdrawn word once more, and keep what is said."""
        with self._timeline.step(f"<{sitter.word}> refused to {self._member.name}") as step:
            answer = await self._member.command("imagine", prompt=f"a <{sitter.word}>")
            told = texts.say("E_NO_SUCH_WORD", word=sitter.word, nearest="none")
            self._keep_text(f"refused-{sitter.word}", _message(answer, told))
            step.note = told

    # --- seeing and keeping ------------------------------------------------------------------------------------------

    async def _final(self, title: str, also: str, patience_s: float) -> Message:
        """The message in the channel that ends a job.

        Raises: TintypeError E_DEMO_ANSWER when it tells of a failure.
        """
        failed = texts.say("failed-title-train", word=plain(also)), texts.say("failed-title-imagine")

        def is_it(message: Message) -> bool:
            is_end = title in message.text and also in message.text and not message.is_ephemeral
            return is_end or any(trouble in message.text for trouble in failed)

        message = await self._member.wait_for(is_it, patience_s)
        if title not in message.text:
            raise TintypeError("E_DEMO_ANSWER", seen=_seen(message))
        return message

    async def _keep(self, picture: Any, name: str) -> Path:
        file = self._folder / f"{name}{Path(picture.name).suffix}"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(await picture.read())
        return file

    def _keep_text(self, name: str, message: Message) -> None:
        (self._folder / f"{name}.txt").write_text(message.text, "utf-8")


def _once(message: Message) -> list[Any]:
    """The files of a message, each once: a gallery shows what is attached."""
    return list({picture.name: picture for picture in message.files}.values())


def _message(answer: Any, part: str) -> Message:
    """The answer, which must be a message that shows the part.

    Raises: TintypeError E_DEMO_ANSWER when it is something else.
    """
    if not isinstance(answer, Message) or part not in answer.text:
        raise TintypeError("E_DEMO_ANSWER", seen=_seen(answer))
    return answer


def _seen(answer: Any) -> str:
    return str(getattr(answer, "text", answer))[:500]
