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

#: sharing, preferences and moderation
M002 = """
alter table members add column settings text not null default '{}';
alter table concepts add column person integer;
alter table drafts add column person integer;
alter table drafts add column wishes text not null default '{}';
create index grants_by_subject on grants(scope, subject);
create table shares (concept text primary key references concepts(id) on delete cascade, licence text not null,
    mixing text not null default 'free', about text not null default '', shared_at real not null,
    quarantined_at real);
create table reserved_words (scope text not null, place integer not null, name text not null,
    concept text not null references concepts(id) on delete cascade, primary key (scope, place, name));
create index reserved_by_concept on reserved_words(concept);
create table likes (concept text not null references concepts(id) on delete cascade, member integer not null,
    at real not null, primary key (concept, member));
create table favourites (member integer not null, image text not null references images(id) on delete cascade,
    at real not null, primary key (member, image));
create table presets (member integer not null, name text not null, settings text not null,
    primary key (member, name));
create table questions (id text primary key, kind text not null,
    concept text references concepts(id) on delete cascade, draft text references drafts(id) on delete cascade,
    asker integer not null, person integer not null, guild integer, channel integer not null,
    request text not null default '{}', state text not null default 'open', created_at real not null,
    answered_at real);
create index questions_open on questions(person) where state = 'open';
create table reports (id text primary key, guild integer, channel integer, member integer,
    concept text references concepts(id) on delete cascade, image text references images(id) on delete cascade,
    owner integer not null, reason text not null, state text not null default 'open', created_at real not null,
    closed_at real, actor integer);
create index reports_open on reports(guild, created_at) where state = 'open';
create table strikes (id integer primary key, guild integer not null, member integer not null, report text,
    reason text not null, actor integer, at real not null);
create index strikes_of_member on strikes(guild, member);
create table blocks (guild integer not null, member integer not null, actor integer, reason text not null default '',
    at real not null, until real, primary key (guild, member));
create table channels (id integer primary key, guild integer not null, settings text not null default '{}');
alter table audit add column guild integer;
create index audit_of_guild on audit(guild, id);
create trigger audit_stays before update of id, at, action, object, facts, guild on audit
    begin select raise(abort, 'the audit log is only added to'); end;
create trigger audit_is_kept before delete on audit
    begin select raise(abort, 'the audit log is only added to'); end;
"""

#: the pictures of a word are counted for every list of styles
M003 = """
create index image_words_by_version on image_words(version);
"""

#: weights made elsewhere wait here for the answer to what they show; which version a word means, and the sample points
#: that one may still choose instead; questions outlive what they ask about (the old table was never written to), with
#: letters that must be sent; private answers that are followed over a restart, their tokens in the vault; what members
#: are called where, so that words are credited by name; orders of pictures that wait for an answer
M004 = """
create table imports (id text primary key, owner integer not null, guild integer, channel integer not null,
    word text not null, kind text, class_word text, trigger text not null, files text not null, told text not null,
    created_at real not null);
create index imports_of_owner on imports(owner);
alter table concepts add column chosen text;
alter table versions add column strength real not null default 1.0;
alter table versions add column point integer;
create table points (job text not null references jobs(id) on delete cascade, number integer not null,
    done integer not null, score real, blob text not null, sha256 text not null, bytes integer not null,
    expires_at real, primary key (job, number));
drop table questions;
create table questions (id text primary key, kind text not null, concept text, draft text, asker integer not null,
    person integer not null, asker_name text not null, person_name text not null, guild integer,
    channel integer not null, request text not null default '{}', state text not null default 'open',
    why text not null default '', created_at real not null, answered_at real);
create unique index questions_once on questions(kind, asker, person, ifnull(draft, ''), ifnull(concept, ''))
    where state = 'open';
create index questions_open on questions(person) where state = 'open';
create table letters (question text not null references questions(id) on delete cascade, role text not null,
    tries integer not null default 0, channel integer, message integer, shown text, undeliverable text,
    primary key (question, role));
create table answers (job text primary key references jobs(id) on delete cascade, application integer not null,
    blob text not null, until real not null);
create table absences (guild integer not null, member integer not null, looked_at real not null, left_at real,
    primary key (guild, member));
create table names (guild integer not null, member integer not null, name text not null,
    primary key (guild, member));
create table pending (id text primary key, owner integer not null, guild integer, channel integer not null,
    key text not null unique, request text not null, created_at real not null);
"""

#: whom a line of the log is about, apart from its facts: a member who is forgotten is named no longer
M005 = """
alter table audit add column whom integer;
create index audit_of_whom on audit(whom) where whom is not null;
"""

#: a strike kept what its report said, which goes with whoever wrote it
M006 = """
update strikes set reason = '';
"""

MIGRATIONS: Sequence[str] = (M001, M002, M003, M004, M005, M006)
