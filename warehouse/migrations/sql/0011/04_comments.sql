-- What the views, their columns and the functions of this migration are: what a row is, and whether records out of force
-- are among them. Columns of older views that lack a comment get theirs from report/describe.sql.
comment on view report.month is
'月份:每个有数的月份一行,说明该月的数取自哪里';
comment on column report.month.month is '月份的第一天';
comment on column report.month.source is '取自: frozen 已固定(最新修订), published 已发布, computed 由平台按月末补算';
comment on column report.month.publication_id is '取自的发布编号,computed 为空';
comment on column report.month.as_of is '统计截止日:已结束的月份为月末,否则为最近一次发布的截止日';
comment on column report.month.known_at is '数据截止时刻:只计入此刻之前入库的版本';
comment on column report.month.is_complete is '该月是否已结束';
comment on view report.indicator_month is
'月度指标:每个月份、指标、期间、地区一行,另有全省按行业、全省按机构各一行;数取自 report.month 所说的来源。记录须在 known_at 时有效:已撤销、已被替换的版本不计入。查询某一指标请用 report.indicator_monthly';
comment on column report.indicator_month.month is '月份的第一天';
comment on column report.indicator_month.as_of is '统计截止日,通常为月末';
comment on column report.indicator_month.known_at is '数据截止时刻';
comment on column report.indicator_month.source is '数的来源,见 report.month';
comment on column report.indicator_month.publication_id is '取自的发布编号,computed 为空';
comment on column report.indicator_month.is_complete is '该月是否已结束';
comment on column report.indicator_month.indicator is '指标标识,见 report.indicator_definition';
comment on column report.indicator_month.indicator_code is '指标代码,如 I1';
comment on column report.indicator_month.indicator_name is '指标名称';
comment on column report.indicator_month.unit is '单位:percent 百分比, count 个数, days 天, yuan 元';
comment on column report.indicator_month.definition_version is '口径版本';
comment on column report.indicator_month.period_kind is '期间:as_of 时点, month 当月, ytd 本年累计, rolling12 近12个月';
comment on column report.indicator_month.period_start is '期间首日(含)';
comment on column report.indicator_month.period_end is '期间末日(含),即统计截止日';
comment on column report.indicator_month.region_code is '地区代码:省、市、县';
comment on column report.indicator_month.domain_code is '高危行业领域代码,* 为全部';
comment on column report.indicator_month.insurer_id is '机构,* 为全部';
comment on column report.indicator_month.numerator is '分子';
comment on column report.indicator_month.denominator is '分母';
comment on column report.indicator_month.value is '比值(未乘100)';
comment on column report.indicator_month.shown_text is '显示文字;无值为 —';
comment on column report.indicator_month.null_reason is '无值原因:zero_denominator 分母为零, negative_denominator 分母为负';
comment on column report.indicator_month.is_provisional is '暂定:发布时有应报机构未送达或申报不平;补算的月份为空';
comment on view report.field is
'数据项:每种记录的每个字段一行;不含记录';
comment on column report.field.record_type is '数据类型';
comment on column report.field.field is '字段名';
comment on column report.field.field_name is '字段的中文名称';
comment on column report.field.sql_type is '数据库类型';
comment on column report.field.field_no is '字段顺序';
comment on column report.field.is_shown is '监管账号可否看到该字段;个人信息为否';
comment on view report.held_row is
'被隔离的行及原因:每行的每个原因一行;已解决的也在内(is_open 为否)。被隔离的行不计入任何指标';
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
comment on view report.finding is
'发现的问题:每个问题一行,error 使该行被隔离,warning 已入库;已解决的也在内(is_open 为否),已撤销、已被替换的记录的问题也在内';
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
comment on view report.batch is
'批次与回执:每次报送一行,重复和被退回的也在内;行数为首次入库时的数,接收=入库+隔离+重复+更新在前';
comment on column report.batch.batch_id is '批次编号';
comment on column report.batch.insurer_id is '报送机构';
comment on column report.batch.record_type is '数据类型';
comment on column report.batch.channel is '方式:api 接口, drop 文件夹, submit 人工提交, register 名录';
comment on column report.batch.received_at is '接收时间';
comment on column report.batch.interval_start is '接口时间窗起点';
comment on column report.batch.interval_end is '接口时间窗终点';
comment on column report.batch.state is '状态:received 待入库, awaiting 待决定, loaded 已入库, partly_loaded 部分入库, rejected 退回, duplicate 重复';
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
comment on view report.batch_file is
'批次的文件:每批的每个文件(接口为每页)一行,重复的批次也在内';
comment on column report.batch_file.batch_id is '批次编号';
comment on column report.batch_file.position is '批内第几个文件';
comment on column report.batch_file.insurer_id is '报送机构';
comment on column report.batch_file.record_type is '数据类型';
comment on column report.batch_file.received_at is '接收时间';
comment on column report.batch_file.file_name is '文件名或页名;个人号码已隐去';
comment on column report.batch_file.sha256 is '文件字节的 SHA-256';
comment on column report.batch_file.size_bytes is '字节数';
comment on column report.batch_file.media_type is '媒体类型';
comment on view report.code is
'代码表:每个代码表版本的每个代码一行,失效的也在内(看有效期)';
comment on column report.code.list_code is '代码表';
comment on column report.code.edition is '版本,空为唯一版本';
comment on column report.code.code is '代码';
comment on column report.code.name_zh is '中文名称';
comment on column report.code.name_en is '英文名称';
comment on column report.code.valid_from is '有效期起,空为不限';
comment on column report.code.valid_to is '有效期止,空为不限';
comment on view report.region is
'行政区划:每个代码的每段有效期一行,已撤并的也在内(看有效期)';
comment on column report.region.region_code is '行政区划代码';
comment on column report.region.region_name is '名称';
comment on column report.region.region_level is '层级:province 省, city 市, county 县';
comment on column report.region.parent_code is '上级代码';
comment on column report.region.valid_from is '有效期起';
comment on column report.region.valid_to is '有效期止,空为现行';
comment on column report.region.county_code is '指标计入的县';
comment on column report.region.city_code is '指标计入的市';
comment on column report.region.province_code is '指标计入的省';
comment on view report.rule is
'校验规则:每条现行规则一行';
comment on column report.rule.rule_id is '规则编号';
comment on column report.rule.record_type is '数据类型,* 为全部';
comment on column report.rule.tier is '层次:file 文件, mapping 映射, field 字段, record 单条, bound 上限, orphan 缺上级, cross 跨记录, batch 整批, history 与以往比较';
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
comment on type report.cell_record is
'指标格背后的记录:每条计入该格的记录一行';
comment on column report.cell_record.publication_id is '发布编号';
comment on column report.cell_record.as_of is '统计截止日';
comment on column report.cell_record.known_at is '数据截止时刻';
comment on column report.cell_record.record_type is '数据类型';
comment on column report.cell_record.record_key is '业务编号;个人号码已隐去';
comment on column report.cell_record.insurer_id is '报送机构';
comment on column report.cell_record.unit is '去重指标的计数单位,其余无意义';
comment on column report.cell_record.business_date is '计入日期';
comment on column report.cell_record.numerator is '对分子的贡献';
comment on column report.cell_record.denominator is '对分母的贡献';
comment on column report.cell_record.exclusion is '未计入的原因,计入的为空';
comment on column report.cell_record.version_id is '记录的版本号';
comment on column report.cell_record.batch_id is '批次编号,见 report.batch';
comment on column report.cell_record.row_no is '批次内行号,从1起,不计表头;0 为平台写入的版本';
comment on column report.cell_record.received_at is '该批接收时间';
comment on column report.cell_record.channel is '方式';
comment on column report.cell_record.file_names is '该批的文件(接口为各页)';
comment on column report.cell_record.file_sha256s is '各文件字节的 SHA-256,顺序同 file_names';
comment on function report.explain_cell is
'从指标格到记录:每条计入该格的记录一行,按贡献从大到小;以发布时的口径和数据截止时刻重算,当时已撤销、已被替换的版本不在内。合计等于该格的分子、分母(去重指标按 unit 计一次)。参数: indicator 指标代码或标识; region_code 地区; domain_code 行业; insurer_id 机构; period_kind 期间,空为该指标的第一种; publication_id 发布编号,空为最近一次; row_limit 最多行数; only_excluded 为真时改为列出未计入的记录及原因(不分地区和行业)';
comment on function report.indicator_monthly is
'月度序列:每个月份、期间一行,按月份排列,含尚未结束的当月(is_complete 为否);来源见 report.month。参数: indicator 指标代码或标识; region_code 地区; months 已结束的月份数; period_kind 期间,空为全部; domain_code 行业(仅全省); insurer_id 机构(仅全省)';
comment on view report.publication is
'每次发布一行:统计截止日、数据截止时刻、是否暂定、缺报机构';
comment on view report.indicator_definition is
'指标口径,每个指标一行(最新版本);默认口径,可配置';
comment on view report.indicator is
'指标值:每次发布、指标、期间、地区、行业领域、机构一行;只计入 known_at 时有效的版本,已撤销、已被替换的不计入;默认口径,可配置';
comment on view report.indicator_latest is
'最近一次发布的指标值:每个指标、期间、地区、行业领域、机构一行;已撤销、已被替换的版本不计入';
comment on view report.indicator_exclusion is
'未计入指标的记录数:每次发布、指标、期间、机构、原因一行';
comment on view report.timeliness is
'数据及时率:每次发布、机构、数据类型一行,本年累计内到期的记录;已撤销、已被替换的版本不在内;* 为合计';
comment on view report.timeliness_latest is
'最近一次发布的数据及时率:每个机构、数据类型一行;* 为合计';
comment on view report.frozen_month is
'已固定的月份:每个月份、修订一行,首次发布的修订号为0';
comment on view report.frozen_figure is
'已固定月份的指标:每格一行,首次发布的数、最新修订的数及修订次数';
comment on view report.publication_imbalance is
'发布时申报与入库不平的批次:每次发布、批次一行;其机构的指标格及包含它的合计为暂定';
comment on function report.policy_state_at is
'某业务日的保单状态(叠加截至该日生效的批单):每张某时刻已知的保单一行,无论是否有效(看 is_in_force);已撤销、当时已被替换的版本不在内。参数: as_of 业务日; known_at 时刻。列: insurer_id 报送机构; policy_no 保单号; valid_from 本段状态的首日; valid_to 本段状态之后的第一天; is_in_force 业务日是否在保险责任期内; insured_object_code 保险标的类型; insured_credit_code 被保险人统一社会信用代码; region_code 风险所在地代码; high_risk_domain_code 高危行业领域; issue_date 签单日期; cover_start_date 保险起期; cover_end_date 保险止期; termination_date 责任终止日期; insured_person_count 参保人数; employee_count 从业人员总数; per_person_limit_amount 每人死亡伤残责任限额; aggregate_limit_amount 累计责任限额; service_fee_ratio 约定事故预防服务费比例; written_premium_amount 签单保费; is_lead 是否由本机构计数(非共保,或为首席承保人); version_id 保单的版本号';
comment on function report.indicator_at is
'某统计截止日在某时刻前最近一次发布的指标值:每格一行。参数: as_of 统计截止日; known_at 时刻';
comment on function report.timeliness_at is
'某统计截止日在某时刻前最近一次发布的数据及时率:每个机构、数据类型一行。参数: as_of 统计截止日; known_at 时刻';
comment on view report.insurer_branch is
'保险机构的市级机构:名录中每家机构的每个市级机构一行,为当前版本;已撤销和已被替换的版本不在内';
comment on function report.insurer_branch_known is
'保险机构的市级机构:某时刻已知的名录,每家机构的每个市级机构一行;当时已撤销、已被替换的不在内。参数: known_at 时刻';
comment on function report.insurer_branch_at is
'保险机构的市级机构:某业务日有效、某时刻已知的名录,每家机构的每个市级机构一行;当日无效的、当时已撤销或已被替换的不在内。参数: as_of 业务日; known_at 时刻';
comment on view report.insurer is
'保险机构:名录中每家机构一行,为当前名录;已撤销和已被替换的版本不在内;市级机构见 report.insurer_branch';
comment on function report.insurer_known is
'保险机构:某时刻已知的名录,每家机构一行;当时已撤销、已被替换的不在内。参数: known_at 时刻';
comment on function report.insurer_at is
'保险机构:某业务日有效、某时刻已知的名录,每家机构一行;当日无效的、当时已撤销或已被替换的不在内。参数: as_of 业务日; known_at 时刻';
