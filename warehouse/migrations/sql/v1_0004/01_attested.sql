-- What the ledger attests, as the tables say it now.
-- Grain: landing.attested has one row a fact: a receipt; a refusal on arrival; a verdict (each line of the log of loads);
--   a person's decision or discard; a publication; a frozen month's revision.
-- Scope: body is one line name=value a field, in the order below, each ended by a line feed; a field without a value has
--   no line; a backslash, line feed or carriage return in a value is written \\, \n or \r. Moments are in UTC to the
--   microsecond. file.1, file.2, ... are the digest, size in bytes and digest of the name of each file, in their order.
-- Exclusions: free text and file names stand there as their SHA-256: they may name persons. What may still change of a
--   batch: received, stuck, awaiting. The cells of a publication: they follow from what is attested.
-- Limits: where landing.batch and the log of its first load differ, the line says both, and so agrees with no entry.
create function landing.line(name text, value text) returns text
language sql immutable parallel safe as $$
    select case when $2 is null then '' else
        $1 || '=' || replace(replace(replace($2, '\', '\\'), chr(10), '\n'), chr(13), '\r') || chr(10)
    end
$$;

create function landing.utc(moment timestamptz) returns text
language sql stable parallel safe as $$
    select to_char($1 at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
$$;

create function landing.sha256_of(words text) returns text
language sql immutable parallel safe as $$ select encode(sha256(convert_to($1, 'UTF8')), 'hex') $$;

create function landing.agreed(of_load text, of_batch text, is_first boolean) returns text
language sql immutable parallel safe as $$
    select case
        when $3 and $1 is distinct from $2
            then coalesce($1, '(none)') || ' in landing.load, ' || coalesce($2, '(none)') || ' in landing.batch'
        else $1
    end
$$;

create view landing.attested as
select
    'receipt' as kind,
    b.batch_id as fact_no,
    b.batch_id,
    b.insurer_id,
    b.received_at as happened_at,
    landing.line('receipt_no', core.receipt_no(b.batch_id, b.received_at, b.digest))
    || landing.line('batch_id', cast(b.batch_id as text))
    || landing.line('insurer_id', b.insurer_id)
    || landing.line('record_type', b.record_type)
    || landing.line('channel', b.channel)
    || landing.line('received_at', landing.utc(b.received_at))
    || landing.line('submitted_by', s.submitted_by)
    || landing.line('submitted_via', s.via)
    || landing.line('digest', b.digest)
    || coalesce((
        select
            string_agg(landing.line(
                'file.' || f.position, p.sha256 || ' ' || p.size_bytes || ' ' || landing.sha256_of(f.name)
            ), '' order by f.position)
        from landing.batch_payload as f
        inner join landing.payload as p on f.sha256 = p.sha256
        where f.batch_id = b.batch_id
    ), '')
    || landing.line('duplicate_of', cast(b.duplicate_of as text))
    || landing.line('again_of', cast(b.again_of as text))
    || landing.line('follows_batch_id', cast(b.follows_batch_id as text))
    || landing.line('interval_start', landing.utc(b.interval_start))
    || landing.line('interval_end', landing.utc(b.interval_end))
    || landing.line('replaces', b.replaces)
    || landing.line('replaces_from', to_char(b.replaces_from, 'YYYY-MM-DD'))
    || landing.line('replaces_to', to_char(b.replaces_to, 'YYYY-MM-DD'))
    || landing.line('declared_row_count', cast(b.declared_row_count as text))
    || landing.line('declared_amount_field', b.declared_amount_field)
    || landing.line('declared_amount', cast(b.declared_amount as text))
    || landing.line('definition_digest', nullif(b.definition_digest, '')) as body
from landing.batch as b
left join landing.submission as s on b.batch_id = s.batch_id
union all
select
    'refusal' as kind,
    b.batch_id as fact_no,
    b.batch_id,
    b.insurer_id,
    b.loaded_at as happened_at,
    landing.line('batch_id', cast(b.batch_id as text))
    || landing.line('state', b.state)
    || landing.line('recorded_at', landing.utc(b.loaded_at))
    || landing.line('received_count', cast(b.received_count as text))
    || landing.line('accepted_count', cast(b.accepted_count as text))
    || landing.line('quarantined_count', cast(b.quarantined_count as text))
    || landing.line('duplicate_count', cast(b.duplicate_count as text))
    || landing.line('superseded_count', cast(b.superseded_count as text))
    || landing.line('reason_code', b.reason_code)
    || landing.line('reason_sha256', landing.sha256_of(b.reason_text)) as body
from landing.batch as b
where
    b.state in ('loaded', 'partly_loaded', 'rejected')
    and not exists (
        select 1 from landing.load as l
        where l.batch_id = b.batch_id and l.kind = 'first'
    )
    and not (
        b.reason_code = 'HUB-009' and exists (
            select 1 from landing.discard as d
            where d.batch_id = b.batch_id
        )
    )
union all
select
    'verdict' as kind,
    l.load_no as fact_no,
    l.batch_id,
    b.insurer_id,
    l.recorded_at as happened_at,
    landing.line('batch_id', cast(l.batch_id as text))
    || landing.line('load_no', cast(l.load_no as text))
    || landing.line('load_kind', l.kind)
    || landing.line('recorded_at', landing.agreed(
        landing.utc(l.recorded_at), landing.utc(b.loaded_at), l.kind = 'first'
    ))
    || landing.line('state', landing.agreed(l.state, b.state, l.kind = 'first'))
    || landing.line('received_count', landing.agreed(
        cast(l.received_count as text), cast(b.received_count as text), l.kind = 'first'
    ))
    || landing.line('accepted_count', landing.agreed(
        cast(l.accepted_count as text), cast(b.accepted_count as text), l.kind = 'first'
    ))
    || landing.line('quarantined_count', landing.agreed(
        cast(l.quarantined_count as text), cast(b.quarantined_count as text), l.kind = 'first'
    ))
    || landing.line('duplicate_count', landing.agreed(
        cast(l.duplicate_count as text), cast(b.duplicate_count as text), l.kind = 'first'
    ))
    || landing.line('superseded_count', landing.agreed(
        cast(l.superseded_count as text), cast(b.superseded_count as text), l.kind = 'first'
    ))
    || landing.line('withdrawn_count', cast(l.withdrawn_count as text))
    || landing.line('contract_version', landing.agreed(l.contract_version, b.contract_version, l.kind = 'first'))
    || landing.line('ruleset_version', landing.agreed(l.ruleset_version, b.ruleset_version, l.kind = 'first'))
    || landing.line('calendar_version', landing.agreed(l.calendar_version, b.calendar_version, l.kind = 'first'))
    || landing.line('definition_digest', nullif(l.definition_digest, ''))
    || landing.line('reason_code', landing.agreed(l.reason_code, b.reason_code, l.kind = 'first'))
    || landing.line('reason_sha256', landing.agreed(
        landing.sha256_of(l.reason_text), landing.sha256_of(b.reason_text), l.kind = 'first'
    )) as body
from landing.load as l
inner join landing.batch as b on l.batch_id = b.batch_id
union all
select
    'decision' as kind,
    d.batch_id as fact_no,
    d.batch_id,
    b.insurer_id,
    d.decided_at as happened_at,
    landing.line('batch_id', cast(d.batch_id as text))
    || landing.line('decision', d.decision)
    || landing.line('decided_by', d.decided_by)
    || landing.line('decided_at', landing.utc(d.decided_at))
    || landing.line('live_count', cast(d.live_count as text))
    || landing.line('missing_count', cast(d.missing_count as text))
    || landing.line('reason_sha256', landing.sha256_of(d.reason)) as body
from landing.decision as d
inner join landing.batch as b on d.batch_id = b.batch_id
union all
select
    'discard' as kind,
    d.batch_id as fact_no,
    d.batch_id,
    b.insurer_id,
    d.discarded_at as happened_at,
    landing.line('batch_id', cast(d.batch_id as text))
    || landing.line('discarded_by', d.discarded_by)
    || landing.line('discarded_at', landing.utc(d.discarded_at))
    || landing.line('reason_sha256', landing.sha256_of(d.reason))
    || landing.line('state', b.state)
    || landing.line('recorded_at', landing.utc(b.loaded_at))
    || landing.line('reason_code', b.reason_code) as body
from landing.discard as d
inner join landing.batch as b on d.batch_id = b.batch_id
union all
select
    'publication' as kind,
    p.publication_id as fact_no,
    cast(null as bigint) as batch_id,
    cast(null as text) as insurer_id,
    p.published_at as happened_at,
    landing.line('publication_id', cast(p.publication_id as text))
    || landing.line('as_of', to_char(p.as_of, 'YYYY-MM-DD'))
    || landing.line('known_at', landing.utc(p.known_at))
    || landing.line('published_at', landing.utc(p.published_at))
    || landing.line('is_provisional', cast(p.is_provisional as text))
    || landing.line('expected_count', cast(p.expected_count as text))
    || landing.line('delivered_count', cast(p.delivered_count as text))
    || landing.line('missing_feeds', array_to_string(p.missing_feeds, ' '))
    || landing.line('ruleset_version', p.ruleset_version)
    || landing.line('calendar_version', p.calendar_version)
    || landing.line('region_digest', p.region_digest)
    || landing.line('last_load_no', cast(p.last_load_no as text)) as body
from mart.publication as p
union all
select
    'freeze' as kind,
    f.publication_id as fact_no,
    cast(null as bigint) as batch_id,
    cast(null as text) as insurer_id,
    f.frozen_at as happened_at,
    landing.line('month', to_char(f.month, 'YYYY-MM'))
    || landing.line('revision_no', cast(f.revision_no as text))
    || landing.line('publication_id', cast(f.publication_id as text))
    || landing.line('frozen_at', landing.utc(f.frozen_at))
    || landing.line('frozen_by', f.frozen_by) as body
from mart.frozen as f;

grant select on landing.attested to anze_loader;
grant execute on function landing.line, landing.utc, landing.sha256_of, landing.agreed to anze_loader;
