-- Published figures.
-- Grain: publication one row a (as_of, known_at); indicator_value one row a cell; indicator_exclusion one row a
--   reason for which contributions were left out; timeliness one row an insurer and record type;
--   indicator_definition one row a version of a definition, as it was when it first published a figure.
-- Limits: a publication is written once; publishing the same (as_of, known_at) again finds it. indicator_value has
--   no foreign key: checking half a million cells of one transaction costs a sixth of the whole publication.
create table mart.publication (
    publication_id bigint generated always as identity primary key,
    as_of date not null,
    known_at timestamptz not null,
    published_at timestamptz not null,
    is_provisional boolean not null,
    missing_insurers text [] not null,
    missing_feeds text [] not null,
    expected_count integer not null,
    delivered_count integer not null,
    unique (as_of, known_at)
);

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
