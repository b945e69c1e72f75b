"""A member's words for a command, checked and typed as Discord's app does before it sends anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.sandbox import cdn, payloads
from bot.sandbox.state import DM, Channel, Json, Person

if TYPE_CHECKING:
    from bot.sandbox.sandbox import Sandbox

SUBCOMMAND, GROUP, TEXT, INTEGER, BOOLEAN, USER, CHANNEL, ROLE, MENTIONABLE, NUMBER, ATTACHMENT = range(1, 12)


class NotPossible(Exception):
    """The member's app would not let them do this."""


def usable_commands(sandbox: Sandbox, person: Person, channel: Channel) -> list[Json]:
    """The commands a member sees in a channel."""
    own = sandbox.commands.get(channel.guild_id, []) if channel.guild_id else []
    every = [*own, *sandbox.commands.get(None, [])]
    return [one for one in every if _is_usable(one, sandbox, person, channel)]


def _is_usable(definition: Json, sandbox: Sandbox, person: Person, channel: Channel) -> bool:
    contexts = definition.get("contexts")
    if contexts is not None and (1 if channel.kind == DM else 0) not in contexts:
        return False
    if channel.guild_id is not None and not sandbox.guilds[channel.guild_id].has_bot:
        return False
    if definition.get("nsfw") and not (person.is_adult and channel.is_nsfw):
        return False
    needs = int(definition.get("default_member_permissions") or 0)
    return channel.kind == DM or payloads.permissions_of(person) & needs == needs


def find_command(definitions: list[Json], names: list[str]) -> tuple[Json, list[Json]]:
    """A command, and the group and subcommand below it that the names lead to.

    Raises: NotPossible.
    """
    found = next((one for one in definitions if one["name"] == names[0] and one["type"] == 1), None)
    if found is None:
        raise NotPossible(f"no command /{names[0]}; there are {', '.join(sorted(one['name'] for one in definitions))}")
    place, path = found, []
    for name in names[1:]:
        parts = [part for part in place.get("options") or [] if part["type"] in {SUBCOMMAND, GROUP}]
        inner = next((part for part in parts if part["name"] == name), None)
        if inner is None:
            raise NotPossible(f"/{names[0]} has no {name}")
        path.append(inner)
        place = inner
    if any(part["type"] in {SUBCOMMAND, GROUP} for part in place.get("options") or []):
        raise NotPossible(f"/{' '.join(names)} needs one of {', '.join(part['name'] for part in place['options'])}")
    return found, path


class Resolver:
    """Types option values and collects what they stand for."""

    def __init__(self, sandbox: Sandbox, channel: Channel) -> None:
        self._sandbox, self._channel = sandbox, channel
        self.resolved: Json = {}

    def options(self, definitions: list[Json], given: Json, focused: str | None) -> list[Json]:
        """The options to send.

        Raises: NotPossible for unknown, missing or impossible ones.
        """
        names = [one["name"] for one in definitions]
        unknown = sorted(set(given) - set(names))
        if unknown:
            raise NotPossible(f"no option {', '.join(unknown)}; there are {', '.join(names)}")
        missing = [one["name"] for one in definitions if one.get("required") and one["name"] not in given]
        if missing and focused is None:
            raise NotPossible(f"needed: {', '.join(missing)}")
        told = []
        for one in definitions:
            if one["name"] == focused:
                if not one.get("autocomplete"):
                    raise NotPossible(f"{focused} has no completion")
                value: Any = str(given.get(one["name"], ""))
                told.append({"name": focused, "type": one["type"], "value": value, "focused": True})
            elif one["name"] in given:
                told.append({"name": one["name"], "type": one["type"], "value": self.value(one, given[one["name"]])})
        return told

    def value(self, option: Json, raw: Any) -> Any:
        """One value of the option's type.

        Raises: NotPossible.
        """
        kind = option["type"]
        if kind in {USER, CHANNEL, ROLE, MENTIONABLE, ATTACHMENT}:
            return self._resolve(kind, str(raw))
        if option.get("choices"):
            return self._choice(option, raw)
        if kind == BOOLEAN:
            if str(raw).lower() not in {"true", "false"}:
                raise NotPossible(f"{option['name']} is true or false")
            return str(raw).lower() == "true"
        return self._text(option, str(raw)) if kind == TEXT else self._number(option, raw)

    def _choice(self, option: Json, raw: Any) -> Any:
        for choice in option["choices"]:
            if str(raw) in {str(choice["value"]), choice["name"]}:
                return choice["value"]
        raise NotPossible(f"{option['name']} is one of {', '.join(one['name'] for one in option['choices'])}")

    def _text(self, option: Json, text: str) -> str:
        if not (option.get("min_length") or 0) <= len(text) <= (option.get("max_length") or 6000):
            raise NotPossible(f"{option['name']} has the wrong length")
        return text

    def _number(self, option: Json, raw: Any) -> int | float:
        try:
            number = int(raw) if option["type"] == INTEGER else float(raw)
        except (TypeError, ValueError) as error:
            raise NotPossible(f"{option['name']} is a number") from error
        low, high = option.get("min_value"), option.get("max_value")
        if (low is not None and number < low) or (high is not None and number > high):
            raise NotPossible(f"{option['name']} is from {low} to {high}")
        return number

    def _keep(self, kind: str, number: int, told: Json) -> str:
        self.resolved.setdefault(kind, {})[str(number)] = told
        return str(number)

    def _resolve(self, kind: int, raw: str) -> str:
        name = raw.strip("<@#&!>")
        if kind == ATTACHMENT:
            file = self._sandbox.uploads.get(int(name)) if name.isdigit() else None
            if file is None:
                raise NotPossible(f"no upload {raw}")
            url = self._sandbox.signer.url(self._sandbox.root, file, self._sandbox.clock.now())
            return self._keep("attachments", file.id, cdn.attachment(file, url))
        if kind == CHANNEL:
            for channel in self._sandbox.channels.values():
                if name in {channel.name, str(channel.id)} and channel.guild_id == self._channel.guild_id:
                    told = payloads.channel(self._sandbox, channel) | {"permissions": "0"}
                    return self._keep("channels", channel.id, told)
            raise NotPossible(f"no channel {raw}")
        person = self._sandbox.person(name) if kind in {USER, MENTIONABLE} else None
        return self._keep_person(person) if person is not None else self._keep_role(raw, name)

    def _keep_person(self, person: Person) -> str:
        guild = self._sandbox.guilds.get(self._channel.guild_id or 0)
        if guild is not None and person.id in guild.members:
            told = payloads.member(person, in_interaction=True)
            self._keep("members", person.id, {key: told[key] for key in told if key not in {"user", "deaf", "mute"}})
        return self._keep("users", person.id, payloads.user(person))

    def _keep_role(self, raw: str, name: str) -> str:
        guild = self._sandbox.guilds.get(self._channel.guild_id or 0)
        for role in payloads.guild(self._sandbox, guild)["roles"] if guild is not None else []:
            if {name, raw} & {role["name"], role["id"]}:
                return self._keep("roles", int(role["id"]), role)
        raise NotPossible(f"nobody and no role is called {raw}")
