"""REST routes of the application: itself, its commands, its servers, people."""

from __future__ import annotations

from typing import Any

from bot.sandbox import payloads
from bot.sandbox.checks.commands import check_commands
from bot.sandbox.gateway import gateway_url
from bot.sandbox.refusals import (
    MISSING_ACCESS,
    UNKNOWN_COMMAND,
    UNKNOWN_GUILD,
    UNKNOWN_MEMBER,
    UNKNOWN_USER,
    Json,
    Refused,
)
from bot.sandbox.requests import Call
from bot.sandbox.rest import route
from bot.sandbox.sandbox import GUILDS, Sandbox
from bot.sandbox.state import THREADS, Guild, Person

Place = dict[str, str]
COMMANDS = "/applications/{application}/commands"
GUILD_COMMANDS = "/applications/{application}/guilds/{guild}/commands"


@route("GET", "/gateway")
def gateway(sandbox: Sandbox, call: Call, place: Place) -> Any:
    """Where the gateway is."""
    return {"url": gateway_url(sandbox)}


@route("GET", "/gateway/bot")
def gateway_bot(sandbox: Sandbox, call: Call, place: Place) -> Any:
    """Where the gateway is, and how often one may identify."""
    left = 1000 - sandbox.sessions.identifies
    limit = {"total": 1000, "remaining": left, "reset_after": 86400000, "max_concurrency": 1}
    return {"url": gateway_url(sandbox), "shards": 1, "session_start_limit": limit}


@route("GET", "/users/@me")
def me(sandbox: Sandbox, call: Call, place: Place) -> Any:
    """The bot."""
    return payloads.user(sandbox.bot) | {"verified": True, "mfa_enabled": False, "email": None, "locale": "en-US"}


@route("GET", "/users/@me/guilds")
def my_guilds(sandbox: Sandbox, call: Call, place: Place) -> Any:
    """The bot's servers."""
    return [
        {
            "id": str(one.id),
            "name": one.name,
            "icon": None,
            "owner": False,
            "permissions": str(one.permissions),
            "features": [],
        }
        for one in sandbox.guilds.values()
        if one.has_bot
    ]


@route("GET", "/oauth2/applications/@me")
@route("GET", "/applications/@me")
def application(sandbox: Sandbox, call: Call, place: Place) -> Any:
    """The application."""
    return {
        "id": str(sandbox.bot.id),
        "name": sandbox.bot.name,
        "icon": None,
        "description": "",
        "bot_public": True,
        "bot_require_code_grant": False,
        "verify_key": "0" * 64,
        "owner": payloads.user(sandbox.bot) | {"id": str(sandbox.bot.id + 1), "username": "operator", "bot": False},
        "team": None,
        "flags": 0,
        "summary": "",
    }


def _mine(sandbox: Sandbox, place: Place) -> int | None:
    """The server a command route speaks of; None for all."""
    if place["application"] != str(sandbox.bot.id):
        raise Refused(MISSING_ACCESS)
    return guild_at(sandbox, place).id if "guild" in place else None


def _finished(sandbox: Sandbox, definition: Json, guild: int | None) -> Json:
    """A definition as Discord gives it back."""
    filled = {"type": 1, "description": "", "nsfw": False, "default_member_permissions": None, "options": []}
    told = filled | definition | {"id": str(sandbox.new_id()), "application_id": str(sandbox.bot.id)}
    told["version"] = told["id"]
    return told | ({"guild_id": str(guild)} if guild else {"contexts": definition.get("contexts")})


@route("PUT", COMMANDS)
@route("PUT", GUILD_COMMANDS)
def overwrite_commands(sandbox: Sandbox, call: Call, place: Place) -> Any:
    """Replace all commands."""
    where = _mine(sandbox, place)
    definitions = call.body or []
    check_commands(definitions)
    sandbox.syncs += 1
    known = {(one["type"], one["name"]): one["id"] for one in sandbox.commands.get(where, [])}
    done = [_finished(sandbox, one, where) for one in definitions]
    for one in done:
        one["id"] = known.get((one["type"], one["name"]), one["id"])
    sandbox.commands[where] = done
    return done


