-- From a cell to the records behind it, and on to their files.
-- Grain: one row a record that counts in a cell.
-- Limits: a figure is explained while its definition's text is known in mart.contribution_query.
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
comment on type report.cell_record is '指标格背后的记录:每条计入该格的记录一行';
comment on column report.cell_record.publication_id is '发布编号';
comment on column report.cell_record.as_of is '统计截止日';
comment on column report.cell_record.known_at is '数据截止时刻';
comment on column report.cell_record.record_type is '数据类型';
comment on column report.cell_record.record_key is '业务编号;个人号码已隐去';
comment on column report.cell_record.insurer_id is '报送机构';
comment on column report.cell_record.unit is '去重指标的计数单位,其余无意义';
comment on column report.cell_record.business_date is '计入日期';
comment on column report.cell_record.numerator is '对分子的贡献';
comment on column report.cell_record.denominator is '对分母的贡献';
comment on column report.cell_record.exclusion is '未计入的原因,计入的为空';
comment on column report.cell_record.version_id is '记录的版本号';
comment on column report.cell_record.batch_id is '批次编号,见 report.batch';
comment on column report.cell_record.row_no is '批次内行号,从1起,不计表头;0 为平台写入的版本';
comment on column report.cell_record.received_at is '该批接收时间';
comment on column report.cell_record.channel is '方式';
comment on column report.cell_record.file_names is '该批的文件(接口为各页)';
comment on column report.cell_record.file_sha256s is '各文件字节的 SHA-256,顺序同 file_names';

create function report.explain_cell(
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
    using cell.known_at, cell.as_of, cell.period_start, cell.period_end, cell.region_code, $3, $8, $4, $7, cell.publication_id;
end
$$;
comment on function report.explain_cell is
'从指标格到记录:每条计入该格的记录一行,按贡献从大到小;以发布时的口径和数据截止时刻重算,当时已撤销、已被替换的版本不在内。合计等于该格的分子、分母(去重指标按 unit 计一次)。参数: indicator 指标代码或标识; region_code 地区,空为全省; domain_code 行业; insurer_id 机构; period_kind 期间,空为该指标的第一种; publication_id 发布编号,空为最近一次; row_limit 最多行数; only_excluded 为真时改为列出未计入的记录及原因(不分地区和行业)';

grant execute on function report.explain_cell to anze_regulator, anze_loader;
