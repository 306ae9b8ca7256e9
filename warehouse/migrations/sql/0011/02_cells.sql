-- From a cell to the records behind it, and on to their files.
-- Grain: contribution_query one row a text of an indicator's contributions; core.version one row a version of a record;
--   report.cell_record one row a record that counts in a cell.
-- Scope: contribution_query is written when the database is migrated, from the definitions that are shipped, and by
--   nobody else: report.explain_cell runs it with the owner's right to read.
-- Limits: a figure is explained while its definition's text is known here.
create table mart.contribution_query (
    digest text primary key,
    indicator text not null,
    is_distinct boolean not null,
    query text not null
);
revoke all on mart.contribution_query from anze_loader;
grant select on mart.contribution_query to anze_loader;
comment on table mart.contribution_query is
'the contributions of a definition as one select of $1 known_at, $2 as_of, $3 period_start, $4 period_end';

create view core.version as
select 'policy' as record_type, version_id, insurer_id, concat_ws('|', policy_no) as record_key, batch_id, row_no
from core.policy
union all
select 'endorsement' as record_type, version_id, insurer_id, concat_ws('|', endorsement_no) as record_key, batch_id, row_no
from core.endorsement
union all
select 'premium_receipt' as record_type, version_id, insurer_id, concat_ws('|', receipt_no) as record_key, batch_id, row_no
from core.premium_receipt
union all
select 'renumbering' as record_type, version_id, insurer_id, concat_ws('|', record_type_code, old_no) as record_key, batch_id, row_no
from core.renumbering
union all
select 'claim' as record_type, version_id, insurer_id, concat_ws('|', report_no) as record_key, batch_id, row_no
from core.claim
union all
select 'claim_payment' as record_type, version_id, insurer_id, concat_ws('|', payment_no) as record_key, batch_id, row_no
from core.claim_payment
union all
select 'service_plan' as record_type, version_id, insurer_id, concat_ws('|', plan_no, plan_line_no) as record_key, batch_id, row_no
from core.service_plan
union all
select 'service_record' as record_type, version_id, insurer_id, concat_ws('|', service_no) as record_key, batch_id, row_no
from core.service_record
union all
select 'hazard' as record_type, version_id, insurer_id, concat_ws('|', hazard_no) as record_key, batch_id, row_no
from core.hazard
union all
select 'fee_expense' as record_type, version_id, insurer_id, concat_ws('|', expense_no) as record_key, batch_id, row_no
from core.fee_expense
union all
select 'enterprise' as record_type, version_id, insurer_id, concat_ws('|', credit_code) as record_key, batch_id, row_no
from core.enterprise
union all
select 'insurer' as record_type, version_id, insurer_id, concat_ws('|', insurer_code, branch_code) as record_key, batch_id, row_no
from core.insurer
union all
select 'agency' as record_type, version_id, insurer_id, concat_ws('|', agency_credit_code) as record_key, batch_id, row_no
from core.agency
union all
select 'rule_threshold' as record_type, version_id, insurer_id, concat_ws('|', rule_no, version_no, region_code, high_risk_domain_code) as record_key, batch_id, row_no
from core.rule_threshold;

-- A personal number in a text is never shown: resident identity numbers, mobile numbers.
create function core.masked(words text) returns text language sql immutable parallel safe as $$
    select regexp_replace(
        regexp_replace(
            $1,
            '(^|[^0-9A-Za-z])[1-8][0-9]{5}(19|20)[0-9]{2}(0[1-9]|1[0-2])([0-2][0-9]|3[01])[0-9]{3}[0-9Xx](?![0-9A-Za-z])',
            '\1(已隐去)', 'g'
        ),
        '(^|[^0-9A-Za-z])1[3-9][0-9]{9}(?![0-9A-Za-z])', '\1(已隐去)', 'g'
    )
$$;
comment on function core.masked is 'a text without resident identity numbers and mobile numbers';

