-- Where a finding's field stood in the delivery. Older findings have neither: their bytes say it, a replay writes it anew.
alter table quality.finding add column source_column text;
alter table quality.finding add column column_letter text;
comment on column quality.finding.source_column is '来源列的名称或接口路径, the source column, or its path in an API page';
comment on column quality.finding.column_letter is '来源列的列号(如 C), the column as a spreadsheet shows it; null for API pages';
