-- Profiles of deliveries, and the deliveries whose totals do not add up.
-- Grain: delivery_profile one row a batch that could be read; column_profile one row a batch and field that is filled
--   in at least one row; publication_imbalance one row a publication and unbalanced batch of a feed that it expects.
-- Scope: the batch as it was first read. Columns are profiled over rows that are no withdrawals (content_count).
-- Exclusions: unreadable batches, duplicates. Limits: no value of a text is kept, so no personal one.
create table quality.delivery_profile (
    batch_id bigint primary key,
    insurer_id text not null,
    record_type text not null,
    channel text not null,
    replaces text,
    span_seconds numeric,
    row_count bigint not null,
    content_count bigint not null,
    loaded_count bigint not null,
    held_count bigint not null,
    amount_field text,
    landed_amount numeric,
    loaded_amount numeric,
    profiled_at timestamptz not null,
    check (row_count = loaded_count + held_count)
);
create index delivery_profile_feed on quality.delivery_profile (insurer_id, record_type, channel, batch_id);
comment on column quality.delivery_profile.span_seconds is 'length of the window asked for, null for files';
comment on column quality.delivery_profile.amount_field is 'the amount that the sender declared a sum of';

create table quality.column_profile (
    batch_id bigint not null,
    field text not null,
    filled_count bigint not null check (filled_count > 0),
    is_constant boolean not null,
    same_count bigint not null,
    amount_sum numeric,
    absolute_sum numeric,
    amount_min numeric,
    amount_max numeric,
    primary key (batch_id, field)
);

comment on column quality.column_profile.same_count is 'rows with the value of the first filled row';

-- Deliveries whose totals did not add up, and still do not, as known at a moment. Grain: one row a batch.
-- kind held: every row was held; declared: its sender declared totals and some of its rows are still held; rejected:
--   nothing of it could be read or was taken, or no row came though some were declared.
-- Healed: all held rows are resolved; or a later delivery that replaces at least as much was loaded; or of a rejected
--   one, a replay read it, or a later delivery with rows was loaded (over an interface: of a window that covers its).
create function quality.imbalance(known_at timestamptz)
returns table (
    batch_id bigint, insurer_id text, record_type text, kind text, declared_row_count bigint, received_count bigint,
    open_row_count bigint, amount_field text, declared_amount numeric, loaded_amount numeric
)
language sql stable parallel safe as $$
select
    b.batch_id,
    b.insurer_id,
    b.record_type,
    case
        when coalesce(b.received_count, 0) = 0 and again.received_count is null then 'rejected'
        when b.state = 'rejected' then 'held'
        else 'declared'
    end as kind,
    b.declared_row_count,
    coalesce(nullif(b.received_count, 0), again.received_count, 0) as received_count,
    held.open_row_count,
    b.declared_amount_field as amount_field,
    b.declared_amount,
    p.loaded_amount
from landing.batch as b
left join quality.delivery_profile as p on b.batch_id = p.batch_id
cross join lateral (
    select count(*) as open_row_count
    from quarantine.row as q
    where q.batch_id = b.batch_id and q.quarantined_at <= $1 and (q.resolved_at is null or q.resolved_at > $1)
) as held
cross join lateral (
    select nullif(max(l.received_count), 0) as received_count
    from landing.load as l
    where l.batch_id = b.batch_id and l.kind = 'replay' and l.recorded_at <= $1
) as again
where
    b.state in ('loaded', 'partly_loaded', 'rejected')
    and b.loaded_at <= $1
    and case
        when coalesce(b.received_count, 0) = 0
            then (b.state = 'rejected' or b.declared_row_count > 0)
                and (again.received_count is null or held.open_row_count > 0)
        else
            b.quarantined_count > 0
            and (b.state = 'rejected' or num_nonnulls(b.declared_row_count, b.declared_amount) > 0)
            and held.open_row_count > 0
    end
    and not exists (
        select 1
        from landing.batch as n
        where
            n.insurer_id = b.insurer_id
            and n.record_type = b.record_type
            and n.batch_id > b.batch_id
            and n.state in ('loaded', 'partly_loaded')
            and n.loaded_at <= $1
            and (
                n.replaces = 'all'
                or (
                    n.replaces = 'window' and b.replaces = 'window'
                    and n.replaces_from <= b.replaces_from and n.replaces_to >= b.replaces_to
                )
                or (
                    coalesce(b.received_count, 0) = 0 and n.received_count > 0
                    and case
                        when b.channel = 'api'
                            then coalesce(n.interval_start, '-infinity') <= coalesce(b.interval_start, '-infinity')
                                and n.interval_end >= b.interval_end
                        else n.channel <> 'api'
                    end
                )
            )
    )
$$;
comment on function quality.imbalance is '申报与入库不平且尚未解决的批次, deliveries that do not add up, as known at a moment';
grant execute on function quality.imbalance to anze_loader;

alter table mart.publication add column imbalanced_feeds text [] not null default '{}';
alter table mart.publication_feed add column is_balanced boolean not null default true;

create table mart.publication_imbalance (
    publication_id bigint not null references mart.publication,
    batch_id bigint not null,
    insurer_id text not null,
    record_type text not null,
    kind text not null check (kind in ('held', 'declared', 'rejected')),
    declared_row_count bigint,
    received_count bigint not null,
    open_row_count bigint not null,
    amount_field text,
    declared_amount numeric,
    loaded_amount numeric,
    primary key (publication_id, batch_id)
);
call mart.protect_figures('publication_imbalance');

create view report.publication_imbalance as
select
    p.publication_id, p.as_of, p.known_at, i.insurer_id, i.record_type, i.batch_id, i.kind,
    i.declared_row_count, i.received_count, i.open_row_count, i.amount_field, i.declared_amount, i.loaded_amount,
    i.declared_amount - i.loaded_amount as amount_difference
from mart.publication_imbalance as i
inner join mart.publication as p on i.publication_id = p.publication_id;
grant select on report.publication_imbalance to anze_regulator;

comment on view report.publication_imbalance is '每次发布时申报与入库不平的批次:其机构的指标格及包含它的合计为暂定';
comment on column report.publication_imbalance.kind is
'原因: held 整批被隔离, declared 有申报而部分行仍被隔离, rejected 无法读取、未采用或申报的行未到';
comment on column report.publication_imbalance.open_row_count is '发布时仍被隔离的行数';
comment on column report.publication_imbalance.amount_field is '申报合计的金额字段';
comment on column report.publication_imbalance.loaded_amount is '首次入库时该字段的合计,元';
comment on column report.publication_imbalance.amount_difference is '申报减首次入库,元';
create or replace view report.publication as
select
    publication_id, as_of, known_at, published_at, is_provisional, missing_insurers, missing_feeds, expected_count,
    delivered_count, ruleset_version, calendar_version, last_load_no, imbalanced_feeds
from mart.publication;
comment on column report.publication.imbalanced_feeds is '不平的数据:机构/数据类型';
comment on column report.publication.is_provisional is '暂定:有应报机构未送达,或有送达不平';
comment on column report.indicator.is_provisional is '暂定:该格有应报机构未送达,或其送达不平';
