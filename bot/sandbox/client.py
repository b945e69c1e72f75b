"""The scripting API: a member of the stand-in's server, in Python."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, Self

import aiohttp

from bot.sandbox.state import Json
from bot.sandbox.views import Answer, Button, Message, Modal, Offer, Picture, choices_of

__all__ = ["Answer", "Button", "DidNotRespond", "Member", "Message", "Modal", "NotAllowed", "Picture"]

PATIENCE_S = 60.0  # for a deferred answer
AGAIN_S = 0.5  # between two tries to reach the stand-in again
Upload = str | Path | tuple[str, bytes]  #: a path, or a name and its bytes


class NotAllowed(Exception):
    """Discord's app would not let the member do this."""


class DidNotRespond(Exception):
    """The bot did not answer within three seconds."""


class Member:
    """One member: what they do, and what they see.

    `messages` holds the newest state of every message seen since connecting, by id, in the order of appearance.
    """

    def __init__(self, session: aiohttp.ClientSession, root: str, name: str, channel: str | None) -> None:
        self.name, self.channel = name, channel
        self.messages: dict[str, Message] = {}
        self.events: list[Json] = []
        self._session, self._root = session, root
        self._here = f"{root}/sandbox/members/{name}"
        self._moved = asyncio.Condition()
        self._edits: dict[str, int] = {}  # message id -> number of its newest event
        self._id, self._n = "", 0  # of the member, and of the newest event
        self.about: Json = {}  #: what the stand-in says about this member: is_manager, roles …
        self.lost: Callable[[str], None] | None = None  #: told of a lost connection, which is tried again then

    @classmethod
    @asynccontextmanager
    async def connect(cls, url: str, name: str, *, channel: str | None = None, **about: Any) -> AsyncIterator[Self]:
        """Be this member until the block ends; made when unknown, with `about`: is_manager, locale, roles, guilds …

        `url` is the stand-in's root or its API's.
        """
        root = url.rstrip("/").removesuffix("/api/v10")
        timeout = aiohttp.ClientTimeout(total=300)
        async with aiohttp.ClientSession(timeout=timeout) as session:
            member = cls(session, root, name, channel)
            await member._be(about)
            watching = asyncio.create_task(member._watch())
            try:
                yield member
            finally:
                watching.cancel()
                await asyncio.gather(watching, return_exceptions=True)

    # ---- deeds

    async def command(
        self,
        name: str,
        /,
        *,
        channel: str | None = None,
        patience_s: float = PATIENCE_S,
        also: Mapping[str, Any] | None = None,
        **options: Any,
    ) -> Answer:
        """Use a slash command ("words mine" for a subcommand) and wait for its answer.

        An option may be a Path, or (name, bytes), for an attachment; None leaves it out. `also` holds those that are
        called like a parameter here.
        Raises: NotAllowed, DidNotRespond, TimeoutError when a deferred answer does not come.
        """
        every = {**options, **(also or {})}
        given = {key: await self._option(value) for key, value in every.items() if value is not None}
        body = {"name": name, "channel": channel or self.channel, "options": given}
        return await self._do("command", body, patience_s)

    async def complete(
        self,
        name: str,
        /,
        *,
        channel: str | None = None,
        focused: str | None = None,
        also: Mapping[str, Any] | None = None,
        **options: Any,
    ) -> list[tuple[str, Any]]:
        """The completions, (name, value), of the option `focused`, or else of the last one given.

        `also` holds options that are called like a parameter here.

        Raises: NotAllowed, DidNotRespond.
        """
        every = {**options, **(also or {})}
        focused = focused or list(every)[-1]
        body = {"name": name, "channel": channel or self.channel, "options": every, "focused": focused}
        return choices_of(await self._outcome("complete", body))

    async def press(
        self,
        message: Message | str,
        label: str | None = None,
        *,
        custom_id: str | None = None,
        values: Sequence[str] = (),
        patience_s: float = PATIENCE_S,
    ) -> Answer:
        """Press a button, or choose `values` in a select, and wait for what follows: an edit, a message, a form.

        Raises: NotAllowed, DidNotRespond, TimeoutError.
        """
        number = message if isinstance(message, str) else message.id
        body = {"message": number, "label": label, "custom_id": custom_id, "values": list(values)}
        return await self._do("press", body, patience_s)

    async def offers(self, message: Message, custom_id: str | None) -> list[Offer]:
        """What a menu offers, and what of it is chosen.

        Raises: NotAllowed.
        """
        body = {"message": message.id, "custom_id": custom_id}
        raw = await self._json(self._session.post(f"{self._here}/offers", json=body))
        return [Offer(one["label"], one["value"], one["is_chosen"]) for one in raw]

    async def submit(
        self,
        modal: Answer,
        values: Mapping[str, Any],
        files: Mapping[str, Sequence[Upload]] | None = None,
        *,
        patience_s: float = PATIENCE_S,
    ) -> Answer:
        """Fill a form, fields named by custom_id or label, and wait for the answer.

        Raises: NotAllowed, DidNotRespond, TimeoutError.
        """
        if not isinstance(modal, Modal):
            raise NotAllowed("this is no form")
        handed = {name: [await self.upload(one) for one in some] for name, some in (files or {}).items()}
        body = {"interaction": modal.interaction, "values": dict(values), "files": handed}
        return await self._do("submit", body, patience_s)

    async def upload(self, file: Upload) -> str:
        """Hand a file over; the id by which a command or form names it."""
        name, data = (
            file if isinstance(file, tuple) else (Path(file).name, await asyncio.to_thread(Path(file).read_bytes))
        )
        told = await self._json(
            self._session.post(f"{self._here}/uploads", params={"name": name}, data=io.BytesIO(data))
        )
        return str(told["id"])

    async def dismiss(self, message: Message) -> None:
        """Take an ephemeral message away."""
        await self._json(self._session.delete(f"{self._here}/messages/{message.id}"))

    async def change(self, **about: Any) -> None:
        """Be changed as an admin changes a member: is_manager, roles, without_roles, dms_open, locale …"""
        await self._be(about)

    # ---- looking

    async def channels(self) -> list[str]:
        """The names of the channels that this member sees; `dm` is the one with the bot."""
        raw = await self._json(self._session.get(f"{self._here}/channels"))
        return [*dict.fromkeys(str(one["name"]) for one in raw if one.get("guild_id")), "dm"]

    def is_mine(self, message: Message) -> bool:
        """Whether a message answers this member, or names them as whoever it is for."""
        return message.is_ephemeral or f"<@{self._id}>" in message.text or message.asker == self._id

    async def read(self, channel: str | None = None) -> list[Message]:
        """The messages of a channel that this member sees, oldest first."""
        where = channel or self.channel or "general"
        raw = await self._json(self._session.get(f"{self._here}/channels/{where}/messages"))
        return [Message(one, self.fetch) for one in raw]

    async def commands(self, channel: str | None = None) -> list[Json]:
        """The definitions of the commands this member sees."""
        where = channel or self.channel
        told = await self._json(self._session.get(f"{self._here}/commands", params={"channel": where} if where else {}))
        return list(told)

    async def wait_for(self, is_it: Callable[[Message], bool], timeout: float = PATIENCE_S) -> Message:  # noqa: ASYNC109  told with what was last seen
        """The newest message that fits, now or as soon as there is one.

        Raises: TimeoutError, naming what was last seen.
        """

        def found() -> Message | None:
            return next((one for one in reversed(self.messages.values()) if is_it(one)), None)

        return await self._until(found, timeout, "no message that fits")

    async def fetch(self, url: str) -> bytes:
        """Download a file.

        Raises: aiohttp.ClientResponseError, with status 404 for an expired URL.
        """
        async with self._session.get(url, raise_for_status=True) as answer:
            return await answer.read()

    def newest(self, message: Message | str) -> Message:
        """The newest state of a message seen."""
        return self.messages[message if isinstance(message, str) else message.id]

    async def moved(self, seen: int) -> None:
        """Wait until there are more than `seen` events."""
        async with self._moved:
            await self._moved.wait_for(lambda: len(self.events) > seen)

    async def changes_within(self, seconds: float) -> bool:
        """Whether anything is seen to happen in the next seconds; returns as soon as it does."""
        try:
            await asyncio.wait_for(self.moved(len(self.events)), seconds)
        except TimeoutError:
            return False
        return True

    # ---- inside

    async def _option(self, value: Any) -> Any:
        return await self.upload(value) if isinstance(value, (Path, tuple)) else value

    async def _json(self, request: Any) -> Any:
        async with request as answer:
            if answer.status >= 400:
                text = await answer.text()
                is_told = answer.content_type == "application/json"
                raise NotAllowed((await answer.json())["error"] if is_told else text)
            return await answer.json()

    async def _outcome(self, deed: str, body: Json) -> Json:
        told: Json = await self._json(self._session.post(f"{self._here}/{deed}", json=body))
        if told["outcome"] == "failed":
            raise DidNotRespond(told["text"])
        return told

    async def _do(self, deed: str, body: Json, patience_s: float) -> Answer:
        told = await self._outcome(deed, body)
        if told["outcome"] == "modal":
            return Modal(told["interaction"], told["modal"])
        number, event = told["message"]["id"], told["n"]
        if told["outcome"] == "deferred":
            return await self._until(lambda: self._loaded(number), patience_s, "the deferred answer did not come")
        if told["outcome"] == "deferred-update":
            return await self._until(
                lambda: self._followed(number, told["interaction"], event), patience_s, "nothing followed the press"
            )
        self.messages.setdefault(number, Message(told["message"], self.fetch))
        return Message(told["message"], self.fetch)

    def _loaded(self, number: str) -> Message | None:
        message = self.messages.get(number)
        return None if message is None or message.is_loading else message

    def _followed(self, number: str, interaction: str, event: int) -> Message | None:
        """The pressed message once it was edited after the press, or a follow-up."""
        for message in reversed(self.messages.values()):
            if message.interaction == interaction:
                return message
        return self.messages[number] if self._edits.get(number, 0) > event else None

    async def _until(self, found: Callable[[], Message | None], timeout_s: float, complaint: str) -> Message:
        async def look() -> Message:
            async with self._moved:
                while (message := found()) is None:
                    await self._moved.wait()
                return message

        try:
            return await asyncio.wait_for(look(), timeout_s)
        except TimeoutError as error:
            seen = "\n---\n".join(message.text for message in list(self.messages.values())[-3:])
            raise TimeoutError(f"{complaint} within {timeout_s:g} s; last seen:\n{seen}") from error

    async def _be(self, about: Json) -> None:
        """Be this member, for the first time or again; what happened in between is told by the events after `n`."""
        told, is_first = await self._json(self._session.put(self._here, json=about)), not self._id
        self._id, self.about = str(told["id"]), told
        if is_first:
            self._n = int(told["n"])
        elif told["n"] < self._n:  # another stand-in, which knows nothing of before
            self._n = 0
            self.messages.clear()
            self._edits.clear()

    async def _watch(self) -> None:
        """Take every event; a connection that is lost is tried again for ever, where somebody is told of it."""
        while True:
            with suppress(aiohttp.ClientError):
                await self._listen()
            if self.lost is None:
                return
            self.lost("· connection lost, reconnecting ·")
            await self._reconnect()
            self.lost("· connected again ·")

    async def _reconnect(self) -> None:
        while True:
            await asyncio.sleep(AGAIN_S)
            with suppress(aiohttp.ClientError):
                await self._be({})
                return

    async def _listen(self) -> None:
        here = f"{self._here}/watch"
        async with self._session.ws_connect(here, params={"since": self._n}, max_msg_size=0) as socket:
            async for frame in socket:
                event: Json = frame.json()
                async with self._moved:
                    self._take(event)
                    self._moved.notify_all()

    def _take(self, event: Json) -> None:
        self.events.append(event)
        self._n = int(event["n"])
        if event["type"] in {"message", "edit"}:
            raw = event["message"]
            self._edits[raw["id"]] = event["n"]
            self.messages[raw["id"]] = Message(raw, self.fetch)
        elif event["type"] == "delete":
            self.messages.pop(event["id"], None)
