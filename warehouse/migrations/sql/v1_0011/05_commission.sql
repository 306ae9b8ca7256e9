-- Commission above the bound: one condition for the list of the portal and for the alert.
-- Grain: one row a policy in stock, or a held row. Scope: as the function's comment says, of what the caller may see.
-- Limits: a held row has no area.
create function report.commission_over(known_at timestamptz)
returns table (
    state text, version_id bigint, insurer_id text, policy_no text, region_code text, high_risk_domain_code text,
    insured_name text, issue_date date, held_at timestamptz, written_premium_amount numeric, commission_ratio numeric,
    bound_ratio numeric, rule_id text, batch_id bigint, row_no bigint, reason_no bigint
) language sql stable security definer rows 1000 set search_path = pg_catalog, pg_temp as $$
    with bound as materialized (
        select
            r.threshold_value,
            r.high_risk_domain_code,
            r.valid_from_date,
            coalesce(r.valid_to_date, 'infinity') as valid_to_date,
            case
                when r.region_code = '*' then ''
                when r.region_code like '__0000' then left(r.region_code, 2)
                when r.region_code like '____00' then left(r.region_code, 4)
                else r.region_code
            end as region_prefix
        from core.rule_threshold_known($1) as r
        where r.rule_no = 'R05' and r.operator_code = '<='
    ),
    bounded as (
        select
            p.*,
            (
                select min(b.threshold_value)
                from bound as b
                where
                    p.issue_date between b.valid_from_date and b.valid_to_date
                    and starts_with(coalesce(p.region_code, ''), b.region_prefix)
                    and (
                        b.high_risk_domain_code in ('*', p.high_risk_domain_code)
                        or (b.high_risk_domain_code = '10' and p.high_risk_domain_code in ('11', '12'))
                    )
            ) as bound_ratio
        from report.policy_commission($1, (select min(b.threshold_value) from bound as b)) as p
    )
    select
        'loaded', b.version_id, b.insurer_id, b.policy_no, b.region_code, b.high_risk_domain_code, b.insured_name,
        b.issue_date, null, b.written_premium_amount, round(b.found_ratio, 6), b.bound_ratio, null, b.batch_id, b.row_no,
        null
    from bounded as b
    where b.found_ratio > b.bound_ratio
    union all
    select
        'held', null, h.insurer_id, h.record_key, null, null, null, null, h.held_at, null, null, null, h.rule_id,
        h.batch_id, h.row_no, h.reason_no
    from report.held_row as h
    where
        h.rule_id in ('POL-007', 'POL-008')
        and h.held_at <= $1 and (h.resolved_at is null or h.resolved_at > $1)
$$;
comment on function report.commission_over is
'佣金超上限:佣金比例(或佣金金额与签单保费之比)高于签单日上限的保单每张一行,因佣金规则被隔离、尚未更正的行每个原因一行;没有报佣金的不在内;限对本账号可见的,被隔离的行没有地区。参数: known_at 时刻。列: state loaded 在库, held 被隔离; version_id 版本号; insurer_id 报送机构; policy_no 保单号; region_code 风险所在地代码; high_risk_domain_code 高危行业领域; insured_name 被保险人; issue_date 签单日期; held_at 隔离时间; written_premium_amount 签单保费; commission_ratio 佣金比例; bound_ratio 上限; rule_id 规则; batch_id 批次; row_no 行号; reason_no 第几个原因';
grant execute on function report.commission_over to anze_regulator, anze_loader;
