-- Rules of obligations, filled from schemas/obligations and the province's folder.
-- Grain: obligation_rule one row a version of a rule, region and sector; obligation_window one row a window of a duty.
-- Scope: months are counted from the first day of a policy year. Limits: replaced as a whole by `anze migrate`.
create table reference.obligation_rule (
    rule_no text not null,
    valid_from date not null,
    valid_to date check (valid_to >= valid_from),
    region_code text not null,
    domain_code text not null,
    object_codes text[] not null,
    size_codes text[] not null,
    is_instead_of_plan boolean not null,
    rounding text not null check (rounding in ('down', 'half_up', 'up')),
    title_zh text not null,
    title_en text not null,
    confidence text not null,
    source text not null,
    primary key (rule_no, valid_from, region_code, domain_code)
);
comment on table reference.obligation_rule is '服务义务规则:每条规则每个版本、地区、行业一行,默认口径,可配置';
comment on column reference.obligation_rule.region_code is '适用地区代码或其前2位、前4位,* 为全部';
comment on column reference.obligation_rule.size_codes is '适用企业规模(名录),* 为全部';
comment on column reference.obligation_rule.is_instead_of_plan is '真:代替约定方案;假:仅在该保险年度无方案时适用';
comment on column reference.obligation_rule.rounding is '保险期间不满窗口时次数的折算:down 舍去、half_up 四舍五入、up 进一';

create table reference.obligation_window (
    rule_no text not null,
    valid_from date not null,
    duty_code text not null,
    window_no integer not null,
    title_zh text not null,
    title_en text not null,
    item_codes text[] not null,
    from_month integer not null,
    to_month integer not null check (to_month > from_month),
    required_count integer not null check (required_count > 0),
    primary key (rule_no, valid_from, duty_code, window_no)
);
comment on table reference.obligation_window is '服务义务的时间窗口:保险年度起第几个月至第几个月,应服务几次';
comment on column reference.obligation_window.item_codes is '可履行该义务的服务项目代码,* 为任何项目';

grant insert, update, delete on reference.obligation_rule, reference.obligation_window to anze_loader;
