-- Comments on what stands in schema report and carries none: columns of views, one meaning a name, whatever the view;
-- of views and functions of a record type what a row is and which records are left out; of functions their columns.
-- Grain: one column, view or function of schema report. Scope: the connected database; run by the views' owner.
-- Exclusions: what a migration or a contract has described. Limits: a name that is not listed stays bare; a function's
--   columns cannot carry comments of their own in PostgreSQL, so that the function's comment lists them.
do $$
declare
    described record;
begin
    for described in
        select c.relname, a.attname, m.meaning
        from (
            values
            ('publication_id', '发布编号'),
            ('as_of', '统计截止日'),
            ('known_at', '数据截止时刻:只计入此刻之前入库的版本'),
            ('indicator', '指标标识,见 report.indicator_definition'),
            ('code', '指标代码,如 I1'),
            ('indicator_code', '指标代码,如 I1'),
            ('indicator_name', '指标名称'),
            ('name_zh', '指标中文名称'),
            ('name_en', '指标英文名称'),
            ('definition_version', '口径版本'),
            ('direction', '方向:higher_is_better 越高越好, lower_is_better 越低越好, neutral 中性'),
            ('variant_of', '所属主指标;空为主指标'),
            ('confidence', '口径可信度'),
            ('owner', '口径负责人'),
            ('source_document', '口径依据文件'),
            ('valid_from', '口径生效日期'),
            ('review_date', '口径下次复核日期'),
            ('unit', '单位:percent 百分比, count 个数, days 天, yuan 元'),
            ('period_kind', '期间:as_of 时点, month 当月, ytd 本年累计, rolling12 近12个月'),
            ('period_start', '期间首日(含)'),
            ('period_end', '期间末日(含),即统计截止日'),
            ('region_code', '地区代码:省、市、县'),
            ('region_name', '地区名称(期间末日时),县级前加所在市名'),
            ('insurer_name', '机构名称(当前名录);不在名录的机构为空'),
            ('domain_name', '高危行业领域名称'),
            ('period_text', '期间的文字,如 本年累计 2026-01-01 至 2026-11-20'),
            ('numerator_text', '分子,按单位显示'),
            ('denominator_text', '分母,按单位显示;无分母为空'),
            ('is_small_sample', '样本过小:分母低于该指标的最小分母,不参与比较和排序'),
            ('comparable_value', '可比较的值:样本过小或无值时为空,排序用此列'),
            ('mark_text', '标记:样本过小、分母为零、分母为负、暂定'),
            ('first_is_small_sample', '首次发布时样本过小(分母低于该指标的最小分母)'),
            ('latest_is_small_sample', '最新修订时样本过小'),
            ('region_level', '地区层级:province 省, city 市, county 县'),
            ('domain_code', '高危行业领域代码,* 为全部;11、12 同时计入 10'),
            ('insurer_id', '机构,* 为全部'),
            ('record_type', '数据类型,* 为全部'),
            ('numerator', '分子'),
            ('denominator', '分母'),
            ('value', '比值(未乘100),四舍五入到12位小数'),
            ('shown_value', '显示值,两位小数;百分比已乘100'),
            ('shown_pct', '百分比显示值,四舍五入到两位小数'),
            ('shown_text', '显示文字;无值为 —'),
            ('null_reason', '无值原因:zero_denominator 分母为零, negative_denominator 分母为负'),
            ('completeness', '已送达机构占应报机构的比例'),
            ('is_provisional', '暂定:有应报机构未送达,或申报与入库不平'),
            (
                'reason',
                '未计入的原因:claim_unknown 赔案尚未报送; service_unknown 服务记录尚未报送; policy_unknown 保单尚未报送; '
                || 'not_lead 共保非首席,由首席承保人计数; policy_void 保单自始注销(状态60); status_after_as_of 经营状态日期晚于统计截止日; no_threshold 当地无最低限额规定; '
                || 'policy_not_in_force 计划截止日保单无效; still_open 统计截止日尚未验证闭环; no_ratio 保单无约定比例,当地也无要求比例; '
                || 'outside_province 地区代码不在本省'
            ),
            ('record_count', '未计入的记录数'),
            ('due_count', '已到期记录数'),
            ('on_time_count', '其中及时的记录数'),
            ('late_count', '其中迟报的记录数'),
            ('undetermined_count', '待定记录数(工作日历未公布)'),
            ('on_time_ratio', '数据及时率(未乘100);无到期记录为空'),
            ('ruleset_version', '发布时的规则集版本'),
            ('calendar_version', '发布时的工作日历版本'),
            ('last_load_no', '发布时已计入的最后一次入库序号'),
            ('batch_id', '批次编号'),
            ('declared_row_count', '机构申报的行数'),
            ('received_count', '实际接收的行数'),
            ('declared_amount', '机构申报的金额合计'),
            ('frozen_at', '固定时间'),
            ('first_definition_version', '首次发布的口径版本'),
            ('first_numerator', '首次发布的分子'),
            ('first_denominator', '首次发布的分母'),
            ('first_value', '首次发布的比值'),
            ('first_is_provisional', '首次发布时为暂定'),
            ('latest_definition_version', '最新修订的口径版本'),
            ('latest_numerator', '最新修订的分子'),
            ('latest_denominator', '最新修订的分母'),
            ('latest_value', '最新修订的比值'),
            ('latest_is_provisional', '最新修订时为暂定')
        ) as m (column_name, meaning)
        inner join pg_catalog.pg_attribute as a on m.column_name = a.attname
        inner join pg_catalog.pg_class as c on a.attrelid = c.oid
        where c.relnamespace = 'report'::regnamespace
            and c.relkind = 'v'
            and col_description(c.oid, a.attnum) is null
    loop
        execute format('comment on column report.%I.%I is %L', described.relname, described.attname, described.meaning);
    end loop;

    -- Views and functions of one record type.
    for described in
        select
            format('%s report.%I', case when f.suffix = '' then 'view' else 'function' end, t.relname || f.suffix)
                as thing,
            split_part(obj_description(t.oid, 'pg_class'), '(', 1) || f.meaning as meaning,
            case
                when f.suffix = '' then obj_description(v.oid, 'pg_class')
                else obj_description(p.oid, 'pg_proc')
            end as present
        from (
            values
            (
                '',
                '。每条记录一行,为当前版本;已撤销和已被替换的版本不在内,已终止、到期、注销的仍在内(看其状态和日期);不含个人信息'
            ),
            (
                '_known',
                '。某时刻已知的记录,每条记录一行,为当时的版本;当时已撤销、已被替换的不在内;不含个人信息。参数: known_at 时刻'
            ),
            (
                '_at',
                '。某业务日有效、某时刻已知的记录,每条记录一行;当日尚未开始或已结束的、当时已撤销或已被替换的不在内;'
                || '不含个人信息。参数: as_of 业务日; known_at 时刻'
            )
        ) as f (suffix, meaning)
        cross join pg_catalog.pg_class as t
        left join pg_catalog.pg_class as v
            on v.relnamespace = 'report'::regnamespace and v.relname = t.relname and f.suffix = ''
        left join pg_catalog.pg_proc as p
            on p.pronamespace = 'report'::regnamespace and p.proname = t.relname || f.suffix and f.suffix <> ''
        where t.relnamespace = 'core'::regnamespace and t.relkind = 'r' and num_nonnulls(v.oid, p.oid) = 1
    loop
        if described.present is null or described.present !~ '一行' then
            execute format('comment on %s is %L', described.thing, described.meaning);
        end if;
    end loop;

    -- The columns of every function, in the words of the view that its rows are like, else of any view.
    for described in
        select
            cast(p.oid as regprocedure) as function_name,
            obj_description(p.oid, 'pg_proc') || '。列: ' || (
                select string_agg(c.column_name || ' ' || coalesce(c.meaning, c.column_name), '; ' order by c.position)
                from (
                    select
                        given.column_name,
                        given.position,
                        (
                            select col_description(a.attrelid, a.attnum)
                            from pg_catalog.pg_attribute as a
                            inner join pg_catalog.pg_class as r on a.attrelid = r.oid
                            where r.relnamespace = 'report'::regnamespace
                                and a.attname = given.column_name
                                and col_description(a.attrelid, a.attnum) is not null
                            order by
                                r.oid = coalesce(nullif(y.typrelid, 0), 0) desc,
                                r.relname = regexp_replace(p.proname, '_(known|at)$', '') desc,
                                r.relname = regexp_replace(p.proname, '_state_at$', '') desc,
                                r.relname
                            limit 1
                        ) as meaning
                    from (
                        select cast(u.column_name as name) as column_name, u.position
                        from unnest(p.proargnames, p.proargmodes) with ordinality as u (column_name, mode, position)
                        where u.mode in ('t', 'o')
                        union all
                        select a.attname, a.attnum
                        from pg_catalog.pg_attribute as a
                        where a.attrelid = nullif(y.typrelid, 0) and a.attnum > 0 and not a.attisdropped
                    ) as given
                ) as c
            ) as meaning
        from pg_catalog.pg_proc as p
        inner join pg_catalog.pg_type as y on p.prorettype = y.oid
        where p.pronamespace = 'report'::regnamespace and obj_description(p.oid, 'pg_proc') !~ '列: '
    loop
        if described.meaning is not null then
            execute format('comment on function %s is %L', described.function_name, described.meaning);
        end if;
    end loop;
end
$$
