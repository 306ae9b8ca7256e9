-- Releases of the program: the one in force, and which one wrote a load.
-- Grain: migration.release one row a change of release; the last is in force. Scope: set by a migration, in its transaction,
--   after the loads and publications that ran have ended (the lock of a cut); what loads or publishes compares under that lock.
-- Limits: loads of before this migration say nothing. The moment is the server's, without a sandbox's offset.
create table migration.release (
    release_no bigint generated always as identity primary key,
    release text not null check (release <> ''),
    in_force_from timestamptz not null default now()
);
comment on table migration.release is '程序版本的启用记录:最后一行为现行版本,只追加';

create trigger release_kept before update or delete or truncate on migration.release
for each statement execute function core.refuse_rewriting();

alter table landing.load add column release text;
comment on column landing.load.release is '写入该次入库的程序版本;启用版本记录之前的为空';
