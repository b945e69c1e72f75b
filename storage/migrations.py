"""The schema, step by step; a step once released never changes."""

from __future__ import annotations

from collections.abc import Sequence

M001 = """
create table members (id integer primary key, first_seen real not null, forgotten_at real);
create table guilds (id integer primary key, is_allowed integer not null default 0, left_at real,
    settings text not null default '{}');
create table drafts (id text primary key, owner integer not null, guild integer, channel integer not null,
    word text not null, kind text not null, class_word text, method text, consent_text text,
    state text not null default 'open', created_at real not null);
create table photos (id text primary key, owner integer not null,
    draft text not null references drafts(id) on delete cascade, position integer not null, name text not null,
    blob text not null, thumbnail text not null,
    width_px integer not null, height_px integer not null, sha256 text not null, facts text not null,
    created_at real not null, expires_at real not null);
create index photos_of_draft on photos(draft, position);
create table concepts (id text primary key, owner integer not null, home integer, name text not null,
    kind text not null, class_word text not null, created_at real not null);
create unique index concepts_by_name on concepts(owner, ifnull(home, 0), name);
create table versions (id text primary key, concept text not null references concepts(id) on delete cascade,
    n integer not null, method text not null, class_word text not null, base_model text not null,
    base_revision text not null, blob text not null, sha256 text not null, bytes integer not null, sheet text,
    scores text not null default '{}', state text not null default 'ready', job text not null, created_at real not null,
    unique (concept, n));
create table images (id text primary key, job text not null, position integer not null, owner integer not null,
    guild integer, blob text not null, name text not null, seed integer not null, width_px integer not null,
    height_px integer not null, settings text not null, parent text, relation text,
    has_person integer not null default 0, created_at real not null, unique (job, position));
create table image_words (image text not null references images(id) on delete cascade,
    version text not null, strength real not null, region text, primary key (image, version));
create table grants (concept text not null references concepts(id) on delete cascade, scope text not null,
    subject integer not null, primary key (concept, scope, subject));
create table consents (concept text not null references concepts(id) on delete cascade, person integer not null,
    text_version text not null, given_at real not null, revoked_at real, primary key (concept, person, given_at));
create table jobs (id text primary key, kind text not null, owner integer not null, guild integer,
    channel integer not null, key text not null unique, request text not null, concept text,
    state text not null default 'queued',
    attempt integer not null default 0, engine text, predicted_s real not null, created_at real not null,
    started_at real, ended_at real, lease_until real, progress text, checkpoint text, preview text,
    fruitless integer not null default 0,
    wish text, result text not null default '{}', code text, facts text not null default '{}');
create index jobs_open on jobs(state) where state in ('queued', 'running');
create index jobs_of_owner on jobs(owner, state);
create index jobs_ended on jobs(kind, ended_at) where ended_at is not null;
create table outbox (id integer primary key, job text not null references jobs(id) on delete cascade,
    kind text not null, nonce text not null, channel integer not null, tries integer not null default 0,
    created_at real not null, sent_at real, message integer, undeliverable text, unique (job, kind));
create index outbox_unsent on outbox(id) where sent_at is null and undeliverable is null;
create table messages (job text not null, channel integer not null, message integer not null, role text not null,
    primary key (job, role));
create table audit (id integer primary key, at real not null, actor integer, action text not null, object text,
    facts text not null default '{}');
create table notes (name text primary key, value text not null);
"""

MIGRATIONS: Sequence[str] = (M001,)
