-- Who handed in a delivery, and by which number its receipt is called.
-- Grain: landing.submission has one row a batch that an account handed in at the portal or by the API.
-- Scope: a receipt's number is made of its day, its batch and its content, so that it is never given twice, not even
--   after a database was restored to an earlier moment.
-- Limits: batches that were collected, dropped or handed in by the command line have no row here.
-- The loader writes it in the transaction of the receipt.
create table landing.submission (
    batch_id bigint primary key references landing.batch,
    insurer_id text not null,
    submitted_by text not null,
    via text not null check (via in ('portal', 'api')),
    client text not null,
    idempotency_key text check (length(idempotency_key) between 1 and 200),
    request_sha256 text,
    unique (submitted_by, idempotency_key)
);

grant select, insert on landing.submission to anze_loader;
create trigger submission_kept before update or delete or truncate on landing.submission
for each statement execute function access.refuse_rewriting();

create function core.receipt_no(batch_id bigint, received_at timestamptz, digest text) returns text
language sql stable parallel safe set search_path = pg_catalog, pg_temp as $$
    select to_char($2 at time zone 'Asia/Shanghai', 'YYYYMMDD') || '-' || $1 || '-' || upper(substr(encode(sha256(
        convert_to($1 || '|' || extract(epoch from $2) || '|' || $3, 'UTF8')
    ), 'hex'), 1, 8))
$$;
comment on function core.receipt_no is '回执编号:日期-批次编号-内容校验,不会重复';
grant execute on function core.receipt_no to anze_reader, anze_regulator, anze_loader;

create or replace view report.batch as
select
    b.batch_id,
    b.insurer_id,
    b.record_type,
    b.channel,
    b.received_at,
    b.interval_start,
    b.interval_end,
    b.state,
    b.duplicate_of,
    b.replaces,
    b.replaces_from,
    b.replaces_to,
    b.declared_row_count,
    b.declared_amount_field,
    b.declared_amount,
    b.received_count,
    b.accepted_count,
    b.quarantined_count,
    b.duplicate_count,
    b.superseded_count,
    b.reason_code,
    core.masked(b.reason_text) as reason_text,
    b.loaded_at,
    b.digest,
    b.contract_version,
    b.ruleset_version,
    b.calendar_version,
    b.definition_digest,
    t.is_news,
    core.receipt_no(b.batch_id, b.received_at, b.digest) as receipt_no,
    s.submitted_by,
    s.via as submitted_via,
    b.live_count,
    b.missing_count,
    l.withdrawn_count,
    b.again_of,
    d.batch_id is not null as is_discarded
from landing.batch as b
inner join landing.told as t on b.batch_id = t.batch_id
left join landing.submission as s on b.batch_id = s.batch_id
left join landing.load as l on b.batch_id = l.batch_id and l.kind = 'first'
left join landing.discard as d on b.batch_id = d.batch_id;
comment on column report.batch.receipt_no is '回执编号:日期-批次编号-内容校验,不会重复';
comment on column report.batch.submitted_by is '报送账号;接口采集、文件夹和命令行的为空';
comment on column report.batch.submitted_via is '报送途径:portal 网页, api 接口';
comment on column report.batch.live_count is '全量或区间替换时,报送前在册的记录数';
comment on column report.batch.missing_count is '替换时,这次没有报送的在册记录数';
comment on column report.batch.withdrawn_count is '替换时撤销的记录数';
comment on column report.batch.again_of is '再次判定:相同内容首次接收的批次';
comment on column report.batch.is_discarded is '是否已由人决定放弃';