create type report.cell_record as (
    publication_id bigint,
    as_of date,
    known_at timestamptz,
    record_type text,
    record_key text,
    insurer_id text,
    unit text,
    business_date date,
    numerator numeric,
    denominator numeric,
    exclusion text,
    version_id bigint,
    batch_id bigint,
    row_no bigint,
    received_at timestamptz,
    channel text,
    file_names text [],
    file_sha256s text []
);

create function report.explain_cell(
    indicator text,
    region_code text default '370000',
    domain_code text default '*',
    insurer_id text default '*',
    period_kind text default null,
    publication_id bigint default null,
    row_limit integer default 1000,
    only_excluded boolean default false
) returns setof report.cell_record
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
set work_mem = '64MB'
as $$
declare
    cell record;
    contributions text;
begin
    select v.*, p.as_of, p.known_at, d.digest into cell
    from mart.indicator_value as v
    inner join mart.publication as p on p.publication_id = v.publication_id
    inner join mart.publication_definition as d
        on d.publication_id = v.publication_id and d.indicator = v.indicator
    where v.indicator = coalesce(
            (select i.indicator from report.indicator_definition as i where i.code = $1), $1
        )
        and v.region_code = $2 and v.domain_code = $3 and v.insurer_id = $4
        and ($5 is null or v.period_kind = $5)
        and v.publication_id = coalesce($6, (
            select n.publication_id from mart.publication as n order by n.as_of desc, n.known_at desc limit 1
        ))
    order by array_position(array['as_of', 'ytd', 'month', 'rolling12'], v.period_kind)
    limit 1;
    if not found then
        raise exception '没有发布过这一格:% / 地区 % / 行业 % / 机构 % / 期间 %', $1, $2, $3, $4, coalesce($5, '任意')
            using hint = '已发布的格见 report.indicator;省的地区代码为 370000,* 表示全部', errcode = 'P0002';
    end if;
    select q.query into contributions from mart.contribution_query as q where q.digest = cell.digest;
    if not found then
        raise exception '发布 % 所用的口径不是本平台现有的口径,无法在 SQL 中重算', cell.publication_id
            using hint = '请平台管理员运行 anze migrate 后再试', errcode = 'P0002';
    end if;
    return query execute format($query$
        with contribution as materialized (
            %s
        ),
        behind as materialized (
            select c.*
            from contribution as c
            where (c.exclusion is not null) = $7
                and ($7 or $5 in (c.county_code, c.city_code, c.province_code))
                and ($7 or $6 in ('*', c.domain_code) or ($6 = '10' and c.domain_code in ('11', '12')))
                and $8 in ('*', c.insurer_id)
            order by abs(c.numerator) desc, abs(c.denominator) desc, c.record_type, c.record_id
            limit $9
        )
        select
            $10, $2, $1, b.record_type, core.masked(v.record_key), v.insurer_id, core.masked(b.unit), b.business_date,
            cast(b.numerator as numeric), cast(b.denominator as numeric), b.exclusion, v.version_id, v.batch_id, v.row_no, t.received_at, t.channel,
            array(
                select core.masked(f.name) from landing.batch_payload as f
                where f.batch_id = v.batch_id order by f.position
            ),
            array(
                select f.sha256 from landing.batch_payload as f where f.batch_id = v.batch_id order by f.position
            )
        from behind as b
        cross join lateral (
            select n.record_key, n.insurer_id, n.version_id, n.batch_id, n.row_no
            from core.version as n
            where n.record_type = b.record_type and n.version_id = b.record_id
            offset 0
        ) as v
        left join landing.batch as t on t.batch_id = v.batch_id
        order by abs(b.numerator) desc, abs(b.denominator) desc, b.record_type, b.record_id
    $query$, contributions)
    using cell.known_at, cell.as_of, cell.period_start, cell.period_end, $2, $3, $8, $4, $7, cell.publication_id;
end
$$;
grant execute on function core.masked to anze_regulator;
grant execute on function report.explain_cell, report.indicator_monthly to anze_regulator, anze_loader;
