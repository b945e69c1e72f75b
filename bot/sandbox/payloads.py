"""Discord's objects as JSON, built from the stand-in's state."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.sandbox import cdn
from bot.sandbox.state import (
    DM,
    MANAGE_GUILD,
    MEMBERS_MAY,
    THREADS,
    V2,
    Channel,
    Guild,
    Interaction,
    Json,
    Message,
    Person,
)

if TYPE_CHECKING:
    from bot.sandbox.sandbox import Sandbox


def stamp(seconds: float) -> str:
    """Unix seconds as Discord writes times."""
    return datetime.fromtimestamp(seconds, UTC).isoformat()


def user(person: Person) -> Json:
    """A user object."""
    return {
        "id": str(person.id),
        "username": person.name,
        "global_name": None if person.is_bot else person.name.title(),
        "discriminator": "0",
        "avatar": None,
        "bot": person.is_bot,
        "public_flags": 0,
        "flags": 0,
    }


def permissions_of(person: Person) -> int:
    """What a member may do in channels."""
    return MEMBERS_MAY | (MANAGE_GUILD if person.is_manager else 0)


def member(person: Person, *, in_interaction: bool = False) -> Json:
    """A guild member object; with `permissions` inside interactions."""
    told: Json = {
        "user": user(person),
        "nick": None,
        "avatar": None,
        "banner": None,
        "roles": [str(role) for role in person.roles],
        "joined_at": "2026-01-01T00:00:00+00:00",
        "premium_since": None,
        "communication_disabled_until": None,
        "deaf": False,
        "mute": False,
        "pending": False,
        "flags": 0,
    }
    return told | ({"permissions": str(permissions_of(person))} if in_interaction else {})


def channel(sandbox: Sandbox, one: Channel) -> Json:
    """A channel object."""
    told: Json = {"id": str(one.id), "type": one.kind, "last_message_id": None, "flags": 0}
    if one.kind == DM:
        assert one.recipient is not None
        return told | {"recipients": [user(sandbox.people[one.recipient])]}
    told |= {"guild_id": str(one.guild_id), "name": one.name, "parent_id": one.parent_id and str(one.parent_id)}
    if one.kind in THREADS:
        return told | {
            "owner_id": str(one.owner_id),
            "message_count": 0,
            "member_count": 1,
            "rate_limit_per_user": 0,
            "thread_metadata": {
                "archived": one.is_archived,
                "locked": one.is_locked,
                "auto_archive_duration": 1440,
                "archive_timestamp": stamp(sandbox.clock.now()),
            },
        }
    return told | {
        "nsfw": one.is_nsfw,
        "position": 0,
        "topic": None,
        "permission_overwrites": _overwrites(sandbox, one),
    }


def _overwrites(sandbox: Sandbox, one: Channel) -> list[Json]:
    """What makes the bot's permissions in a channel others than in the server."""
    if one.permissions is None or one.guild_id not in sandbox.guilds:
        return []
    usual = sandbox.guilds[one.guild_id].permissions
    allow, deny = one.permissions & ~usual, usual & ~one.permissions
    return [{"id": str(sandbox.bot.id), "type": 1, "allow": str(allow), "deny": str(deny)}]


def guild(sandbox: Sandbox, one: Guild) -> Json:
    """A guild as GUILD_CREATE tells it."""
    rooms = [room for room in sandbox.channels.values() if room.guild_id == one.id]
    roles = {one.id: "@everyone", **one.roles}
    return {
        "id": str(one.id),
        "name": one.name,
        "owner_id": str(one.owner_id),
        "icon": None,
        "splash": None,
        "description": None,
        "features": [],
        "verification_level": 1,
        "default_message_notifications": 1,
        "explicit_content_filter": 0,
        "mfa_level": 0,
        "nsfw_level": 0,
        "premium_tier": 0,
        "preferred_locale": one.locale,
        "afk_timeout": 300,
        "afk_channel_id": None,
        "system_channel_id": None,
        "system_channel_flags": 0,
        "large": False,
        "member_count": len(one.members) + 1,
        "joined_at": "2026-01-01T00:00:00+00:00",
        "emojis": [],
        "stickers": [],
        "members": [member(sandbox.bot)],
        "roles": [role(one, number, name) for number, name in roles.items()],
        "channels": [channel(sandbox, room) for room in rooms if room.kind not in THREADS],
        "threads": [channel(sandbox, room) for room in rooms if room.kind in THREADS and not room.is_archived],
        "presences": [],
        "voice_states": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
    }


