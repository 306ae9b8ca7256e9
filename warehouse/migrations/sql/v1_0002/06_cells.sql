-- Records behind a cell, for callers who see only a part of the province: a cell that a caller may see is explained by
-- every record that it counts, so that the records add up to it, whatever else they belong to.
-- Grain: as in report.explain_cell, which chooses the cell among those that the caller may see.
-- Scope: anze_explainer computes: no login is a member of it, and it may only read; the owner alone calls what it owns.
-- Exclusions: what was not counted is told of the area and sector of the cell only, to callers bound to areas or sectors.
-- Limits: as report.explain_cell.
create function mart.cell_records(
    digest text, known_at timestamptz, as_of date, period_start date, period_end date, region_code text,
    domain_code text, insurer_id text, row_limit integer, only_excluded boolean, publication_id bigint
) returns setof report.cell_record
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
set work_mem = '64MB'
as $$
declare
    contributions text;
begin
    select q.query into contributions from mart.contribution_query as q where q.digest = $1;
    if not found then
        raise exception '发布 % 所用的口径不是本平台现有的口径,无法在 SQL 中重算', $11
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
                and (($7 and $11) or $5 in (c.county_code, c.city_code, c.province_code))
                and (($7 and $12) or $6 in ('*', c.domain_code) or ($6 = '10' and c.domain_code in ('11', '12')))
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
    using $2, $3, $4, $5, $6, $7, $10, $8, $9, $11, access.all_regions(), access.all_domains();
end
$$;

create or replace function report.explain_cell(
    indicator text,
    region_code text default null,
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
begin
    select v.*, p.as_of, p.known_at, d.digest into cell
    from mart.indicator_value as v
    inner join mart.publication as p on p.publication_id = v.publication_id
    inner join mart.publication_definition as d
        on d.publication_id = v.publication_id and d.indicator = v.indicator
    where v.indicator = coalesce(
            (select i.indicator from report.indicator_definition as i where i.code = $1), $1
        )
        and case when $2 is null then v.region_code like '__0000' else v.region_code = $2 end
        and v.domain_code = $3 and v.insurer_id = $4
        and ($5 is null or v.period_kind = $5)
        and v.publication_id = coalesce($6, (
            select n.publication_id from mart.publication as n order by n.as_of desc, n.known_at desc limit 1
        ))
    order by array_position(array['as_of', 'ytd', 'month', 'rolling12'], v.period_kind)
    limit 1;
    if not found then
        raise exception '没有发布过这一格:% / 地区 % / 行业 % / 机构 % / 期间 %', $1, coalesce($2, '全省'), $3, $4, coalesce($5, '任意')
            using hint = '已发布的格见 report.indicator;地区为空表示全省,* 表示全部行业或机构', errcode = 'P0002';
    end if;
    return query select b.* from mart.cell_records(
        cell.digest, cell.known_at, cell.as_of, cell.period_start, cell.period_end, cell.region_code, $3, $4, $7, $8,
        cell.publication_id
    ) as b;
end
$$;

grant usage on schema landing, core, reference, mart, access to anze_explainer;
grant execute on all functions in schema core to anze_explainer;
grant execute on function access.all_regions, access.all_domains to anze_explainer;
alter default privileges in schema core grant execute on functions to anze_explainer;
grant select on core.version to anze_explainer;
alter default privileges in schema core grant select on tables to anze_explainer;
revoke execute on function mart.cell_records from public, anze_loader;

-- Only for the time of this migration: an owner of a function must be able to create in its schema.
grant create on schema mart to anze_explainer;
alter function mart.cell_records owner to anze_explainer;
revoke create on schema mart from anze_explainer;
set local role anze_explainer;
grant execute on function mart.cell_records to anze_owner;
set local role anze_owner;
