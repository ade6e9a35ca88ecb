"""A small invented law, and cases for it: states XA (has a bundle) and XB (has none)."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date

import pytest

from policies.bundle import ROWS, SCHEMA
from policies.corpus import Law, read_law
from policies.facts import (
    Agreement,
    Case,
    Consent,
    Datum,
    Desk,
    Offence,
    Person,
    Risk,
)
from policies.folder import HOME, load, read_folder

_NOTES = '@legal_basis("Invented Act s. 1") @confidence("high") @basis("text seen")'
TREATY = f"""
// a ground
@id("T-BASIS") @effect("permit") {_NOTES}
permit (principal, action in [Action::"deliver", Action::"release", Action::"match"], resource)
when {{ context.basis.contains(Basis::"untoc") }};

@id("T-MARK") @effect("permit") {_NOTES}
permit (principal, action == Action::"share_marker", resource);

@id("T-VICTIM") @effect("pseudonym") @condition("consent_evidence")
@relaxed_by("TIP-6-5") {_NOTES}
forbid (principal, action in Action::"plain", resource in Class::"identifying")
when {{ context.subject.roles.containsAny([Role::"victim", Role::"unknown"]) }}
unless {{ context.case.danger == Flag::"yes" && principal in Circle::"rescue" }}
unless {{ context.evidence.contains(Evidence::"consent_evidence") }};

@id("T-FEARED") @effect("omitted") @silent {_NOTES}
forbid (principal, action in [Action::"match", Action::"release"],
  resource in Class::"personal")
when {{ [Feared::"recipient", Feared::"unknown"].contains(context.subject.feared) }};

@id("T-DEATH") @effect("marker")
@condition("assurance:no_death_penalty") {_NOTES}
forbid (principal, action in Action::"content", resource in Class::"incriminating")
when {{ [Penalty::"death", Penalty::"unknown"].contains(context.case.penalty) }}
unless {{ context.evidence.contains(Evidence::"assurance:no_death_penalty") }};

@id("T-ROUTE") @effect("never")
@condition("route:mla_central_authority") {_NOTES}
@alternative("route:central_authority")
forbid (principal, action == Action::"deliver", resource)
when {{ (resource in NoticeType::"evidence_request" || resource in NoticeType::"unknown") &&
  context.case.channel != Channel::"mla" }}
unless {{ context.evidence.contains(Evidence::"route:mla_central_authority") }};

@id("T-UNKNOWN") @effect("omitted") @silent {_NOTES}
forbid (principal, action in [Action::"release", Action::"match"], resource in Class::"never");

@id("T-DUTY") @effect("duty") @duty("no_use_against_victim") {_NOTES}
permit (principal, action == Action::"impose_field", resource)
when {{ context.subject.roles.contains(Role::"victim") }};

@id("T-USE") @effect("duty") @duty("use_only:{{purpose}}") {_NOTES}
permit (principal, action == Action::"impose_field", resource in Class::"personal");

@id("T-TASK") @effect("task") @task("invalid_refusal_reason:bank_secrecy") {_NOTES}
permit (principal, action == Action::"impose_notice", resource)
when {{ context.case.refusal == Refusal::"bank_secrecy" }};
"""
TREATY_RECEIVE = f"""
@id("T-STORE") @effect("permit") {_NOTES}
permit (principal, action in [Action::"store", Action::"use_as_evidence", Action::"onward",
  Action::"use_other_purpose", Action::"disclose_exculpatory"], resource);

@id("T-INTEL") @effect("bar") @condition("originator_consent") {_NOTES}
forbid (principal, action == Action::"use_as_evidence", resource in Duty::"intel_only")
unless {{ context.evidence.contains(Evidence::"originator_consent") }};

@id("T-OTHER") @effect("bar") @condition("originator_consent") {_NOTES}
forbid (principal, action in [Action::"use_other_purpose", Action::"onward"], resource)
unless {{ context.evidence.contains(Evidence::"originator_consent") }};