@route("GET", COMMANDS)
@route("GET", GUILD_COMMANDS)
def get_commands(sandbox: Sandbox, call: Call, place: Place) -> Any:
    """All commands."""
    return sandbox.commands.get(_mine(sandbox, place), [])


@route("POST", COMMANDS)
@route("POST", GUILD_COMMANDS)
def add_command(sandbox: Sandbox, call: Call, place: Place) -> Any:
    """One more command, or a new form of one."""
    where = _mine(sandbox, place)
    others = [one for one in sandbox.commands.get(where, []) if one["name"] != call.form.get("name")]
    check_commands([*others, call.form])
    done = _finished(sandbox, call.form, where)
    sandbox.commands[where] = [*others, done]
    return done


@route("DELETE", COMMANDS + "/{command}")
@route("DELETE", GUILD_COMMANDS + "/{command}")
def drop_command(sandbox: Sandbox, call: Call, place: Place) -> Any:
    """One command less."""
    where = _mine(sandbox, place)
    left = [one for one in sandbox.commands.get(where, []) if one["id"] != place["command"]]
    if len(left) == len(sandbox.commands.get(where, [])):
        raise Refused(UNKNOWN_COMMAND)
    sandbox.commands[where] = left


def guild_at(sandbox: Sandbox, place: Place) -> Guild:
    """Raises: Refused(10004)."""
    guild = sandbox.guilds.get(int(place["guild"])) if place["guild"].isdigit() else None
    if guild is None or not guild.has_bot:
        raise Refused(UNKNOWN_GUILD)
    return guild


@route("GET", "/guilds/{guild}")
def get_guild(sandbox: Sandbox, call: Call, place: Place) -> Any:
    """A server."""
    return payloads.guild(sandbox, guild_at(sandbox, place))


@route("GET", "/guilds/{guild}/channels")
def get_channels(sandbox: Sandbox, call: Call, place: Place) -> Any:
    """A server's channels."""
    guild = guild_at(sandbox, place)
    rooms = [one for one in sandbox.channels.values() if one.guild_id == guild.id and one.kind not in THREADS]
    return [payloads.channel(sandbox, one) for one in rooms]


@route("GET", "/guilds/{guild}/roles")
def get_roles(sandbox: Sandbox, call: Call, place: Place) -> Any:
    """A server's roles."""
    return payloads.guild(sandbox, guild_at(sandbox, place))["roles"]


@route("GET", "/guilds/{guild}/members/{person}")
def get_member(sandbox: Sandbox, call: Call, place: Place) -> Any:
    """One member of a server."""
    guild, person = guild_at(sandbox, place), _person(sandbox, place["person"])
    if person.id not in guild.members and person.id != sandbox.bot.id:
        raise Refused(UNKNOWN_MEMBER)
    return payloads.member(person)


def _person(sandbox: Sandbox, number: str) -> Person:
    person = sandbox.people.get(int(number)) if number.isdigit() else sandbox.bot if number == "@me" else None
    if person is None:
        raise Refused(UNKNOWN_USER)
    return person


@route("GET", "/users/{person}")
def get_user(sandbox: Sandbox, call: Call, place: Place) -> Any:
    """A person."""
    return payloads.user(_person(sandbox, place["person"]))


@route("POST", "/users/@me/channels")
def open_dm(sandbox: Sandbox, call: Call, place: Place) -> Any:
    """The direct messages with a person."""
    return payloads.channel(sandbox, sandbox.dm_with(_person(sandbox, str(call.form.get("recipient_id", "")))))


@route("DELETE", "/users/@me/guilds/{guild}")
def leave(sandbox: Sandbox, call: Call, place: Place) -> Any:
    """Leave a server."""
    guild = guild_at(sandbox, place)
    guild.has_bot = False
    sandbox.sessions.dispatch("GUILD_DELETE", {"id": str(guild.id)}, GUILDS)
