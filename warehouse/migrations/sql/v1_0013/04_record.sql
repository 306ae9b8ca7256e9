-- The present version of a record by its key, to link to.
-- Grain: one value. Scope: read as the owner, whose reading the policies bound by what the caller may see. Limits: null for
--   a record that is withdrawn, is not the caller's or is not there.
create function report.version_of(record_type text, insurer_id text, record_key text) returns bigint
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
    same text;
    found_id bigint;
begin
    select
        string_agg(
            format('v.%1$s = split_part($2, ''|'', %2$s)', pg_get_indexdef(i.indexrelid, n.place, true), n.place),
            ' and ' order by n.place
        )
    into same
    from pg_index as i
    inner join pg_class as x on x.oid = i.indexrelid and x.relname = $1 || '_current_key'
    inner join pg_class as t on t.oid = i.indrelid and t.relname = $1 and t.relnamespace = 'core'::regnamespace
    cross join lateral generate_series(1, i.indnatts - 1) as n (place);
    if same is null then
        raise exception '没有这种数据:%', $1 using hint = '数据类型见 report.field', errcode = 'P0002';
    end if;
    execute format(
        'select v.version_id from core.%I as v where v.insurer_id = $1 and v.superseded_at is null and not v.is_withdrawn and %s',
        $1, same
    ) into found_id using $2, $3;
    return found_id;
end
$$;
comment on function report.version_of is
'一条记录现行版本的版本号,至多一行,限对本账号可见的记录;没有或看不到为空。参数: record_type 数据类型; insurer_id 报送机构; record_key 业务编号,多个字段以 | 相连。列: version_of 版本号';
grant execute on function report.version_of to anze_regulator, anze_loader;