@id("T-TELL") @effect("duty") @duty("notify_before_use") {_NOTES}
permit (principal, action == Action::"impose_disclosure", resource);
"""
XA = f"""
@id("XA-1") @effect("permit") {_NOTES}
permit (principal, action in [Action::"deliver", Action::"release", Action::"match"], resource)
when {{ context.basis.contains(Basis::"untoc") }};

@id("XA-2") @effect("marker") @condition("judicial_ref | authority_request") {_NOTES}
forbid (principal, action in Action::"content", resource in Kind::"bank_record")
unless {{ context.evidence.contains(Evidence::"judicial_ref") }}
unless {{ context.evidence.contains(Evidence::"authority_request") }};

@id("XA-3") @effect("general") @in_force("2027-01-01/..") {_NOTES}
forbid (principal, action == Action::"share_exact", resource in Kind::"routes");

@id("XA-4") @effect("no_match") @condition("judicial_ref") {_NOTES}
forbid (principal, action == Action::"match", resource in Regime::"vawa_grantee")
unless {{ context.evidence.contains(Evidence::"judicial_ref") }};

@id("XA-5") @effect("keep") @keep("days:90") {_NOTES}
permit (principal, action == Action::"impose_field", resource in Kind::"bank_record");

@id("XA-6") @effect("marker") @condition("judicial_ref") {_NOTES}
forbid (principal, action in Action::"content", resource in Kind::"case_file")
unless {{ context.evidence.contains(Evidence::"judicial_ref") }};
"""


def _row(name: str, layer: str) -> str:
    row = {"id": name, "layer": layer, "where": "cedar"}
    return json.dumps({**row, "confidence": "high", "basis": "text seen"})


def _rows() -> bytes:
    treaty = "BASIS MARK VICTIM FEARED DEATH ROUTE UNKNOWN DUTY USE TASK STORE INTEL OTHER TELL"
    lines = [_row(f"T-{name}", "treaty") for name in treaty.split()]
    lines += [_row(f"XA-{number}", "XA") for number in range(1, 10)]
    return "\n".join(lines).encode()


@pytest.fixture(scope="session")
def schema_text() -> str:
    return read_folder(HOME)[SCHEMA].decode()


@pytest.fixture(scope="session")
def mini_files(schema_text: str) -> Mapping[str, bytes]:
    return {
        SCHEMA: schema_text.encode(),
        ROWS: _rows(),
        "treaty/send.cedar": TREATY.encode(),
        "treaty/receive.cedar": TREATY_RECEIVE.encode(),
        "XA/send.cedar": XA.encode(),
    }


@pytest.fixture(scope="session")
def mini_law(mini_files: Mapping[str, bytes]) -> Law:
    return read_law(mini_files)


@pytest.fixture(scope="session")
def real_law() -> Law:
    return load()


VICTIM = Person(
    id="v1",
    roles=frozenset({"victim"}),
    minor="no",
    consent=Consent("not_sought"),
    asylum="no",
    feared_state="none",
    protected_witness="no",
    publication_ban="no",
)
SUSPECT = replace(VICTIM, id="s1", roles=frozenset({"suspect"}))


def datum(name: str, kind: str, *subjects: str) -> Datum:
    return Datum(name, kind, subjects, frozenset({"police"}))


CASE = Case(
    day=date(2026, 6, 10),
    action="release",
    notice_type="case_notice",
    channel="spontaneous",
    purpose="criminal_investigation",
    sender=Desk("XA", "police"),
    recipient=Desk("XB", "police"),
    origin_state="XA",
    agreements=(Agreement("UNTOC", "untoc", frozenset({"XA", "XB"})),),
    offence=Offence(frozenset(), "yes", "no", "no", "no", "no", "imprisonment"),
    secrecy=(),
    danger="no",
    risk=Risk("none", "no", "no"),
    persons=(VICTIM, SUSPECT),
    data=(datum("name", "identity", "v1"), datum("road", "routes")),
    own_inquiry_at_risk="no",
    confidential_request="no",
    complete="yes",
)


@pytest.fixture
def case() -> Case:
    return CASE


@pytest.fixture
def make_datum() -> Callable[..., Datum]:
    return datum
