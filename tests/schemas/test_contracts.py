"""Contracts: they are valid ODCS documents, and say of each field what the domain reference says."""

import warnings
from collections import Counter

import pytest

from schemas.code_lists import load_code_lists
from schemas.contract import (
    ENVELOPE,
    FOLDER,
    INSURER_RECORD_TYPES,
    OCCASIONAL_RECORD_TYPES,
    RECORD_TYPES,
    REGISTER_RECORD_TYPES,
    SENDABLE_RECORD_TYPES,
    Contract,
    Field,
    load_contract,
    load_contracts,
)
from schemas.errors import DefinitionError

CONTRACTS = list(load_contracts().values())
FIELDS = [(contract, field) for contract in CONTRACTS for field in contract.fields]

#: record type: core, conditional and optional fields besides the envelope; key within one sender.
SHAPES = {
    "policy": (18, 6, 25, ("policy_no",)),
    "endorsement": (6, 6, 4, ("endorsement_no",)),
    "premium_receipt": (5, 1, 4, ("receipt_no",)),
    "claim": (11, 6, 10, ("report_no",)),
    "claim_payment": (6, 1, 3, ("payment_no",)),
    "service_plan": (10, 0, 10, ("plan_no", "plan_line_no")),
    "service_record": (10, 8, 12, ("service_no",)),
    "hazard": (8, 7, 7, ("hazard_no",)),
    "fee_expense": (7, 4, 4, ("expense_no",)),
}

#: Fields that point at another record type (domain: K = F).
REFERENCES = {
    "policy": {"previous_policy_no": "policy.policy_no", "insured_credit_code": "enterprise.credit_code"},
    "endorsement": {"policy_no": "policy.policy_no"},
    "premium_receipt": {"policy_no": "policy.policy_no", "endorsement_no": "endorsement.endorsement_no"},
    "claim": {"policy_no": "policy.policy_no"},
    "claim_payment": {"report_no": "claim.report_no"},
    "service_plan": {"policy_no": "policy.policy_no", "agency_credit_code": "agency.agency_credit_code"},
    "service_record": {
        "policy_no": "policy.policy_no",
        "plan_no": "service_plan.plan_no",
        "plan_line_no": "service_plan.plan_line_no",
        "insured_credit_code": "enterprise.credit_code",
        "agency_credit_code": "agency.agency_credit_code",
    },
    "hazard": {"service_no": "service_record.service_no", "insured_credit_code": "enterprise.credit_code"},
    "fee_expense": {"policy_no": "policy.policy_no", "service_no": "service_record.service_no"},
}

#: Milestones of the five-working-day rule R32, by their start field.
MILESTONES = {
    "policy": ["issue_date"],
    "endorsement": ["issue_date"],
    "premium_receipt": ["receipt_date"],
    "claim": ["reported_at", "registered_at", "closed_at"],
    "claim_payment": ["paid_at"],
    "service_plan": ["plan_date"],
    "service_record": ["service_end_at"],
    "hazard": ["found_at", "rectified_at", "verified_at"],
    "fee_expense": ["paid_date"],
}

REGISTER_KEYS = {
    "enterprise": ("credit_code",),
    "insurer": ("insurer_code", "branch_code"),
    "agency": ("agency_credit_code",),
    "rule_threshold": ("rule_no", "version_no", "region_code", "high_risk_domain_code"),
}

SUFFIX_KINDS = {
    "_no": {"identifier"},
    "_date": {"date"},
    "_at": {"timestamp"},
    "_amount": {"amount"},
    "_count": {"count"},
    "_ratio": {"ratio"},
    "_list": {"list"},
    "_hash": {"hash"},
    "_name": {"text"},
    "_text": {"text"},
    "_code": {"code", "identifier"},
    "_value": {"decimal"},
    "_phone": {"text"},
}


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda c: c.record_type)
def test_a_contract_passes_an_independent_linter(contract: Contract) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from datacontract.data_contract import DataContract

        result = DataContract(data_contract_file=str(FOLDER / f"{contract.record_type}.odcs.yaml")).lint()
    assert result.result.value == "passed", [(check.name, check.reason) for check in result.checks]


def test_every_type_is_an_insurers_or_a_register_and_parents_load_first() -> None:
    assert tuple(load_contracts()) == RECORD_TYPES
    assert [c.record_type for c in CONTRACTS if not c.is_register] == list(SENDABLE_RECORD_TYPES)
    assert set(SENDABLE_RECORD_TYPES) == {*INSURER_RECORD_TYPES, *OCCASIONAL_RECORD_TYPES}
    assert "renumbering" in OCCASIONAL_RECORD_TYPES
    assert [c.record_type for c in CONTRACTS if c.is_register] == list(REGISTER_RECORD_TYPES)
    place = {c.record_type: c.load_order for c in CONTRACTS}
    parents = [(f.references[0], c.record_type) for c in CONTRACTS for f in c.fields if f.references]
    late = {(p, child) for p, child in parents if p not in REGISTER_RECORD_TYPES and place[p] > place[child]}
    assert late == set()


@pytest.mark.parametrize("record_type", SHAPES)
def test_the_core_subset_of_an_insurer_fed_type(record_type: str) -> None:
    contract = load_contract(record_type)
    own = [f for f in contract.fields if f.name not in ENVELOPE]
    conditional = [f for f in own if f.required_when or f.condition_text]
    core = [f for f in own if f.is_required]
    assert (len(core), len(conditional), len(own) - len(core) - len(conditional), contract.key) == SHAPES[record_type]
    assert not set(core) & set(conditional)


