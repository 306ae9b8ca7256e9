-- Statements of insurers, as both sides see them.
-- Grain: as each view's comment says. Scope: what the caller may see of the record or delivery that they speak of.
do $$
begin
    execute 'create or replace view report.finding as ' || regexp_replace(
        regexp_replace(
            pg_get_viewdef('report.finding'::regclass),
            '(g\.column_letter)\s+FROM', E'\\1, k.reason AS confirmed_reason, k.stated_by AS confirmed_by, k.stated_at AS confirmed_at FROM'
        ),
        ';\s*$',
        ' LEFT JOIN LATERAL (
            select c.reason, c.stated_by, c.stated_at from landing.confirmation as c
            where c.insurer_id = g.insurer_id and c.record_type = g.record_type and c.record_key = g.record_key
                and c.rule_id = g.rule_id and c.field is not distinct from g.field and c.value is not distinct from g.value
                and g.severity = ''warning''
            order by c.confirmation_id desc limit 1
        ) AS k ON true'
    );
end
$$;
comment on column report.finding.confirmed_reason is '机构对该提示的确认或说明;值改变后需重新确认';
comment on column report.finding.confirmed_by is '确认的账号';
comment on column report.finding.confirmed_at is '确认时间';

create view report.attestation as
select
    a.attestation_id,
    a.batch_id,
    a.insurer_id,
    a.person_name,
    a.person_position,
    a.statement,
    a.stated_by,
    a.stated_at
from landing.attestation as a;
comment on view report.attestation is '报送声明:每次具名声明一行,最新的有效;重复和被退回的报送也在内';
comment on column report.attestation.attestation_id is '声明编号';
comment on column report.attestation.batch_id is '批次编号';
comment on column report.attestation.insurer_id is '报送机构';
comment on column report.attestation.person_name is '声明人';
comment on column report.attestation.person_position is '声明人职务';
comment on column report.attestation.statement is '声明内容';
comment on column report.attestation.stated_by is '账号';
comment on column report.attestation.stated_at is '声明时间';

create view report.evidence as
select
    e.evidence_id,
    e.insurer_id,
    core.masked(e.service_no) as service_no,
    core.masked(e.hazard_no) as hazard_no,
    e.sha256,
    e.size_bytes,
    e.media_type,
    core.masked(e.file_name) as file_name,
    e.added_by,
    e.added_at
from landing.evidence as e;
comment on view report.evidence is '影像资料:服务或隐患的每份照片、文件一行;服务后来撤销的也在内';
comment on column report.evidence.evidence_id is '资料编号';
comment on column report.evidence.insurer_id is '报送机构';
comment on column report.evidence.service_no is '服务编号';
comment on column report.evidence.hazard_no is '隐患编号,空为整次服务';
comment on column report.evidence.sha256 is '文件的 SHA-256';
comment on column report.evidence.size_bytes is '大小,字节';
comment on column report.evidence.media_type is '类型,由内容判断';
comment on column report.evidence.file_name is '文件名';
comment on column report.evidence.added_by is '上传账号';
comment on column report.evidence.added_at is '上传时间';

create view report.sight as
select
    s.batch_id,
    s.insurer_id,
    case when access.all_insurers() = (s.kind not like 'insurer%') then s.role_name end as role_name,
    s.kind,
    s.what,
    s.first_at,
    s.last_at
from landing.sight as s;
comment on view report.sight is '查看记录:每次报送、每个账号、每种方式一行,双方都可见;对方的账号名不显示;重复和被退回的报送也在内';
comment on column report.sight.batch_id is '批次编号';
comment on column report.sight.insurer_id is '报送机构';
comment on column report.sight.role_name is '账号;对方的为空';
comment on column report.sight.kind is '账号类别';
comment on column report.sight.what is 'seen 查看, downloaded 下载';
comment on column report.sight.first_at is '首次时间';
comment on column report.sight.last_at is '最近时间';
