-- One record as it was written, and the versions that it has had.
-- Grain: record_field one row a field of one version, in the order of the contract; record_version one row a version of
--   the record that a version is of.
-- Scope: fields that report.field shows; both read as the owner, whose reading the policies bound by what the caller may
--   see: a version that is not the caller's gives no row. Current and past versions have an index each, hence the union.
-- Exclusions: personal fields are named with no value: report.personal_value has those of current versions.
-- Limits: a version withdrawn by a delivery that does not hold the record has row_no 0.
create function report.record_field(record_type text, version_id bigint)
returns table (field text, field_name text, value text, is_shown boolean)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
    found_row jsonb;
begin
    if not exists (
        select from pg_class as c
        where c.relnamespace = 'core'::regnamespace and c.relkind = 'r' and c.relname = $1
    ) then
        raise exception '没有这种数据:%', $1 using hint = '数据类型见 report.field', errcode = 'P0002';
    end if;
    execute format('select to_jsonb(v) from core.%I as v where v.version_id = $1', $1) into found_row using $2;
    return query
        select f.field, f.field_name, case when f.is_shown then core.masked(found_row ->> f.field) end, f.is_shown
        from (
            select cast(n.field as text) as field, n.field_name, n.is_shown, n.field_no
            from report.field as n
            where cast(n.record_type as text) = $1
        ) as f
        where found_row is not null
            and not exists (
                select from pg_attribute as t
                where t.attname = f.field and t.attnum > 0
                    and t.attrelid in ('migration.version_tail'::regclass, 'migration.version_head'::regclass)
            )
        order by f.field_no;
end
$$;
comment on function report.record_field is
'一条记录的一个版本:每个字段一行,按约定的顺序;已撤销、已被替换的版本也可查。个人信息只列字段名(is_shown 为否)。参数: record_type 数据类型; version_id 版本号。列: field 字段名; field_name 中文名称; value 值; is_shown 监管账号可否看到';

create function report.record_version(record_type text, of_version_id bigint)
returns table (
    version_id bigint, insurer_id text, record_key text, batch_id bigint, row_no bigint, recorded_at timestamptz,
    superseded_at timestamptz, is_withdrawn boolean, first_received_at timestamptz, deadline_on date, timeliness text
) language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
    same text;
    key_text text;
begin
    select
        string_agg(format('v.%1$s = o.%1$s', pg_get_indexdef(i.indexrelid, n.place, true)), ' and ' order by n.place),
        string_agg('v.' || pg_get_indexdef(i.indexrelid, n.place, true), ', ' order by n.place)
            filter (where n.place < i.indnatts)
    into same, key_text
    from pg_index as i
    inner join pg_class as x on x.oid = i.indexrelid and x.relname = $1 || '_current_key'
    inner join pg_class as t on t.oid = i.indrelid and t.relname = $1 and t.relnamespace = 'core'::regnamespace
    cross join lateral generate_series(1, i.indnatts) as n (place);
    if same is null then
        raise exception '没有这种数据:%', $1 using hint = '数据类型见 report.field', errcode = 'P0002';
    end if;
    return query execute format(
        $query$
            select v.version_id, v.insurer_id, core.masked(concat_ws('|', %3$s)), v.batch_id, v.row_no, v.recorded_at,
                v.superseded_at, v.is_withdrawn, v.first_received_at, v.deadline_on, v.timeliness
            from core.%1$I as o
            cross join lateral (
                select v.* from core.%1$I as v where %2$s and v.superseded_at is null
                union all
                select v.* from core.%1$I as v where %2$s and v.superseded_at is not null
            ) as v
            where o.version_id = $1
            order by v.recorded_at desc, v.version_id desc
        $query$,
        $1, same, key_text
    ) using $2;
end
$$;
comment on function report.record_version is
'一条记录的各个版本:每个版本一行,新的在前;已撤销、已被替换的也在内。参数: record_type 数据类型; of_version_id 其中任一版本号。列: version_id 版本号; insurer_id 报送机构; record_key 业务编号,个人号码已隐去; batch_id 批次编号; row_no 批次内行号,0 为平台写入; recorded_at 入库时间; superseded_at 被替换时间,空为当前; is_withdrawn 是否撤销; first_received_at 首次接收时间; deadline_on 截止日; timeliness 及时性';

grant execute on function report.record_field, report.record_version to anze_regulator, anze_loader;
