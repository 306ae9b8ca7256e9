-- Cells of figures, a partition for each publication: half a million rows a day, of which old days can leave as a whole.
-- Grain: mart.indicator_value as before; publication_detached one row a publication whose cells have left.
-- Scope: every publication, those of before too. Exclusions: bounds, exclusions and timeliness, a hundredth of the cells, stay.
-- Limits: what a frozen month, or a month of the series, shows cannot leave; nor can the newest publication.
create function mart.open_publication(publication_id bigint) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    part text := 'indicator_value_' || $1;
begin
    execute format('create table mart.%I (like mart.indicator_value including all)', part);
    execute format('revoke all on mart.%I from anze_loader', part);
    call mart.protect_figures(part);
    call access.protect_rows(cast(format('mart.%I', part) as regclass));
    execute format('alter table mart.indicator_value attach partition mart.%I for values in (%s)', part, $1);
end
$$;
comment on function mart.open_publication is '为一次发布的指标值建立分区,发布时调用一次';

-- Views name a table by its identity: those that read it are made again, as they are, on the new one.
do $$
declare
    kept bigint;
    view_text text;
    reading text [] := array(
        select distinct
            format(
                'create or replace view %s%s as %s', cast(c.oid as regclass),
                ' with (' || array_to_string(c.reloptions, ', ') || ')', pg_get_viewdef(c.oid)
            )
        from pg_depend as d
        inner join pg_rewrite as r on d.classid = cast('pg_rewrite' as regclass) and d.objid = r.oid
        inner join pg_class as c on r.ev_class = c.oid
        where d.refclassid = cast('pg_class' as regclass) and d.refobjid = cast('mart.indicator_value' as regclass)
    );
begin
    alter table mart.indicator_value no force row level security;
    alter table mart.indicator_value rename to indicator_value_before;
    alter table mart.indicator_value_before rename constraint indicator_value_pkey to indicator_value_before_pkey;
    create table mart.indicator_value (like mart.indicator_value_before including defaults including constraints)
    partition by list (publication_id);
    alter table mart.indicator_value add primary key (
        publication_id, indicator, period_kind, region_code, domain_code, insurer_id
    );
    call mart.protect_figures('indicator_value');
    for kept in select distinct v.publication_id from mart.indicator_value_before as v loop
        perform mart.open_publication(kept);
    end loop;
    insert into mart.indicator_value select * from mart.indicator_value_before;
    foreach view_text in array reading loop
        execute view_text;
    end loop;
    drop table mart.indicator_value_before;
end
$$;

create table mart.publication_detached (
    publication_id bigint primary key references mart.publication,
    detached_at timestamptz not null default now(),
    detached_by text not null default session_user,
    row_count bigint not null,
    table_name text not null
);
comment on table mart.publication_detached is '指标值已移出的发布:其分区成为单独的表 table_name,由数据库管理员归档';
call mart.protect_figures('publication_detached');
revoke insert on mart.publication_detached from anze_loader;

-- Which publications may leave: before a day, and nobody reads a month from them.
create function mart.detachable(before date) returns table (publication_id bigint, as_of date)
language sql stable
as $$
    select p.publication_id, p.as_of
    from mart.publication as p
    where
        p.as_of < $1
        and not exists (select from mart.publication_detached as d where d.publication_id = p.publication_id)
        and not exists (select from mart.frozen as f where f.publication_id = p.publication_id)
        and not exists (select from report.month as m where m.publication_id = p.publication_id)
        and p.publication_id <> (
            select n.publication_id from mart.publication as n order by n.as_of desc, n.known_at desc limit 1
        )
    order by p.as_of, p.publication_id
$$;
comment on function mart.detachable is '统计截止日早于 before、可以移出的发布:已固定的月份、月度序列取数的发布、最近一次发布除外';
revoke execute on function mart.detachable from public;

create procedure mart.detach(publication_id bigint) language plpgsql as $$
declare
    part text := 'indicator_value_' || $1;
    counted bigint;
begin
    if not exists (select from mart.detachable('infinity') as d where d.publication_id = $1) then
        raise exception '发布 % 不能移出 publication % cannot leave', $1, $1
            using hint = '它不存在、已移出,或有月份从它取数', errcode = '23001';
    end if;
    execute format('alter table mart.indicator_value detach partition mart.%I', part);
    execute format('alter table mart.%I no force row level security', part);
    execute format('select count(*) from mart.%I', part) into counted;
    insert into mart.publication_detached (publication_id, row_count, table_name) values ($1, counted, 'mart.' || part);
end
$$;
comment on procedure mart.detach is '把一次发布的指标值移出为单独的表;仅所有者可执行';
revoke execute on procedure mart.detach from public, anze_loader;
