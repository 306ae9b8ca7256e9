-- A page of the records behind a cell, and how many there are in all: what is not shown is not looked up.
-- Grain: as each function's comment says. Scope, exclusions: as report.explain_cell, which asks for the first page.
-- Limits: the contributions themselves are computed for every page; functions of mart are executed by the owner only.
set local role anze_explainer;
drop function mart.cell_records;
set local role anze_owner;

create type report.cell_page_record as (
    total_count bigint,
    place_no bigint,
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
comment on type report.cell_page_record is '指标格背后的记录的一页:每条一行,计入的或未计入的';
comment on column report.cell_page_record.total_count is '全部行数';
comment on column report.cell_page_record.place_no is '序号,从1起,贡献大的在前';
comment on column report.cell_page_record.publication_id is '发布编号';
comment on column report.cell_page_record.as_of is '统计截止日';
comment on column report.cell_page_record.known_at is '数据截止时刻';
comment on column report.cell_page_record.record_type is '数据类型';
comment on column report.cell_page_record.record_key is '业务编号;个人号码已隐去';
comment on column report.cell_page_record.insurer_id is '报送机构';
comment on column report.cell_page_record.unit is '去重指标的计数单位,其余无意义';
comment on column report.cell_page_record.business_date is '计入日期';
comment on column report.cell_page_record.numerator is '对分子的贡献';
comment on column report.cell_page_record.denominator is '对分母的贡献';
comment on column report.cell_page_record.exclusion is '未计入的原因,计入的为空';
comment on column report.cell_page_record.version_id is '记录的版本号';
comment on column report.cell_page_record.batch_id is '批次编号,见 report.batch';
comment on column report.cell_page_record.row_no is '批次内行号,从1起,不计表头;0 为平台写入的版本';
comment on column report.cell_page_record.received_at is '该批接收时间';
comment on column report.cell_page_record.channel is '方式';
comment on column report.cell_page_record.file_names is '该批的文件(接口为各页)';
comment on column report.cell_page_record.file_sha256s is '各文件字节的 SHA-256,顺序同 file_names';

create function mart.cell_page(
    digest text, known_at timestamptz, as_of date, period_start date, period_end date, region_code text,
    domain_code text, insurer_id text, row_limit integer, only_excluded boolean, publication_id bigint,
    is_counted boolean, reason text, row_offset bigint
) returns setof report.cell_page_record
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
            select
                c.*,
                count(*) over () as total_count,
                row_number() over (
                    order by
                        abs(c.numerator) desc, abs(c.denominator) desc, c.record_type, c.record_id, c.unit, c.business_date
                ) as place_no
            from contribution as c
            where (c.exclusion is not null) = $7
                and (($7 and $11) or $5 in (c.county_code, c.city_code, c.province_code))
                and (($7 and $12) or $6 in ('*', c.domain_code) or ($6 = '10' and c.domain_code in ('11', '12')))
                and $8 in ('*', c.insurer_id)
                and ($13 is null or (c.numerator <> 0) = $13)
                and ($14 is null or c.exclusion = $14)
            order by place_no
            limit $9 offset $15
        )
        select
            b.total_count,
            b.place_no,
            $10, $2, $1, b.record_type, core.masked(v.record_key), v.insurer_id, core.masked(b.unit), b.business_date,
            cast(b.numerator as numeric), cast(b.denominator as numeric), b.exclusion, v.version_id, v.batch_id,
            v.row_no, t.received_at, t.channel,
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
        order by b.place_no
    $query$, contributions)
    using $2, $3, $4, $5, $6, $7, $10, $8, $9, $11, access.all_regions(), access.all_domains(), $12, $13, $14;
end
$$;

create function report.cell_page(
    indicator text,
    region_code text default null,
    domain_code text default '*',
    insurer_id text default '*',
    period_kind text default null,
    publication_id bigint default null,
    row_limit integer default 1000,
    only_excluded boolean default false,
    is_counted boolean default null,
    reason text default null,
    row_offset bigint default 0
) returns setof report.cell_page_record
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
    return query select b.* from mart.cell_page(
        cell.digest, cell.known_at, cell.as_of, cell.period_start, cell.period_end, cell.region_code, $3, $4, $7, $8,
        cell.publication_id, $9, $10, $11
    ) as b;
end
$$;

comment on function report.cell_page is
'指标格背后的记录的一页:每条一行,按对分子、分母的贡献从大到小;列见 report.cell_page_record。参数: indicator 指标代码或标识; region_code 地区,空为全省; domain_code 行业领域; insurer_id 机构; period_kind 期间; publication_id 发布编号,空为最近; row_limit 最多行数,空为全部; only_excluded 只列未计入的; is_counted 只列计入分子的,否为只列未计入分子的,空为全部; reason 只列某一未计入原因的; row_offset 跳过的行数';

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
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select
        p.publication_id,
        p.as_of,
        p.known_at,
        p.record_type,
        p.record_key,
        p.insurer_id,
        p.unit,
        p.business_date,
        p.numerator,
        p.denominator,
        p.exclusion,
        p.version_id,
        p.batch_id,
        p.row_no,
        p.received_at,
        p.channel,
        p.file_names,
        p.file_sha256s
    from report.cell_page($1, $2, $3, $4, $5, $6, $7, $8) as p
    order by p.place_no
$$;

revoke execute on function mart.cell_page from public, anze_loader;
-- Only for the time of this migration: an owner of a function must be able to create in its schema.
grant create on schema mart to anze_explainer;
alter function mart.cell_page owner to anze_explainer;
revoke create on schema mart from anze_explainer;
set local role anze_explainer;
grant execute on function mart.cell_page to anze_owner;
set local role anze_owner;
grant execute on function report.cell_page to anze_regulator, anze_loader;
