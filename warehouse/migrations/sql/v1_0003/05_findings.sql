-- Findings tell the column of the sender's own file: its name there, and its letter in a spreadsheet.
-- Grain, scope and exclusions: as before.
do $$
begin
    execute 'create or replace view report.finding as ' || regexp_replace(
        pg_get_viewdef('report.finding'::regclass),
        'resolved_by_batch_id\s+FROM', E'resolved_by_batch_id, core.masked(g.source_column) as source_column, g.column_letter FROM'
    );
end
$$;
comment on column report.finding.source_column is '来源文件中的列名';
comment on column report.finding.column_letter is '来源文件中的列号(Excel 的列字母);接口数据为空';
