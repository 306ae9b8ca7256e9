-- Keep one edition: the texts that judge batches from now on. Grain: one row a digest.
insert into landing.edition (digest, kind, texts, first_used_at)
values (:digest, :kind, cast(:texts as jsonb), :first_used_at)
on conflict (digest) do nothing
