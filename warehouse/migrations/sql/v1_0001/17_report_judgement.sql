-- What arrived and how it was judged, for regulators: held rows, findings, receipts, and the lists that explain them.
-- Grain: as each view's comment says.
-- Scope: every sender. A value is shown where the field itself is shown to regulators, never of a personal field; personal
--   numbers are masked in every text. The row as it arrived (quarantine.row.raw) is in none of these.
create view report.field as
select
    c.relname as record_type,
    a.attname as field,
    col_description(c.oid, a.attnum) as field_name,
    format_type(a.atttypid, a.atttypmod) as sql_type,
    a.attnum as field_no,
    (
        select count(*) > 0
        from pg_catalog.pg_class as w
        inner join pg_catalog.pg_namespace as x on w.relnamespace = x.oid and x.nspname = 'report'
        inner join pg_catalog.pg_attribute as s on w.oid = s.attrelid and s.attname = a.attname
        where w.relname = c.relname
    ) as is_shown
from pg_catalog.pg_class as c
inner join pg_catalog.pg_namespace as n on c.relnamespace = n.oid and n.nspname = 'core'
inner join pg_catalog.pg_attribute as a on c.oid = a.attrelid and a.attnum > 0 and not a.attisdropped
where c.relkind = 'r';
comment on view report.field is '数据项:每种记录的每个字段一行;不含记录';
comment on column report.field.record_type is '数据类型';
comment on column report.field.field is '字段名';
comment on column report.field.field_name is '字段的中文名称';
comment on column report.field.sql_type is '数据库类型';
comment on column report.field.field_no is '字段顺序';
comment on column report.field.is_shown is '监管账号可否看到该字段;个人信息为否';

create view report.held_row as
select
    q.batch_id,
    q.row_no,
    core.masked(q.place) as place,
    q.insurer_id,
    q.record_type,
    core.masked(q.record_key) as record_key,
    q.source_updated_at,
    r.reason_no,
    r.reason ->> 'rule_id' as rule_id,
    u.title_zh as rule_title,
    r.reason ->> 'field' as field,
    f.field_name,
    case when coalesce(f.is_shown, r.reason ->> 'field' is null) then core.masked(r.reason ->> 'value') end as value,
    core.masked(r.reason ->> 'expected') as expected,
    core.masked(r.reason ->> 'message') as message,
    q.quarantined_at as held_at,
    q.resolved_at is null as is_open,
    q.resolved_at,
    q.resolved_by_batch_id
from quarantine.row as q
cross join lateral jsonb_array_elements(q.reasons) with ordinality as r (reason, reason_no)
left join reference.rule as u on r.reason ->> 'rule_id' = u.rule_id
left join report.field as f on q.record_type = f.record_type and r.reason ->> 'field' = f.field;
comment on view report.held_row is '被隔离的行及原因:每行的每个原因一行;已解决的也在内(is_open 为否)。被隔离的行不计入任何指标';
comment on column report.held_row.batch_id is '批次编号';
comment on column report.held_row.row_no is '批次内行号,从1起,不计表头;空为针对整批';
comment on column report.held_row.place is '文件中的位置';
comment on column report.held_row.insurer_id is '报送机构';
comment on column report.held_row.record_type is '数据类型';
comment on column report.held_row.record_key is '业务编号;个人号码已隐去';
comment on column report.held_row.rule_id is '规则编号,见 report.rule';
comment on column report.held_row.rule_title is '规则名称';
comment on column report.held_row.field is '字段名,见 report.field';
comment on column report.held_row.field_name is '字段的中文名称';
comment on column report.held_row.value is '报送的值;个人信息不显示';
comment on column report.held_row.expected is '应为';
comment on column report.held_row.message is '问题与处理办法';
comment on column report.held_row.is_open is '是否仍未解决';
comment on column report.held_row.resolved_at is '解决时间,空为未解决';
comment on column report.held_row.resolved_by_batch_id is '由哪一批解决';
comment on column report.held_row.source_updated_at is '源系统更新时间';
comment on column report.held_row.reason_no is '该行的第几个原因';
comment on column report.held_row.held_at is '隔离时间';

