-- The end of one extension. Grain: one row.
insert into landing.extension_end (extension_no, reason, revoked_by, revoked_at)
values (:extension_no, :reason, :revoked_by, :revoked_at)
