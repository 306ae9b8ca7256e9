-- Indicators that a publication lacks, since their definition has a mistake. Grain: one row an indicator of a publication.
create table mart.publication_gap (
    publication_id bigint not null references mart.publication,
    indicator text not null,
    reason text not null,
    primary key (publication_id, indicator)
);
call mart.protect_figures('publication_gap');
grant select, insert on mart.publication_gap to anze_loader;

create view report.publication_gap as
select
    p.publication_id, p.as_of, p.known_at, g.indicator, g.reason
from mart.publication_gap as g
inner join mart.publication as p on g.publication_id = p.publication_id;
grant select on report.publication_gap to anze_regulator;
comment on view report.publication_gap is '发布缺少的指标:其定义有误,其余指标照常发布;每次发布的每个缺少的指标一行';
comment on column report.publication_gap.indicator is '缺少的指标';
comment on column report.publication_gap.reason is '原因:定义文件、行号、问题和改法';