create view report.finding as
select
    g.finding_id,
    g.batch_id,
    g.row_no,
    core.masked(g.place) as place,
    g.insurer_id,
    g.record_type,
    core.masked(g.record_key) as record_key,
    g.rule_id,
    u.title_zh as rule_title,
    g.severity,
    g.field,
    f.field_name,
    case when coalesce(f.is_shown, g.field is null) then core.masked(g.value) end as value,
    core.masked(g.expected) as expected,
    core.masked(g.message) as message,
    g.parent_record_type,
    core.masked(g.parent_key) as parent_key,
    g.opened_at,
    g.resolved_at is null as is_open,
    g.resolved_at,
    g.resolved_by_batch_id
from quality.finding as g
left join reference.rule as u on g.rule_id = u.rule_id
left join report.field as f on g.record_type = f.record_type and g.field = f.field;
comment on view report.finding is '发现的问题:每个问题一行,error 使该行被隔离,warning 已入库;已解决的也在内(is_open 为否),已撤销、已被替换的记录的问题也在内';
comment on column report.finding.batch_id is '批次编号';
comment on column report.finding.row_no is '批次内行号,从1起,不计表头;空为针对整批';
comment on column report.finding.place is '文件中的位置';
comment on column report.finding.insurer_id is '报送机构';
comment on column report.finding.record_type is '数据类型';
comment on column report.finding.record_key is '业务编号;个人号码已隐去';
comment on column report.finding.rule_id is '规则编号,见 report.rule';
comment on column report.finding.rule_title is '规则名称';
comment on column report.finding.field is '字段名,见 report.field';
comment on column report.finding.field_name is '字段的中文名称';
comment on column report.finding.value is '报送的值;个人信息不显示';
comment on column report.finding.expected is '应为';
comment on column report.finding.message is '问题与处理办法';
comment on column report.finding.is_open is '是否仍未解决';
comment on column report.finding.resolved_at is '解决时间,空为未解决';
comment on column report.finding.resolved_by_batch_id is '由哪一批解决';
comment on column report.finding.finding_id is '问题编号';
comment on column report.finding.severity is '级别:error 隔离, warning 提示';
comment on column report.finding.parent_record_type is '所缺上级记录的数据类型';
comment on column report.finding.parent_key is '所缺上级记录的业务编号';
comment on column report.finding.opened_at is '发现时间';

create view report.batch as
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
    t.is_news
from landing.batch as b
inner join landing.told as t on b.batch_id = t.batch_id;
comment on view report.batch is '批次与回执:每次报送一行,重复和被退回的也在内;行数为首次入库时的数,接收=入库+隔离+重复+更新在前';
comment on column report.batch.batch_id is '批次编号';
comment on column report.batch.insurer_id is '报送机构';
comment on column report.batch.record_type is '数据类型';
comment on column report.batch.channel is '方式:api 接口, drop 文件夹, submit 人工提交, register 名录';
comment on column report.batch.received_at is '接收时间';
comment on column report.batch.interval_start is '接口时间窗起点';
comment on column report.batch.interval_end is '接口时间窗终点';
comment on column report.batch.state is
'状态:received 待入库, awaiting 待决定, loaded 已入库, partly_loaded 部分入库, rejected 退回, duplicate 重复';
comment on column report.batch.duplicate_of is '与哪一批字节相同';
comment on column report.batch.replaces is '替换方式:all 全量, window 按日期区间;空为增量';
comment on column report.batch.replaces_from is '替换区间首日';
comment on column report.batch.replaces_to is '替换区间末日';
comment on column report.batch.declared_row_count is '申报行数';
comment on column report.batch.declared_amount_field is '申报合计的金额字段';
comment on column report.batch.declared_amount is '申报金额合计,元';
comment on column report.batch.received_count is '接收行数';
comment on column report.batch.accepted_count is '入库行数';
comment on column report.batch.quarantined_count is '隔离行数';
comment on column report.batch.duplicate_count is '重复行数(内容已在库)';
comment on column report.batch.superseded_count is '已有更新版本的行数';
comment on column report.batch.reason_code is '退回原因代码';
comment on column report.batch.reason_text is '退回原因';
comment on column report.batch.loaded_at is '入库时间';
comment on column report.batch.digest is '整批内容的 SHA-256';
comment on column report.batch.contract_version is '数据约定版本';
comment on column report.batch.ruleset_version is '规则集版本';
comment on column report.batch.calendar_version is '工作日历版本';
comment on column report.batch.definition_digest is '机构定义的 SHA-256';
comment on column report.batch.is_news is '是否带来新内容:新增或变更的记录;空报和只有已知内容的报送为否';

