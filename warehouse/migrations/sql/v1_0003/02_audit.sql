-- Audit: who did or read what, when.
-- Grain: one row an event: a sign-in or its refusal, a write, an export, a read.
-- Scope: what passes the portal, the API and `anze user`; what regulators ask with psql, from the server's own log.
-- Exclusions: no identifier of a record or person: those of a filter are kept as keyed digests, which
--   report.audit_digest gives an auditor for a number that he has in hand.
-- Limits: appended only; no role of ours may change or remove a row. Superusers can: the ledger shows it.
create table access.event (
    event_id bigint generated always as identity primary key,
    happened_at timestamptz not null default now(),
    role_name text not null,
    kind text not null check (
        kind in ('sign_in', 'sign_in_refused', 'sign_out', 'read', 'export', 'write', 'account', 'query')
    ),
    object text not null,
    filter jsonb not null default '{}',
    row_count bigint,
    client text not null,
    via text not null check (via in ('portal', 'api', 'command', 'psql'))
);
create index event_of on access.event (role_name, event_id);
create trigger event_kept before update or delete or truncate on access.event
for each statement execute function access.refuse_rewriting();

-- One row: what keys the digests of identifiers.
create table access.digest_key (key bytea not null);
insert into access.digest_key (key) select sha256(cast(
    string_agg(cast(gen_random_uuid() as text), '') as bytea
)) from generate_series(1, 4);

create function access.digest(identifier text) returns text
language sql stable set search_path = pg_catalog, pg_temp as $$
    select 'sha256:' || encode(sha256(k.key || sha256(k.key || convert_to($1, 'UTF8'))), 'hex') from access.digest_key as k
$$;

create function access.record(
    login text, kind text, object text, filter jsonb, identifiers jsonb, row_count bigint, client text, via text
) returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
    insert into access.event (role_name, kind, object, filter, row_count, client, via)
    select
        $1, $2, $3,
        $4 || coalesce((select jsonb_object_agg(i.key, access.digest(i.value)) from jsonb_each_text($5) as i), '{}'),
        $6, $7, $8
$$;
comment on function access.record is 'appends an event; identifiers are kept as digests';

create view report.audit_event as
select
    e.event_id,
    e.happened_at,
    e.role_name,
    e.kind,
    e.object,
    e.filter,
    e.row_count,
    e.client,
    e.via
from access.event as e
where
    e.role_name = (select access.caller())
    or (select access.is_ours())
    or exists (
        select 1 from access.mine() as m
        where m.kind = 'auditor'
    );
comment on view report.audit_event is '审计:登录、报送、导出和查阅每次一行,只增不改;审计账号看全部,其他账号只看自己';
comment on column report.audit_event.event_id is '序号';
comment on column report.audit_event.happened_at is '时间';
comment on column report.audit_event.role_name is '账号';
comment on column report.audit_event.kind is
'类别:sign_in 登录, sign_in_refused 登录被拒, sign_out 退出, read 查阅, export 导出, write 报送或填写, account 账号管理, query SQL 查询';
comment on column report.audit_event.object is '对象';
comment on column report.audit_event.filter is '条件;其中的证件号码和业务编号只保存摘要,见 report.audit_digest';
comment on column report.audit_event.row_count is '行数';
comment on column report.audit_event.client is '来源地址';
comment on column report.audit_event.via is '途径:portal 网页, api 接口, command 命令行, psql 数据库';

create function report.audit_digest(identifier text) returns text
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
    if not access.is_ours() and not exists (select from access.mine() as m where m.kind = 'auditor') then
        raise exception '只有审计账号可以计算摘要' using errcode = '42501';
    end if;
    return access.digest($1);
end
$$;
comment on function report.audit_digest is '号码在审计记录中的摘要,供审计账号核对';
