-- What readers hold rights on: schema report, and the functions that its views call. Nothing else is granted to a reader.
-- Scope: anze_reader is the group of all kinds of reader. Later views and functions of schema report are granted by
--   default; functions of access are called by policies with the caller's right to execute, and are reached by no name.
grant usage on schema report to anze_reader;
grant select on all tables in schema report to anze_reader;
grant execute on all functions in schema report to anze_reader;
alter default privileges in schema report grant select on tables to anze_reader;
alter default privileges in schema report grant execute on functions to anze_reader;
grant execute on function
core.half_up, core.masked, core.shown_number, core.period_text, core.insurer_heads
to anze_reader;
grant execute on all functions in schema access to anze_reader, anze_regulator, anze_loader;
revoke execute on function access.condition, access.refuse_rewriting from anze_reader, anze_regulator, anze_loader;

-- Who may see what, for auditors; for others their own row.
create view report.account as
select
    e.role_name,
    e.kind,
    e.region_codes,
    e.domain_codes,
    e.insurer_id,
    e.sees_personal,
    e.valid_from,
    e.valid_to,
    e.granted_by,
    e.source
from access.entitlement as e
where
    e.role_name = (select access.caller())
    or (select access.is_ours())
    or exists (
        select 1 from access.mine() as m
        where m.kind = 'auditor'
    );
comment on view report.account is '账号与权限:每个账号的每段有效期一行;审计账号看全部,其他账号只看自己';
comment on column report.account.role_name is '账号';
comment on column report.account.kind is
'类别:province 省, city 市, county 县, industry 行业主管, finance 金融监管, analyst 分析, insurer_reader 机构查阅, insurer_submitter 机构报送, engineer 运维, auditor 审计';
comment on column report.account.region_codes is '地区,* 为全省(含不详)';
comment on column report.account.domain_codes is '行业领域,* 为全部';
comment on column report.account.insurer_id is '机构,* 为全部';
comment on column report.account.sees_personal is '可否看到个人信息,见 report.personal_value';
comment on column report.account.valid_from is '权限起';
comment on column report.account.valid_to is '权限止,空为仍有效';
comment on column report.account.granted_by is '授权人';
comment on column report.account.source is '授权依据';

-- A caller bound to one insurer is told of its own feeds only.
create or replace view report.publication as
select
    p.publication_id,
    p.as_of,
    p.known_at,
    p.published_at,
    p.is_provisional,
    case when s.is_all then p.missing_insurers else array(
        select m.name from unnest(p.missing_insurers) as m (name)
        where m.name = s.insurer_id
    ) end as missing_insurers,
    case when s.is_all then p.missing_feeds else array(
        select m.name from unnest(p.missing_feeds) as m (name)
        where split_part(m.name, '/', 1) = s.insurer_id
    ) end as missing_feeds,
    p.expected_count,
    p.delivered_count,
    p.ruleset_version,
    p.calendar_version,
    p.last_load_no,
    case when s.is_all then p.imbalanced_feeds else array(
        select m.name from unnest(p.imbalanced_feeds) as m (name)
        where split_part(m.name, '/', 1) = s.insurer_id
    ) end as imbalanced_feeds
from mart.publication as p
cross join (
    select
        access.all_insurers() as is_all,
        access.insurer() as insurer_id
) as s;