@pytest.mark.parametrize("record_type", SHAPES)
def test_every_insurer_fed_record_begins_with_the_envelope(record_type: str) -> None:
    contract = load_contract(record_type)
    assert tuple(f.name for f in contract.fields[: len(ENVELOPE)]) == ENVELOPE
    assert contract.fields[0].key_position == 1
    reason = contract.by_name["correction_reason_text"].required_when
    assert reason is not None
    assert reason.alternatives == (("operation_code", ("U", "D")),)


@pytest.mark.parametrize("record_type", SHAPES)
def test_references_and_milestones(record_type: str) -> None:
    contract = load_contract(record_type)
    assert {f.name: ".".join(f.references) for f in contract.fields if f.references} == REFERENCES[record_type]
    assert [m.field for m in contract.milestones] == MILESTONES[record_type]
    assert {m.working_days for m in contract.milestones} == {5}


def test_a_renumbering_names_a_number_of_any_nightly_type_and_starts_no_clock() -> None:
    contract = load_contract("renumbering")
    assert tuple(f.name for f in contract.fields[: len(ENVELOPE)]) == ENVELOPE
    assert contract.key == ("record_type_code", "old_no")
    assert contract.milestones == ()
    assert contract.by_name["correction_reason_text"].is_required
    assert (
        tuple(e.code for e in load_code_lists()["CL-RENUMBERED"].entries)
        == INSURER_RECORD_TYPES[: len(load_code_lists()["CL-RENUMBERED"].entries)]
    )


@pytest.mark.parametrize("record_type", REGISTER_KEYS)
def test_registers_have_keys_and_a_small_envelope(record_type: str) -> None:
    contract = load_contract(record_type)
    assert contract.key == REGISTER_KEYS[record_type]
    assert all(contract.by_name[name].is_required for name in ("operation_code", "source_updated_at"))
    assert contract.milestones == ()


@pytest.mark.parametrize(("contract", "field"), FIELDS, ids=lambda v: getattr(v, "record_type", getattr(v, "name", "")))
def test_a_field_is_complete_and_true_to_its_suffix(contract: Contract, field: Field) -> None:
    assert any("\u4e00" <= character <= "\u9fff" for character in field.business_name)
    assert field.description
    kinds = next((kinds for suffix, kinds in SUFFIX_KINDS.items() if field.name.endswith(suffix)), {"boolean"})
    assert field.kind in kinds
    assert field.name.startswith("is_") == (field.kind == "boolean")
    assert (field.kind == "code") == (field.code_list is not None)
    assert field.classification in {"public", "business", "personal", "sensitive"}
    assert field.semantic_type in {None, "credit_code", "region_code"}
    assert field.code_list is None or field.code_list in load_code_lists()
    if field.references:
        record_type, target = field.references
        assert target in load_contract(record_type).key
        assert field.semantic_type == load_contract(record_type).by_name[target].semantic_type


def test_a_name_names_one_record_type_only() -> None:
    assert len({contract.business_name for contract in CONTRACTS}) == len(CONTRACTS)


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda c: c.record_type)
def test_a_header_names_one_field_only(contract: Contract) -> None:
    names = Counter(field.business_name for field in contract.fields)
    assert [name for name, count in names.items() if count > 1] == []


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda c: c.record_type)
def test_conditions_name_fields_and_codes_that_exist(contract: Contract) -> None:
    for field in contract.fields:
        for name, values in field.required_when.alternatives if field.required_when else ():
            asked = contract.by_name[name]
            codes = load_code_lists()[asked.code_list].entries if asked.code_list else ()
            assert set(values) <= ({e.code for e in codes} or {"true", "false"}), (field.name, name)


def test_credit_and_region_codes_are_checked_wherever_they_stand() -> None:
    for contract, field in FIELDS:
        if field.name.endswith("credit_code"):
            assert (field.semantic_type, field.max_length) == ("credit_code", 18)
        if field.name.endswith("region_code") and contract.record_type != "rule_threshold":
            assert (field.semantic_type, field.pattern) == ("region_code", "^[0-9]{6}$")


def test_amounts_are_signed_only_where_money_flows_back() -> None:
    signed = {f"{contract.record_type}.{field.name}" for contract, field in FIELDS if field.is_signed}
    assert signed == {
        "endorsement.premium_change_amount",
        "premium_receipt.received_amount",
        "claim_payment.paid_amount",
        "fee_expense.expense_amount",
    }
    for _, field in FIELDS:
        if field.kind in {"amount", "count", "ratio"}:
            assert (field.minimum is None) == field.is_signed, field.name


def test_a_bare_percentage_is_no_ratio() -> None:
    ratios = {f.name: f.maximum for _, f in FIELDS if f.kind == "ratio"}
    assert ratios.pop("rate_float_ratio") is None
    assert set(ratios.values()) == {1}


def test_personal_fields_are_marked() -> None:
    marked = {
        f"{c.record_type}.{f.name}": f.classification
        for c, f in FIELDS
        if f.classification in {"personal", "sensitive"}
    }
    assert {name for name, level in marked.items() if level == "sensitive"} == {
        "claim.description_text",
        "claim_payment.payee_name",
    }
    assert {name for name, level in marked.items() if level == "personal"} == {
        "policy.contact_name", "policy.contact_phone", "claim.reporter_name", "claim.reporter_phone",
        "service_plan.staff_text", "service_record.expert_list", "hazard.notified_name", "hazard.verifier_name",
        "fee_expense.payee_name", "enterprise.contact_name", "enterprise.contact_phone",
        "insurer.data_contact_name", "insurer.data_contact_phone",
    }  # fmt: skip


def test_an_unknown_record_type_is_named_with_the_known_ones() -> None:
    with pytest.raises(DefinitionError, match=r"polcy: no such record type; one of policy, endorsement"):
        load_contract("polcy")
