-- Functions of core that read no table: sums and quotients, orders of numbers, and values as people read them.
-- Limits: shown_number and period_text are stable, not immutable: to_char is, and only so the two are opened up into the
--   queries that use them.
create function core.later_value(earlier anyelement, later anyelement) returns anyelement
language sql immutable parallel safe as $$ select coalesce($2, $1) $$;

create aggregate core.last_value_known (anyelement)(
    sfunc = core.later_value,
    stype = anyelement,
    parallel = safe
);

create function core.half_up(numerator numeric, denominator numeric, digits integer) returns numeric
language sql immutable parallel safe as $$
    select sign($1) * sign($2)
        * div(2 * abs($1) * cast('1e' || cast($3 as text) as numeric) + abs($2), 2 * abs($2))
        * cast('1e-' || cast($3 as text) as numeric)
$$;
comment on function core.half_up is '精确商四舍五入到指定小数位(负数按绝对值), exact quotient rounded half away from zero';

create function core.rounded_sum(total numeric) returns numeric
language sql immutable parallel safe as $$ select case when scale($1) > 12 then round($1, 12) else $1 end $$;
comment on function core.rounded_sum is
'合计最多保留12位小数(四舍五入), a sum with at most 12 decimals, half up; a shorter one stays as it is';

create function core.number_pieces(business_no text) returns text[]
language sql immutable strict parallel safe as $$
    select case when $1 ~ '^[0-9]' then array[''] else array[]::text [] end || array(
        select
            case
                when p.piece[1] ~ '^[0-9]'
                    then lpad(cast(length(ltrim(p.piece[1], '0')) as text), 6, '0') || ltrim(p.piece[1], '0')
                else p.piece[1]
            end
        from regexp_matches($1, '[0-9]+|[^0-9]+', 'g') with ordinality as p (piece, piece_no)
        order by p.piece_no
    )
$$;
comment on function core.number_pieces is
'业务号的排序依据:数字段按数值比较,其余按字符, order by it in collation C: digit runs as numbers, so HI-E-10 after HI-E-9';

-- A personal number in a text is never shown: resident identity numbers, mobile numbers.
create function core.masked(words text) returns text language sql immutable parallel safe as $$
    select regexp_replace(
        regexp_replace(
            $1,
            '(^|[^0-9A-Za-z])[1-8][0-9]{5}(19|20)[0-9]{2}(0[1-9]|1[0-2])([0-2][0-9]|3[01])[0-9]{3}[0-9Xx](?![0-9A-Za-z])',
            '\1(已隐去)', 'g'
        ),
        '(^|[^0-9A-Za-z])1[3-9][0-9]{9}(?![0-9A-Za-z])', '\1(已隐去)', 'g'
    )
$$;
comment on function core.masked is 'a text without resident identity numbers and mobile numbers';

-- Stable, not immutable: to_char is, and only so the two are opened up into the queries that use them.
create function core.shown_number(number numeric, decimals integer, unit text) returns text
language sql stable parallel safe as $$
    select to_char(
        round($1, $2),
        'FM999,999,999,999,999,999,999,999,990' || case when $2 > 0 then '.' || repeat('0', $2) else '' end
    ) || coalesce(' ' || $3, '')
$$;
comment on function core.shown_number is '按单位显示的数:千分位、固定小数位(四舍五入)、单位';

create function core.period_text(period_kind text, period_start date, period_end date) returns text
language sql stable parallel safe as $$
    select
        case $1
            when 'as_of' then '截至 '
            else case $1 when 'month' then '当月 ' when 'ytd' then '本年累计 ' when 'rolling12' then '近12个月 ' else $1 || ' ' end
                || to_char($2, 'YYYY-MM-DD') || ' 至 '
        end || to_char($3, 'YYYY-MM-DD')
$$;
comment on function core.period_text is '期间的文字:截至某日、当月、本年累计、近12个月';

grant execute on function core.half_up, core.masked, core.shown_number, core.period_text to anze_regulator;
