-- core.service_plan: every accepted version of 服务方案
-- Grain: one row a version of (plan_no, plan_line_no, insurer_id); one row per plan line.
create table core.service_plan (
    like migration.version_head including all,
    insurer_code text,
    branch_code text,
    source_record_no text,
    operation_code text not null,
    source_updated_at timestamptz not null,
    correction_reason_text text,
    plan_no text not null,
    plan_line_no text not null,
    policy_no text,
    plan_status_code text,
    plan_date date,
    service_item_code text,
    item_edition_code text,
    planned_count integer,
    window_start_date date,
    window_end_date date,
    service_form_code text,
    agency_credit_code text,
    staff_text text,
    measure_text text,
    goal_text text,
    guarantee_text text,
    budget_amount numeric(18, 2),
    basis_rule_no text,
    topic_code text,
    confirmed_at timestamptz,
    like migration.version_tail including all
);
call migration.make_history(
    'service_plan',
    key => array['plan_no', 'plan_line_no'],
    valid_on => $$
        v.plan_date <= $1
    $$
);
call migration.make_report(
    'service_plan',
    shown => array[
        'insurer_code',
        'branch_code',
        'source_record_no',
        'operation_code',
        'source_updated_at',
        'correction_reason_text',
        'plan_no',
        'plan_line_no',
        'policy_no',
        'plan_status_code',
        'plan_date',
        'service_item_code',
        'item_edition_code',
        'planned_count',
        'window_start_date',
        'window_end_date',
        'service_form_code',
        'agency_credit_code',
        'measure_text',
        'goal_text',
        'guarantee_text',
        'budget_amount',
        'basis_rule_no',
        'topic_code',
        'confirmed_at'
    ]
);
