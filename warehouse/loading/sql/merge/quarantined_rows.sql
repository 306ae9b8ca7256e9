-- Numbers of the rows that are held back.
select row_no from outcome
where outcome = 'quarantined'
order by row_no
