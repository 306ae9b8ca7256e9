-- A random name for each enterprise that somebody looked at: what its address and its QR code say instead of its number.
-- Grain: one row an enterprise. Scope: written by the loader when a page first names it; never changed, so that a printed
--   code stays good; a rebuilt database takes it over with the other tables of reference.
-- Limits: a name alone tells nothing, and opens nothing to who may not see the enterprise.
create table reference.enterprise_code (
    credit_code text primary key check (credit_code <> ''),
    code uuid not null unique default gen_random_uuid(),
    given_at timestamptz not null default now()
);
comment on table reference.enterprise_code is '企业的随机编号:每家企业一行,用于网址和二维码,不含统一社会信用代码';
grant select, insert on reference.enterprise_code to anze_loader;

create trigger enterprise_code_kept before update or delete or truncate on reference.enterprise_code
for each statement execute function access.refuse_rewriting();

create view report.enterprise_code as
select
    c.code,
    c.credit_code
from reference.enterprise_code as c
where
    exists (
        select from core.enterprise as e
        where e.credit_code = c.credit_code and e.superseded_at is null and not e.is_withdrawn
    )
    or exists (
        select from core.policy as p
        where p.insured_credit_code = c.credit_code and p.superseded_at is null and not p.is_withdrawn
    );
comment on view report.enterprise_code is
'企业的随机编号:每家被查看过的企业一行;限名录或保单对本账号可见的企业';
comment on column report.enterprise_code.code is '随机编号,用于网址和二维码';
comment on column report.enterprise_code.credit_code is '统一社会信用代码';
