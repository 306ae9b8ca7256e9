-- The register of insurers as people mean it: one row an insurer, where report.insurer_branch has one row a city branch.
-- Grain: one row an insurer, its head office as the branch row valid last says it. The same through time: *_known, *_at.
-- Scope: the register's current records, or those of a moment and day; insurer_id is the insurer's own, as in its
--   records (the register is sent by the regulator).
-- Limits: an insurer that is in no register is in none of them; rule REG-020 tells of it.
-- One row an insurer, of branch rows: the newest of them that says something speaks for the head office.
create function core.insurer_heads(branches core.insurer[]) returns table (
    insurer_id text,
    insurer_code text,
    insurer_name text,
    credit_code text,
    licence_no text,
    alias_list text,
    feed_mode_code text,
    branch_count bigint,
    valid_from_date date,
    valid_to_date date,
    source_updated_at timestamptz,
    recorded_at timestamptz
) language sql immutable parallel safe as $$
    select
        lower(b.insurer_code),
        (array_agg(b.insurer_code order by b.place))[1],
        (array_agg(b.insurer_name order by b.place))[1],
        (array_agg(b.credit_code order by b.place))[1],
        (array_agg(b.licence_no order by b.place))[1],
        (array_agg(b.alias_list order by b.place))[1],
        (array_agg(b.feed_mode_code order by b.place))[1],
        count(*),
        min(b.valid_from_date),
        case when bool_and(b.valid_to_date is not null) then max(b.valid_to_date) end,
        max(b.source_updated_at),
        max(b.recorded_at)
    from (
        select
            i.*,
            row_number() over (
                order by i.valid_to_date desc nulls first, i.valid_from_date desc, i.source_updated_at desc, i.branch_code
            ) as place
        from unnest($1) as i
    ) as b
    group by lower(b.insurer_code)
$$;
comment on function core.insurer_heads is '由市级机构各行得出每家机构一行, one row an insurer of its branch rows';

create view report.insurer as
select h.*
from core.insurer_heads(
    (
        select array_agg(i) from core.insurer as i
        where i.superseded_at is null and not i.is_withdrawn
    )
) as h;
comment on view report.insurer is '保险机构:名录中每家机构一行,为当前名录;已撤销和已被替换的版本不在内;市级机构见 report.insurer_branch';
comment on column report.insurer.insurer_id is '机构标识,与其报送记录一致';
comment on column report.insurer.insurer_code is '保险机构代码';
comment on column report.insurer.insurer_name is '保险机构名称(各市级机构行不一致时取最近有效的一行)';
comment on column report.insurer.credit_code is '总公司信用代码';
comment on column report.insurer.licence_no is '许可证编号';
comment on column report.insurer.alias_list is '别名';
comment on column report.insurer.feed_mode_code is '数据接入方式';
comment on column report.insurer.branch_count is '名录中的市级机构数';
comment on column report.insurer.valid_from_date is '有效期起:各市级机构中最早的';
comment on column report.insurer.valid_to_date is '有效期止:各市级机构中最晚的,任一无止期则为空';
comment on column report.insurer.source_updated_at is '名录中该机构最近一次更新时间';
comment on column report.insurer.recorded_at is '该机构最近一行的入库时间';

create function report.insurer_known(known_at timestamptz) returns setof report.insurer
language sql stable parallel safe security definer set search_path = pg_catalog, pg_temp as $$
    select h.* from core.insurer_heads((select array_agg(i) from core.insurer_known($1) as i)) as h
$$;
comment on function report.insurer_known is '保险机构:某时刻已知的名录,每家机构一行;当时已撤销、已被替换的不在内。参数: known_at 时刻';

create function report.insurer_at(as_of date, known_at timestamptz) returns setof report.insurer
language sql stable parallel safe security definer set search_path = pg_catalog, pg_temp as $$
    select h.* from core.insurer_heads((select array_agg(i) from core.insurer_at($1, $2) as i)) as h
$$;
comment on function report.insurer_at is '保险机构:某业务日有效、某时刻已知的名录,每家机构一行;当日无效的、当时已撤销或已被替换的不在内。参数: as_of 业务日; known_at 时刻';

grant execute on function core.insurer_heads to anze_regulator;
grant execute on function report.insurer_known, report.insurer_at to anze_regulator, anze_loader;

comment on view report.insurer_branch is '保险机构的市级机构:名录中每家机构的每个市级机构一行,为当前版本;已撤销和已被替换的版本不在内';
comment on function report.insurer_branch_known is '保险机构的市级机构:某时刻已知的名录,每家机构的每个市级机构一行;当时已撤销、已被替换的不在内。参数: known_at 时刻';
comment on function report.insurer_branch_at is
'保险机构的市级机构:某业务日有效、某时刻已知的名录,每家机构的每个市级机构一行;当日无效的、当时已撤销或已被替换的不在内。参数: as_of 业务日; known_at 时刻';