def role(one: Guild, number: int, name: str) -> Json:
    """A role object."""
    everyone = number == one.id
    return {
        "id": str(number),
        "name": name,
        "color": 0,
        "hoist": False,
        "position": 0 if everyone else 1,
        "permissions": str(one.permissions if everyone else 0),
        "managed": False,
        "mentionable": False,
        "flags": 0,
    }


def message(sandbox: Sandbox, one: Message) -> Json:
    """A message object, with fresh file URLs."""
    now, urls = sandbox.clock.now(), {}
    for file in one.files:
        urls[file.name] = cdn.attachment(file, sandbox.signer.url(sandbox.root, file, now))
    told: Json = {
        "id": str(one.id),
        "channel_id": str(one.channel_id),
        "type": 20 if one.interaction is not None and one.interaction["type"] == 2 else 19 if one.reply_to else 0,
        "author": user(sandbox.people[one.author]),
        "content": one.content,
        "timestamp": stamp(one.created),
        "edited_timestamp": None if one.edited is None else stamp(one.edited),
        "tts": False,
        "mention_everyone": False,
        "mentions": [],
        "mention_roles": [],
        "pinned": False,
        "flags": one.flags,
        "embeds": one.embeds,
        "attachments": [] if one.flags & V2 else list(urls.values()),
        "components": [_shown(component, urls) for component in one.components],
    }
    if one.nonce is not None:
        told["nonce"] = one.nonce
    if one.interaction is not None:
        told |= {"interaction_metadata": one.interaction, "application_id": str(sandbox.bot.id)}
        told["webhook_id"] = str(sandbox.bot.id)
    if one.reply_to is not None:
        told["message_reference"] = {"message_id": str(one.reply_to), "channel_id": str(one.channel_id), "type": 0}
    return told


def _shown(component: Json, urls: dict[str, Json]) -> Json:
    """A stored component with the CDN's URLs where it named uploads."""
    told = dict(component)
    for key in ("components", "items"):
        if isinstance(told.get(key), list):
            told[key] = [_shown(inner, urls) for inner in told[key]]
    for key in ("accessory", "component"):
        if isinstance(told.get(key), dict):
            told[key] = _shown(told[key], urls)
    for key in ("media", "file"):
        if isinstance(told.get(key), dict):
            told[key] = _media(told[key], urls)
            if key == "file":
                told |= {"name": told[key].get("filename"), "size": told[key].get("size")}
    return told


def _media(item: Json, urls: dict[str, Json]) -> Json:
    url = str(item.get("url", ""))
    found = urls.get(url.removeprefix("attachment://"))
    if found is None or not url.startswith("attachment://"):
        return item
    media = {key: found.get(key) for key in ("url", "proxy_url", "width", "height", "content_type", "filename", "size")}
    return media | {"attachment_id": found["id"], "loading_state": 2, "flags": 0}


def interaction(sandbox: Sandbox, one: Interaction) -> Json:
    """INTERACTION_CREATE."""
    person, room = sandbox.people[one.member], sandbox.channels[one.channel_id]
    server = sandbox.guilds.get(one.guild_id or 0)
    told: Json = {
        "id": str(one.id),
        "application_id": str(sandbox.bot.id),
        "type": one.kind,
        "data": one.data,
        "channel_id": str(room.id),
        "channel": channel(sandbox, room) | {"permissions": str(permissions_of(person))},
        "token": one.token,
        "version": 1,
        "locale": person.locale,
        "app_permissions": str(sandbox.permissions_in(room)),
        "entitlements": [],
        "attachment_size_limit": server.filesize_limit if server else 10 * 2**20,
        "authorizing_integration_owners": {"0": str(server.id) if server else "0"},
        "context": 0 if server else 1,
    }
    if server is not None:
        told |= {"guild_id": str(server.id), "guild_locale": server.locale}
        told["guild"] = {"id": str(server.id), "locale": server.locale, "features": []}
        told["member"] = member(person, in_interaction=True)
    else:
        told["user"] = user(person)
    if one.message_id is not None:
        told["message"] = message(sandbox, sandbox.messages[one.message_id])
    return told
