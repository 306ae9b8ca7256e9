-- Entitlements: what each login may see.
-- Grain: one row a login and stretch of time; at most one of a login is open.
-- Scope: a row of data is seen when its area, its sector and its insurer are all entitled; * stands for all of them, the
--   unknown included. A region is entitled with every code, present or past, that counts for it.
-- Exclusions: the owner, the loader and superusers see everything and have no row.
-- Limits: written by a superuser or a member of anze_owner only, through `anze user`. now() decides what is valid: a
--   right ends at its moment, whatever day a query speaks of.
create schema access;

create table access.entitlement (
    entitlement_id bigint generated always as identity primary key,
    role_name text not null check (role_name <> ''),
    kind text not null check (
        kind in (
            'province', 'city', 'county', 'industry', 'finance', 'analyst', 'insurer_reader', 'insurer_submitter',
            'engineer', 'auditor'
        )
    ),
    region_codes text[] not null check (cardinality(region_codes) > 0),
    domain_codes text[] not null check (cardinality(domain_codes) > 0),
    insurer_id text not null,
    sees_personal boolean not null default false,
    valid_from timestamptz not null default now(),
    valid_to timestamptz check (valid_to >= valid_from),
    granted_by text not null check (granted_by <> ''),
    source text not null,
    constraint area_of_kind check (kind not in ('city', 'county') or not '*' = any(region_codes)),
    constraint domain_of_kind check (kind <> 'industry' or not '*' = any(domain_codes)),
    constraint insurer_of_kind check ((kind in ('insurer_reader', 'insurer_submitter')) = (insurer_id <> '*')),
    constraint personal_of_kind check (
        not sees_personal
        or kind in ('province', 'city', 'county', 'industry', 'insurer_reader', 'insurer_submitter')
    ),
    constraint everything_of_kind check (kind <> 'province' or '*' = any(region_codes))
);
comment on table access.entitlement is '账号的权限:每个账号的每段有效期一行;地区、行业、机构三者都须相符,* 为全部';
comment on column access.entitlement.sees_personal is '可否看到个人信息(report.personal_value);否则一律隐去';
comment on column access.entitlement.source is '授权依据';
create unique index entitlement_open on access.entitlement (role_name) where valid_to is null;

create function access.refuse_rewriting() returns trigger language plpgsql as $$
begin
    raise exception 'a right is ended, never rewritten' using errcode = '23001';
end
$$;

create trigger entitlement_kept before update of
entitlement_id, role_name, kind, region_codes, domain_codes, insurer_id, sees_personal, valid_from, granted_by, source
on access.entitlement
for each row execute function access.refuse_rewriting();

create trigger entitlement_ended before update of valid_to on access.entitlement
for each row when (old.valid_to is not null or new.valid_to is null)
execute function access.refuse_rewriting();

create trigger entitlement_removed before delete or truncate on access.entitlement
for each statement execute function access.refuse_rewriting();

-- The login of the hub's own regulator sees the province.
insert into access.entitlement (role_name, kind, region_codes, domain_codes, insurer_id, granted_by, source)
values ('anze_regulator', 'province', '{*}', '{*}', '*', 'anze_owner', 'the hub''s own login for regulators');
