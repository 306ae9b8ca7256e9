-- The register of insurers as people mean it: an insurer is one row, its city branches are rows of their own.
-- Grain: report.insurer_branch one row an insurer and city branch (what report.insurer was); report.insurer one row an
--   insurer, its head office as the branch row valid last says it. The same through time: *_known, *_at.
-- Scope: the register's current records, or those of a moment and day; insurer_id is the insurer's own, as in its
--   records (the register is sent by the regulator).
-- Limits: an insurer that is in no register is in none of them; rule REG-020 tells of it.
drop view report.insurer;
drop function report.insurer_known(timestamptz);
drop function report.insurer_at(date, timestamptz);

create view report.insurer_branch as
select
    lower(insurer_code) as insurer_id,
    insurer_code,
    insurer_name,
    credit_code,
    licence_no,
    alias_list,
    feed_mode_code,
    branch_code,
    branch_name,
    branch_region_code,
    valid_from_date,
    valid_to_date,
    operation_code,
    source_updated_at,
    version_id,
    batch_id,
    row_no,
    recorded_at,
    first_received_at,
    deadline_on,
    timeliness
from core.insurer_current;

create function report.insurer_branch_known(known_at timestamptz) returns table (
    insurer_id text,
    insurer_code text,
    insurer_name text,
    credit_code text,
    licence_no text,
    alias_list text,
    feed_mode_code text,
    branch_code text,
    branch_name text,
    branch_region_code text,
    valid_from_date date,
    valid_to_date date,
    operation_code text,
    source_updated_at timestamptz,
    version_id bigint,
    batch_id bigint,
    row_no bigint,
    recorded_at timestamptz,
    first_received_at timestamptz,
    deadline_on date,
    timeliness text
) language sql stable parallel safe security definer set search_path = pg_catalog, pg_temp as $$
    select
        lower(v.insurer_code) as insurer_id, v.insurer_code, v.insurer_name, v.credit_code, v.licence_no, v.alias_list,
        v.feed_mode_code, v.branch_code, v.branch_name, v.branch_region_code, v.valid_from_date, v.valid_to_date,
        v.operation_code, v.source_updated_at, v.version_id, v.batch_id, v.row_no, v.recorded_at, v.first_received_at,
        v.deadline_on, v.timeliness
    from core.insurer_known($1) as v
$$;

create function report.insurer_branch_at(as_of date, known_at timestamptz) returns table (
    insurer_id text,
    insurer_code text,
    insurer_name text,
    credit_code text,
    licence_no text,
    alias_list text,
    feed_mode_code text,
    branch_code text,
    branch_name text,
    branch_region_code text,
    valid_from_date date,
    valid_to_date date,
    operation_code text,
    source_updated_at timestamptz,
    version_id bigint,
    batch_id bigint,
    row_no bigint,
    recorded_at timestamptz,
    first_received_at timestamptz,
    deadline_on date,
    timeliness text
) language sql stable parallel safe security definer set search_path = pg_catalog, pg_temp as $$
    select
        lower(v.insurer_code) as insurer_id, v.insurer_code, v.insurer_name, v.credit_code, v.licence_no, v.alias_list,
        v.feed_mode_code, v.branch_code, v.branch_name, v.branch_region_code, v.valid_from_date, v.valid_to_date,
        v.operation_code, v.source_updated_at, v.version_id, v.batch_id, v.row_no, v.recorded_at, v.first_received_at,
        v.deadline_on, v.timeliness
    from core.insurer_at($1, $2) as v
$$;

-- One row an insurer, of branch rows: the newest of them that says something speaks for the head office.
create function core.insurer_heads(branches core.insurer []) returns table (
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

create view report.insurer as
select h.*
from core.insurer_heads(
    (select array_agg(i) from core.insurer as i where i.superseded_at is null and not i.is_withdrawn)
) as h;

create function report.insurer_known(known_at timestamptz) returns setof report.insurer
language sql stable parallel safe security definer set search_path = pg_catalog, pg_temp as $$
    select h.* from core.insurer_heads((select array_agg(i) from core.insurer_known($1) as i)) as h
$$;

create function report.insurer_at(as_of date, known_at timestamptz) returns setof report.insurer
language sql stable parallel safe security definer set search_path = pg_catalog, pg_temp as $$
    select h.* from core.insurer_heads((select array_agg(i) from core.insurer_at($1, $2) as i)) as h
$$;

grant select on report.insurer_branch, report.insurer to anze_regulator;
grant execute on function core.insurer_heads to anze_regulator;
grant execute on function report.insurer_branch_known, report.insurer_branch_at, report.insurer_known,
report.insurer_at to anze_regulator, anze_loader;

comment on function core.insurer_heads is '由市级机构各行得出每家机构一行, one row an insurer of its branch rows';
comment on view report.insurer_branch is '保险机构的市级机构: 名录当前有效记录,每家机构的每个市级机构一行,不含个人信息';
comment on column report.insurer_branch.insurer_id is '机构标识,与其报送记录一致';
comment on column report.insurer_branch.insurer_code is '保险机构代码';
comment on column report.insurer_branch.insurer_name is '保险机构名称';
comment on column report.insurer_branch.credit_code is '总公司信用代码';
comment on column report.insurer_branch.licence_no is '许可证编号';
comment on column report.insurer_branch.alias_list is '别名';
comment on column report.insurer_branch.feed_mode_code is '数据接入方式';
comment on column report.insurer_branch.branch_code is '市级机构代码';
comment on column report.insurer_branch.branch_name is '市级机构名称';
comment on column report.insurer_branch.branch_region_code is '市级机构所在地代码';
comment on column report.insurer_branch.valid_from_date is '有效期起';
comment on column report.insurer_branch.valid_to_date is '有效期止';
comment on column report.insurer_branch.operation_code is '操作类型';
comment on column report.insurer_branch.source_updated_at is '源系统更新时间';
comment on column report.insurer_branch.version_id is '版本号(平台内部)';
comment on column report.insurer_branch.batch_id is '批次号';
comment on column report.insurer_branch.row_no is '批次内行号';
comment on column report.insurer_branch.recorded_at is '入库时间';
comment on column report.insurer_branch.first_received_at is '首次接收时间';
comment on column report.insurer_branch.deadline_on is '报送截止日,空为待定或不适用';
comment on column report.insurer_branch.timeliness is '及时性: on_time 及时, late 迟报, undetermined 待定';
comment on function report.insurer_branch_known is '保险机构的市级机构: 某时刻已知的记录,不含个人信息';
comment on function report.insurer_branch_at is '保险机构的市级机构: 某业务日有效、某时刻已知的记录,不含个人信息';
comment on view report.insurer is '保险机构: 名录当前有效记录,每家机构一行;市级机构见 report.insurer_branch';
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
comment on function report.insurer_known is '保险机构: 某时刻已知的名录,每家机构一行';
comment on function report.insurer_at is '保险机构: 某业务日有效、某时刻已知的名录,每家机构一行';
