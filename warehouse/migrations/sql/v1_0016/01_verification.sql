-- What `anze verify` found: whoever watches the hub wants to know that it ran, and that it found nothing.
-- Grain: one row a run. Exclusions: rebuilds, which compare digests. Limits: of what differed only how much; the command tells it.
create table landing.verification (
    verification_no bigint generated always as identity primary key,
    verified_at timestamptz not null,
    rows_replayed bigint not null check (rows_replayed >= 0),
    cells_compared bigint not null check (cells_compared >= 0),
    finding_count bigint not null check (finding_count >= 0)
);
comment on table landing.verification is '独立核对(anze verify)的结果:每次一行,只追加';
comment on column landing.verification.finding_count is '未说明的行、卡住的批次、差异、断开的存证与未能进行的检查之和,0 为一切相符';
grant select, insert on landing.verification to anze_loader;

create trigger verification_kept before update or delete or truncate on landing.verification
for each statement execute function core.refuse_rewriting();
