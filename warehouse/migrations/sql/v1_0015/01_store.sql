-- The landing store and the receipts: which version of an object a receipt speaks of, and numbers that are never given twice.
-- Scope: a receipt's number is drawn from the identity of landing.batch; what the store holds of a receipt is named by it.
-- Limits: a database that was restored to an earlier moment draws numbers again that were given. Whoever lands compares with
--   the store before (warehouse/landing/manifests.py), and what is landed again raises the number that is drawn next.
alter table landing.batch_payload add column version_id text;
comment on column landing.batch_payload.version_id is '对象的版本号,按它读取;文件夹和不保留版本的存储桶为空';

create function landing.last_batch_no() returns bigint
language sql volatile security definer set search_path = pg_catalog, pg_temp as $$
    select case when s.is_called then s.last_value else 0 end
    from landing.batch_batch_id_seq as s
$$;
comment on function landing.last_batch_no is '最近一次取用的批次编号,未取用过为0';

create function landing.next_batch_no() returns bigint
language sql volatile security definer set search_path = pg_catalog, pg_temp as $$
    select nextval('landing.batch_batch_id_seq')
$$;
comment on function landing.next_batch_no is '取用下一个批次编号';

create function landing.raise_batch_no(known bigint) returns void
language sql volatile security definer set search_path = pg_catalog, pg_temp as $$
    select setval('landing.batch_batch_id_seq', $1)
    from landing.batch_batch_id_seq as s
    where s.last_value < $1
$$;
comment on function landing.raise_batch_no is '使下一个批次编号大于已知编号,只升不降';

revoke execute on function landing.last_batch_no, landing.next_batch_no, landing.raise_batch_no from public;
grant execute on function landing.last_batch_no, landing.next_batch_no, landing.raise_batch_no to anze_loader;
