-- The backups that pgBackRest says it has: whoever watches the hub wants to know that there is one, and how old it is.
-- Grain: one row a backup. Scope: told by `anze backup note`. Exclusions: backups that pgBackRest itself calls damaged.
-- Limits: what was told once stays, though its repository may have let it go since; a restore takes rows away, the next note
--   brings them back.
create table landing.backup (
    backup_no bigint generated always as identity primary key,
    label text not null unique check (label <> ''),
    kind text not null check (kind in ('full', 'diff', 'incr')),
    stopped_at timestamptz not null,
    database_bytes bigint not null check (database_bytes >= 0),
    repository_bytes bigint not null check (repository_bytes >= 0)
);
comment on table landing.backup is '数据库备份(pgBackRest)的清单:每个备份一行,只追加';
comment on column landing.backup.repository_bytes is '本次备份在备份库中新增的字节数';
grant select, insert on landing.backup to anze_loader;

create trigger backup_kept before update or delete or truncate on landing.backup
for each statement execute function core.refuse_rewriting();
