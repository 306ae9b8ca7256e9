-- Published figures, frozen months, and what a publication was computed with.
-- Grain: publication one row a (as_of, known_at); indicator_definition one row a version of a definition, as it was when
--   it first published a figure; indicator_value one row a cell; indicator_exclusion one row a reason for which
--   contributions were left out; timeliness one row an insurer and record type; publication_definition one row a
--   publication and indicator, publication_gap one row an indicator that it lacks, since its definition has a mistake;
--   publication_feed one row a publication and expected feed, publication_imbalance one row an unbalanced batch of one;
--   frozen one row a month and revision, 0 being the first figure; contribution_query one row a text of an indicator's
--   contributions.
-- Scope: with as_of, known_at, the definitions' SQL and the region table of that digest, every figure can be computed
--   again; publication_feed says what its completeness was computed from. All of it is written once, but contribution_query:
--   that one is written when the database is migrated, from the definitions that are shipped, and by nobody else, since
--   report.explain_cell runs it with the owner's right to read.
-- Limits: publishing the same (as_of, known_at) again finds it. A month is frozen once; what it becomes later stands beside
--   it, never in its place. indicator_value has no foreign key: checking half a million cells of one transaction costs a
--   sixth of the whole publication. The owner and a superuser could drop the triggers; no role that logs in for the hub can.
create table mart.publication (
    publication_id bigint generated always as identity primary key,
    as_of date not null,
    known_at timestamptz not null,
    published_at timestamptz not null,
    is_provisional boolean not null,
    missing_insurers text[] not null,
    missing_feeds text[] not null,
    expected_count integer not null,
    delivered_count integer not null,
    ruleset_version text not null default '',
    calendar_version text not null default '',
    region_digest text not null default '',
    last_load_no bigint,
    delivered_since timestamptz,
    imbalanced_feeds text[] not null default '{}',
    unique (as_of, known_at)
);
comment on column mart.publication.last_load_no is 'the last load that the figures know; null before the first';
comment on column mart.publication.delivered_since is 'from when on a delivery counted for the figures';
comment on column mart.publication.region_digest is 'digest of reference.region_resolution';

create table mart.indicator_definition (
    indicator text not null,
    definition_version integer not null,
    digest text not null,
    code text not null,
    name_zh text not null,
    name_en text not null,
    unit text not null,
    direction text not null,
    variant_of text,
    numerator_zh text not null,
    denominator_zh text not null,
    population_zh text not null,
    confidence text not null,
    owner text not null,
    source_document text not null,
    valid_from date not null,
    review_date date not null,
    contributions_sql text not null,
    is_distinct boolean not null default false,
    is_independently_checked boolean not null default false,
    primary key (indicator, definition_version, digest)
);

create table mart.indicator_value (
    publication_id bigint not null,
    indicator text not null,
    definition_version integer not null,
    period_kind text not null check (period_kind in ('as_of', 'month', 'ytd', 'rolling12')),
    period_start date not null,
    period_end date not null,
    region_code text not null,
    domain_code text not null,
    insurer_id text not null,
    numerator numeric not null,
    denominator numeric,
    value numeric,
    shown_value numeric(24, 2),
    shown_pct numeric(24, 2),
    null_reason text,
    completeness numeric(9, 6),
    is_provisional boolean not null,
    primary key (publication_id, indicator, period_kind, region_code, domain_code, insurer_id),
    check ((value is null) = (null_reason is not null))
);

create table mart.indicator_exclusion (
    publication_id bigint not null references mart.publication,
    indicator text not null,
    period_kind text not null,
    insurer_id text not null,
    reason text not null,
    record_count bigint not null,
    numerator numeric not null,
    denominator numeric not null,
    primary key (publication_id, indicator, period_kind, insurer_id, reason)
);

create table mart.timeliness (
    publication_id bigint not null references mart.publication,
    insurer_id text not null,
    record_type text not null,
    due_count bigint not null,
    on_time_count bigint not null,
    late_count bigint not null,
    undetermined_count bigint not null,
    on_time_ratio numeric(9, 6),
    primary key (publication_id, insurer_id, record_type),
    check (due_count = on_time_count + late_count)
);

create table mart.publication_definition (
    publication_id bigint not null references mart.publication,
    indicator text not null,
    definition_version integer not null,
    digest text not null,
    primary key (publication_id, indicator),
    foreign key (indicator, definition_version, digest) references mart.indicator_definition
);

-- Indicators that a publication lacks, since their definition has a mistake. Grain: one row an indicator of a publication.
create table mart.publication_gap (
    publication_id bigint not null references mart.publication,
    indicator text not null,
    reason text not null,
    primary key (publication_id, indicator)
);

create table mart.publication_feed (
    publication_id bigint not null references mart.publication,
    insurer_id text not null,
    record_type text not null,
    is_delivered boolean not null,
    cursor_at timestamptz,
    is_balanced boolean not null default true,
    primary key (publication_id, insurer_id, record_type)
);
comment on column mart.publication_feed.cursor_at is 'how far an interface had been read; null for files';

create table mart.publication_imbalance (
    publication_id bigint not null references mart.publication,
    batch_id bigint not null,
    insurer_id text not null,
    record_type text not null,
    kind text not null check (kind in ('held', 'declared', 'rejected')),
    declared_row_count bigint,
    received_count bigint not null,
    open_row_count bigint not null,
    amount_field text,
    declared_amount numeric,
    loaded_amount numeric,
    primary key (publication_id, batch_id)
);

create table mart.frozen (
    month date not null check (month = date_trunc('month', month)),
    revision_no integer not null check (revision_no >= 0),
    publication_id bigint not null unique references mart.publication,
    frozen_at timestamptz not null,
    frozen_by text not null check (frozen_by <> ''),
    primary key (month, revision_no)
);

create table mart.contribution_query (
    digest text primary key,
    indicator text not null,
    is_distinct boolean not null,
    query text not null
);
comment on table mart.contribution_query is
'the contributions of a definition as one select of $1 known_at, $2 as_of, $3 period_start, $4 period_end';

revoke all on mart.contribution_query from anze_loader;
grant select on mart.contribution_query to anze_loader;

create function mart.refuse_rewriting() returns trigger language plpgsql as $$
begin
    raise exception 'published figures are never rewritten' using errcode = '23001';
end
$$;

-- Protect a table of published figures; a migration that adds one calls it. By statement, so that publishing half a
-- million cells calls nothing.
create procedure mart.protect_figures(mart_table text) language plpgsql as $$
begin
    execute format('create trigger figures_kept before update or delete on mart.%I
        for each statement execute function mart.refuse_rewriting()', mart_table);
    execute format('create trigger figures_emptied before truncate on mart.%I
        for each statement execute function mart.refuse_rewriting()', mart_table);
    execute format('revoke update, delete, truncate on mart.%I from anze_loader', mart_table);
end
$$;

call mart.protect_figures('publication');
call mart.protect_figures('indicator_definition');
call mart.protect_figures('indicator_value');
call mart.protect_figures('indicator_exclusion');
call mart.protect_figures('timeliness');
call mart.protect_figures('publication_definition');
call mart.protect_figures('publication_gap');
call mart.protect_figures('publication_feed');
call mart.protect_figures('publication_imbalance');
call mart.protect_figures('frozen');
