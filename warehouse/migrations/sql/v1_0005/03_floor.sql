-- Below which denominator a figure is marked as a small sample.
create view report.indicator_floor as
select
    f.indicator,
    d.code as indicator_code,
    f.min_denominator,
    u.denominator_unit,
    f.valid_from,
    f.valid_to,
    f.source
from reference.indicator_floor as f
left join report.indicator_definition as d on f.indicator = d.indicator
left join reference.indicator_presentation as u on f.indicator = u.indicator;
comment on view report.indicator_floor is '指标的最小分母:每个指标的每段有效期一行;分母低于此数的格标为样本过小,不参与排名;不含记录;默认口径,可配置';
comment on column report.indicator_floor.indicator is '指标标识';
comment on column report.indicator_floor.indicator_code is '指标代码';
comment on column report.indicator_floor.min_denominator is '最小分母,按显示单位';
comment on column report.indicator_floor.denominator_unit is '分母的单位';
comment on column report.indicator_floor.valid_from is '有效期起';
comment on column report.indicator_floor.valid_to is '有效期止';
comment on column report.indicator_floor.source is '依据';
