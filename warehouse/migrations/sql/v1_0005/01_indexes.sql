-- Indexes for what a person looks up: an enterprise, a policy with all that hangs on it, a batch's rows.
-- Scope: current versions. Ranges of names are compared byte by byte (collation C), so that a beginning is a range: under
--   row security LIKE uses no index.
create index enterprise_name on core.enterprise (enterprise_name collate "C") where superseded_at is null;
create index policy_insured_name on core.policy (insured_name collate "C") where superseded_at is null;
create index policy_insured on core.policy (insured_credit_code) where superseded_at is null;
create index endorsement_policy on core.endorsement (policy_no, insurer_id) where superseded_at is null;
create index premium_receipt_policy on core.premium_receipt (policy_no, insurer_id) where superseded_at is null;
create index claim_policy on core.claim (policy_no, insurer_id) where superseded_at is null;
create index claim_payment_claim on core.claim_payment (report_no, insurer_id) where superseded_at is null;
create index service_plan_policy on core.service_plan (policy_no, insurer_id) where superseded_at is null;
create index service_record_policy on core.service_record (policy_no, insurer_id) where superseded_at is null;
create index service_record_agency on core.service_record (agency_credit_code)
where superseded_at is null and agency_credit_code is not null;
create index hazard_service on core.hazard (service_no, insurer_id) where superseded_at is null;
create index fee_expense_policy on core.fee_expense (policy_no, insurer_id) where superseded_at is null;
