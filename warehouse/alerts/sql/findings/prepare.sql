-- What the clock finds, before it is compared with what stands.
-- Grain: finding one row a record of a kind, with the issue that it belongs to; rule_finding one row an open finding or
--   held row of one rule, with the area of its policy; record_title one row a record type of insurers; unchecked one row a
--   kind and insurer whose feeds are missing.
-- Scope: temporary tables of one transaction. Exclusions: none. Limits: none.
drop table if exists pg_temp.finding, pg_temp.rule_finding, pg_temp.record_title, pg_temp.unchecked;

create temporary table finding (
    kind text not null,
    insurer_id text,
    region_code text,
    domain_code text,
    record_type text not null,
    record_key text not null,
    deadline_on date,
    named jsonb not null,
    scope text,
    of_insurer_id text,
    of_region_code text,
    alert_no text
) on commit drop;

create temporary table rule_finding (
    rule_id text not null,
    rule_title text,
    insurer_id text not null,
    record_type text not null,
    record_key text not null,
    expected text,
    region_code text,
    domain_code text
) on commit drop;

create temporary table unchecked (kind text not null, insurer_id text not null) on commit drop;

create temporary table record_title (record_type text not null, title text not null) on commit drop;
