-- Findings of children whose parent came, found by their sender: few among all findings, looked for after every load.
create index finding_met on quality.finding (insurer_id, batch_id)
where parent_key is not null and resolved_at is not null;