create view report.batch_file as
select
    f.batch_id,
    f.position,
    b.insurer_id,
    b.record_type,
    b.received_at,
    core.masked(f.name) as file_name,
    f.sha256,
    p.size_bytes,
    p.media_type
from landing.batch_payload as f
inner join landing.payload as p on f.sha256 = p.sha256
inner join landing.batch as b on f.batch_id = b.batch_id;
comment on view report.batch_file is '批次的文件:每批的每个文件(接口为每页)一行,重复的批次也在内';
comment on column report.batch_file.batch_id is '批次编号';
comment on column report.batch_file.position is '批内第几个文件';
comment on column report.batch_file.insurer_id is '报送机构';
comment on column report.batch_file.record_type is '数据类型';
comment on column report.batch_file.received_at is '接收时间';
comment on column report.batch_file.file_name is '文件名或页名;个人号码已隐去';
comment on column report.batch_file.sha256 is '文件字节的 SHA-256';
comment on column report.batch_file.size_bytes is '字节数';
comment on column report.batch_file.media_type is '媒体类型';

create view report.code as
select
    list_code,
    edition,
    code,
    name_zh,
    name_en,
    valid_from,
    valid_to
from reference.code_entry;
comment on view report.code is '代码表:每个代码表版本的每个代码一行,失效的也在内(看有效期)';
comment on column report.code.list_code is '代码表';
comment on column report.code.edition is '版本,空为唯一版本';
comment on column report.code.code is '代码';
comment on column report.code.name_zh is '中文名称';
comment on column report.code.name_en is '英文名称';
comment on column report.code.valid_from is '有效期起,空为不限';
comment on column report.code.valid_to is '有效期止,空为不限';

create view report.region as
select
    g.region_code,
    g.region_name,
    g.level as region_level,
    g.parent_code,
    g.valid_from,
    g.valid_to,
    r.county_code,
    r.city_code,
    r.province_code
from reference.region as g
left join reference.region_resolution as r on g.region_code = r.region_code and g.valid_from = r.valid_from;
comment on view report.region is '行政区划:每个代码的每段有效期一行,已撤并的也在内(看有效期)';
comment on column report.region.region_code is '行政区划代码';
comment on column report.region.region_name is '名称';
comment on column report.region.region_level is '层级:province 省, city 市, county 县';
comment on column report.region.parent_code is '上级代码';
comment on column report.region.valid_from is '有效期起';
comment on column report.region.valid_to is '有效期止,空为现行';
comment on column report.region.county_code is '指标计入的县';
comment on column report.region.city_code is '指标计入的市';
comment on column report.region.province_code is '指标计入的省';

create view report.rule as
select
    rule_id,
    record_type,
    tier,
    severity,
    fields,
    title_zh,
    title_en,
    message_zh,
    remedy_zh,
    basis,
    confidence,
    version,
    valid_from,
    valid_to,
    parent as parent_record_type
from reference.rule;
comment on view report.rule is '校验规则:每条现行规则一行';
comment on column report.rule.rule_id is '规则编号';
comment on column report.rule.record_type is '数据类型,* 为全部';
comment on column report.rule.tier is
'层次:file 文件, mapping 映射, field 字段, record 单条, bound 上限, orphan 缺上级, cross 跨记录, batch 整批, history 与以往比较';
comment on column report.rule.severity is '级别:error 隔离, warning 提示';
comment on column report.rule.fields is '涉及字段';
comment on column report.rule.title_zh is '名称';
comment on column report.rule.title_en is '英文名称';
comment on column report.rule.message_zh is '提示文字,{value} 为报送的值,{expected} 为应有的值';
comment on column report.rule.remedy_zh is '处理办法';
comment on column report.rule.basis is '依据';
comment on column report.rule.confidence is '可信度:confirmed 已证实, secondary 二手来源, assumption 假设(默认口径,可配置)';
comment on column report.rule.version is '版本';
comment on column report.rule.valid_from is '生效日期,空为不限';
comment on column report.rule.valid_to is '失效日期,空为不限';
comment on column report.rule.parent_record_type is '缺上级规则的上级数据类型';
