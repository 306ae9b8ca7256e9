-- What readers ask with psql and BI tools: from the server's own log into the audit, each line once.
-- Grain: access.shipped_log has one row a file of the log; a name that the server uses again after a month is another
--   file, told apart by its first line.
-- Scope: lines of this database and of logins that have, or had, an entitlement. How far a file was read is kept in the
--   transaction that appends its lines.
-- Exclusions: other logins; files that are not in the server's folder of logs, or do not end in .json.
-- Limits: the owner must be allowed to read the log (`anze migrate` by a superuser allows it). No row counts: the server
--   logs none.
create table access.shipped_log (
    file_name text not null,
    first_line_sha256 bytea not null,
    byte_count bigint not null default 0 check (byte_count >= 0),
    shipped_at timestamptz not null default now(),
    primary key (file_name, first_line_sha256)
);

create function access.log_files() returns table (file_name text, byte_count bigint)
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
    if pg_current_logfile('jsonlog') is null then
        return;
    end if;
    return query
    select l.name, l.size
    from pg_ls_logdir() as l
    where l.name ~ '^[A-Za-z0-9_.-]+\.json$'
    order by l.modification, l.name;
exception when insufficient_privilege then
    return;
end
$$;
comment on function access.log_files is
'files of the server''s log in JSON, the oldest first; none where it keeps none or the owner may not read it';

create function access.log_piece(file_name text, begins_at bigint, byte_count bigint) returns bytea
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
    if $1 !~ '^[A-Za-z0-9_.-]+\.json$' then
        raise exception 'no file of the log' using errcode = '42501';
    end if;
    return pg_read_binary_file(
        regexp_replace(pg_current_logfile('jsonlog'), '[^/]*$', '') || $1, $2, $3, true
    );
end
$$;
comment on function access.log_piece is 'bytes of a file of the log; null where it is gone or the server logs no JSON';

create function access.shipped_until(file_name text, first_line_sha256 bytea) returns bigint
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select coalesce(max(s.byte_count), 0) from access.shipped_log as s
    where s.file_name = $1 and s.first_line_sha256 = $2
$$;

create function access.ship(
    file_name text, first_line_sha256 bytea, begins_at bigint, ends_at bigint, events jsonb
) returns bigint
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    read_until bigint;
    appended bigint;
begin
    insert into access.shipped_log as s (file_name, first_line_sha256) values ($1, $2) on conflict do nothing;
    select s.byte_count into read_until from access.shipped_log as s
    where s.file_name = $1 and s.first_line_sha256 = $2
    for update;
    if read_until <> $3 then
        raise exception 'another process reads this log' using errcode = '40001';
    end if;
    insert into access.event (happened_at, role_name, kind, object, filter, row_count, client, via)
    select
        e.happened_at, e.login, e.kind, e.object,
        e.filter || coalesce(
            (select jsonb_object_agg(i.key, access.digest(i.value)) from jsonb_each_text(e.identifiers) as i), '{}'
        ),
        null, e.client, 'psql'
    from rows from (
        jsonb_to_recordset($5) as (
            happened_at timestamptz, login text, kind text, object text, filter jsonb, identifiers jsonb, client text
        )
    ) with ordinality as e (happened_at, login, kind, object, filter, identifiers, client, line_no)
    where
        e.kind in ('query', 'sign_in_refused')
        and exists (select from access.entitlement as t where t.role_name = e.login)
    order by e.line_no;
    get diagnostics appended = row_count;
    update access.shipped_log as s set byte_count = $4, shipped_at = now()
    where s.file_name = $1 and s.first_line_sha256 = $2;
    return appended;
end
$$;
comment on function access.ship is 'appends what readers asked, and keeps how far the log was read; returns how many';

grant usage on schema access to anze_loader;
revoke execute on function
access.log_files, access.log_piece, access.shipped_until, access.ship
from public, anze_reader, anze_regulator, anze_portal;
grant execute on function
access.log_files, access.log_piece, access.shipped_until, access.ship
to anze_loader;

comment on column report.audit_event.row_count is '行数;经数据库直接查询的为空,数据库日志不记行数';
comment on function report.audit_digest is
'每次一行:号码在审计记录中的摘要,只供审计账号核对。参数: identifier 保单号、统一社会信用代码等完整号码;';
