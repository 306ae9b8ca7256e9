-- Draw no number again up to the one that is known.
select landing.raise_batch_no(:batch_id) as raised
