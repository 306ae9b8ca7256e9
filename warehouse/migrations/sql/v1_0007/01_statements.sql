-- What persons of insurers state about what they handed in, and the pictures that they add.
-- Grain: see each table.
-- Scope: written by the loader for an account of the front door that may see what it speaks of. Nothing is changed here;
--   what is stated again is a further row, and the newest counts.
-- Limits: statements change no figure and hold no row back.

-- One row a warning of one record that a person confirmed or justified: it is not asked again until the value changes.
create table landing.confirmation (
    confirmation_id bigint generated always as identity primary key,
    insurer_id text not null,
    record_type text not null,
    record_key text not null,
    rule_id text not null,
    field text,
    value text,
    reason text not null check (length(btrim(reason)) between 2 and 500),
    stated_by text not null,
    stated_at timestamptz not null default now()
);
create index confirmation_of on landing.confirmation (insurer_id, record_type, record_key, rule_id);

-- One row a statement that a named person answers for a delivery.
create table landing.attestation (
    attestation_id bigint generated always as identity primary key,
    batch_id bigint not null references landing.batch,
    insurer_id text not null,
    person_name text not null check (length(btrim(person_name)) between 2 and 60),
    person_position text not null check (length(btrim(person_position)) between 2 and 60),
    statement text not null,
    stated_by text not null,
    stated_at timestamptz not null default now()
);
create index attestation_of on landing.attestation (batch_id);

-- One row a picture or document that an insurer adds to a service or to a hazard that a service found.
create table landing.evidence (
    evidence_id bigint generated always as identity primary key,
    insurer_id text not null,
    service_no text not null,
    hazard_no text,
    sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
    size_bytes bigint not null,
    media_type text not null check (media_type in ('image/jpeg', 'image/png', 'application/pdf')),
    file_name text not null,
    added_by text not null,
    added_at timestamptz not null default now(),
    unique nulls not distinct (insurer_id, service_no, hazard_no, sha256)
);

-- One row a delivery, account and way of looking: when it was seen or its report was saved, first and last.
create table landing.sight (
    batch_id bigint not null references landing.batch,
    insurer_id text not null,
    role_name text not null,
    kind text not null,
    what text not null check (what in ('seen', 'downloaded')),
    first_at timestamptz not null default now(),
    last_at timestamptz not null default now(),
    primary key (batch_id, role_name, what)
);

grant select, insert on landing.confirmation, landing.attestation, landing.evidence, landing.sight to anze_loader;
grant update (last_at) on landing.sight to anze_loader;

create trigger confirmation_kept before update or delete or truncate on landing.confirmation
for each statement execute function access.refuse_rewriting();
create trigger attestation_kept before update or delete or truncate on landing.attestation
for each statement execute function access.refuse_rewriting();
create trigger evidence_kept before update or delete or truncate on landing.evidence
for each statement execute function access.refuse_rewriting();
create trigger sight_kept before delete or truncate on landing.sight
for each statement execute function access.refuse_rewriting();
