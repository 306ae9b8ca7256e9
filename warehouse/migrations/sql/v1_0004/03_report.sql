-- The ledger as readers see it. Grain: one row an entry.
-- Scope: the chain is shown to every account; kind, batch and text of an entry to those who see the delivery, or all of them.
create view report.ledger as
select
    l.position,
    t.kind,
    t.batch_id,
    t.insurer_id,
    t.text,
    l.text_sha256,
    l.previous,
    l.hash
from landing.ledger as l
left join landing.ledger_text as t on l.position = t.position;
comment on view report.ledger is '存证:每次接收、判定、人工决定、发布和冻结一行,逐行相扣,只增不改;其他机构的只显示摘要';
comment on column report.ledger.position is '序号,从1起连续';
comment on column report.ledger.kind is
'类别:receipt 接收, refusal 收到即退回, verdict 判定, decision 人工决定, discard 人工放弃, publication 发布, freeze 月度冻结;其他机构的为空';
comment on column report.ledger.batch_id is '批次编号';
comment on column report.ledger.insurer_id is '机构';
comment on column report.ledger.text is '存证原文,每行一项 名称=值';
comment on column report.ledger.text_sha256 is '原文的 SHA-256';
comment on column report.ledger.previous is '上一行的链值;第一行为64个0';
comment on column report.ledger.hash is '链值:上一行链值与原文摘要相接后的 SHA-256';
