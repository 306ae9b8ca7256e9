-- As what a number stands in the audit. Grain: one value. Scope: for auditors; refused to others. Exclusions, limits: none.
select report.audit_digest(:identifier)
