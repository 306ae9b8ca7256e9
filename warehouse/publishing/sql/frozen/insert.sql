-- A month's first figure, or a revision beside it. Grain: one row.
insert into mart.frozen (month, revision_no, publication_id, frozen_at, frozen_by)
values (:month, :revision_no, :publication_id, :frozen_at, :frozen_by)
