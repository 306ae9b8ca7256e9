-- Messages that wait to be sent, and how fast each receiver may be written to.
-- Grain: message one row a message to one receiver; bucket one row a receiver.
-- Scope: a message is written in the transaction of what it tells; a separate sender tries it until it is sent or given
--   up. No address and no secret stands here: a receiver is a name, which the province's folder explains.
-- Limits: what was told stays as it was told. folded_into: told in another message, because there were too many.
create table alert.message (
    message_id bigint generated always as identity primary key,
    dedupe_key text not null unique,
    receiver text not null,
    level text not null check (level in ('critical', 'warning', 'notice')),
    content jsonb not null,
    written_at timestamptz not null,
    next_try_at timestamptz not null,
    tries integer not null default 0,
    sent_at timestamptz,
    given_up_at timestamptz,
    folded_into bigint references alert.message,
    last_problem text,
    check (num_nonnulls(sent_at, given_up_at, folded_into) <= 1)
);
comment on table alert.message is '待发和已发的消息:每个接收方每条一行;不含地址和密钥';
create index message_waiting on alert.message (receiver, next_try_at)
where sent_at is null and given_up_at is null and folded_into is null;

create table alert.bucket (
    receiver text primary key,
    tokens numeric not null check (tokens >= 0),
    filled_at timestamptz not null
);
comment on table alert.bucket is '每个接收方的令牌桶:机器人有每分钟条数上限,多个发送进程共用';

grant select, insert on alert.message, alert.bucket to anze_loader;
grant update (next_try_at, tries, sent_at, given_up_at, folded_into, last_problem) on alert.message to anze_loader;
grant update (tokens, filled_at) on alert.bucket to anze_loader;
create trigger message_kept before delete or truncate on alert.message
for each statement execute function access.refuse_rewriting();
