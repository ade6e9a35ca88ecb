"""The closed lists the law speaks in, and what follows from each word alone.

It promises that a value is either on its list or refused: nothing here guesses. The lists
are those of `schema.cedarschema`, and a test compares the two. It does not say which kind of
datum a property of a notice is; `policies.kinds` does.

Source: docs/policy.md, section 4; docs/law.md, sections 2 and 3.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from valija.errors import MalformedError


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


STATES = _words(
    "AG AR BB BO BR BS BZ CA CL CO CR CU DM DO EC GD GT GY HN HT JM KN LC MX NI PA PE PY SR SV"
    " TT US UY VC VE XA XB ORG"
)
AGENCIES = _words(
    "police law_enforcement prosecutor court fiu immigration consular child_protection"
    " social_services health intelligence statistics ngo_shelter ngo_public intl_org defence"
    " media private_company unknown"
)
KINDS = _words(
    "identity dob document_no contact location image biometric hashed_identifier nationality"
    " health sexual ethnicity religion political migration_status asylum narrative needs"
    " interview_video csam_image csam_hash routes modus_operandi organisation vehicle"
    " document_type financial_facts bank_record fiu_report str_existence intercept grand_jury"
    " case_file technique undercover_identity statistic appearance status unknown"
)
DUTIES = _words(
    "no_onward intel_only use_only notify_before_use keep_confidential_request no_publication"
    " no_use_against_victim no_special_register reliability_statement report_use_on_demand"
    " propagate_withdrawal origin_court"
)
PURPOSES = _words(
    "criminal_investigation prosecution financial_investigation victim_identification"
    " missing_person_location intelligence victim_protection victim_assistance repatriation"
    " nationality_verification emergency_life border_triage statistics policy_research training"
    " immigration_enforcement other"
)
EVIDENCE = _words(
    "consent_evidence risk_assessment approval:second_person"
    " approval:child_protection_authority approval:prosecutor approval:central_authority"
    " approval:deputy_head approval:us_1367_designated_official judicial_ref"
    " secrecy_authority_ref origin_judicial_ref authority_request routine_use_ref"
    " transfer_basis_ref agreement_ref assurance:no_death_penalty assurance:mistreatment"
    " recipient_accepts_caveats originator_consent waiver:us_1367 route:mla_central_authority"
    " route:fiu route:central_authority complete_request"
)
TASKS = _words(
    "notify_dpa notify_victim post_hoc_notice consult_before_refusal no_reprisal_risk_check"
    " invalid_refusal_reason"
)

LISTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "State": STATES,
        "Agency": AGENCIES,
        "Circle": _words("criminal rescue care public"),
        "Kind": KINDS,
        "Class": _words(
            "personal identifying banded whereabouts special network nationality_check"
            " incriminating existence never"
        ),
        "Regime": _words("us_1367 vawa_grantee jit_inside jit_outside synthetic unknown"),
        "Source": _words(
            "police prosecutor court fiu bank ngo immigration consular health intelligence"
            " child_protection social_services statistics government_record public foreign"
            " unknown"
        ),
        "Duty": DUTIES,
        "NoticeType": _words(
            "network_alert case_notice victim_referral nationality_verification financial_intel"
            " evidence_request information_request request_response missing_person statistics"
            " dataset training unknown"
        ),
        "Purpose": PURPOSES,
        "Lane": _words("criminal protection emergency research outside"),
        "Channel": _words(
            "spontaneous mla fiu consular jit ngo_referral statistical administrative internal"
            " unknown"
        ),
        "Role": _words(
            "victim presumed_victim witness family collaborator suspect convicted third_party"
            " informant undercover_officer unknown"
        ),
        "Flag": _words("yes no unknown"),
        "Consent": _words("given refused withdrawn not_sought unknown"),
        "Feared": _words("none recipient other unknown"),
        "Torture": _words("none mitigable unclear substantial unknown"),
        "Penalty": _words("imprisonment life death unknown"),
        "Secrecy": _words(
            "AR_204 PE_324 PE_reserve CL_182 CR_296 BR_234B EC_584 GT_314 unknown"
        ),
        "Refusal": _words("none bank_secrecy fiscal_only other"),
        "Basis": _words(
            "untoc tip iacmacm ccc bilateral fiu_agreement jit reciprocity case_by_case"
            " special_techniques adequacy exempt"
        ),
        "Evidence": EVIDENCE,
    }
)
"""Every list of the schema, by the name of its entity type."""

CASE_LABELS: Mapping[str, tuple[str, bool]] = MappingProxyType(
    {
        "purpose": ("Purpose", False),
        "lane": ("Lane", False),
        "channel": ("Channel", False),
        "s_agency": ("Agency", False),
        "s_circles": ("Circle", True),
        "roles": ("Role", True),
        "personal": ("Flag", False),
        "secrecy": ("Secrecy", True),
        "danger": ("Flag", False),
        "torture": ("Torture", False),
        "persecution": ("Flag", False),
        "compromised": ("Flag", False),
        "penalty": ("Penalty", False),
        "abolitionist": ("Flag", False),
        "dual": ("Flag", False),
        "coercive": ("Flag", False),
        "political": ("Flag", False),
        "military": ("Flag", False),
        "ad_hoc_tribunal": ("Flag", False),
        "sexual_charge": ("Flag", False),
        "own_inquiry_at_risk": ("Flag", False),
        "caveats_proposed": ("Flag", False),
        "confidential_request": ("Flag", False),
        "complete": ("Flag", False),
        "informal": ("Flag", False),
        "refusal": ("Refusal", False),
    }
)
"""Label of a case, its list, and whether it is a set."""
SUBJECT_LABELS: Mapping[str, tuple[str, bool]] = MappingProxyType(
    {
        "roles": ("Role", True),
        "minor": ("Flag", False),
        "consent": ("Consent", False),
        "asylum": ("Flag", False),
        "feared": ("Feared", False),
        "protected_witness": ("Flag", False),
        "publication_ban": ("Flag", False),
    }
)
"""Label of a subject, its list, and whether it is a set."""

_IMPERSONAL = frozenset(
    _words("routes modus_operandi organisation vehicle document_type technique statistic")
)
CLASSES: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "personal": frozenset(KINDS) - _IMPERSONAL,
        "identifying": frozenset(
            _words(
                "identity document_no contact image biometric hashed_identifier appearance"
                " narrative interview_video"
            )
        ),
        "banded": frozenset({"dob"}),
        "whereabouts": frozenset({"location"}),
        "special": frozenset(
            _words("health sexual ethnicity religion political migration_status asylum")
        ),
        "network": frozenset(
            _words("routes modus_operandi organisation vehicle document_type")
        ),
        "nationality_check": frozenset(
            _words("identity dob nationality document_no document_type")
        ),
        "incriminating": frozenset(
            _words(
                "narrative financial_facts bank_record fiu_report intercept grand_jury"
                " case_file"
            )
        ),
        "existence": frozenset(
            _words("asylum csam_image str_existence grand_jury technique undercover_identity")
        ),
        "never": frozenset({"csam_image", "unknown"}),
    }
)
"""Kinds in each class (docs/law.md, section 2, sets used by the rules)."""

CIRCLES: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "criminal": frozenset(_words("police law_enforcement prosecutor court")),
        "rescue": frozenset(_words("police law_enforcement child_protection")),
        "care": frozenset(
            _words("child_protection social_services health ngo_shelter consular")
        ),
        "public": frozenset(_words("ngo_public media private_company unknown")),
    }
)
"""Agencies in each circle."""

_LANES = {
    "criminal": _words(
        "criminal_investigation prosecution financial_investigation victim_identification"
        " missing_person_location intelligence border_triage"
    ),
    "protection": _words(
        "victim_protection victim_assistance repatriation nationality_verification"
    ),
    "emergency": ("emergency_life",),
    "research": _words("statistics policy_research training"),
    "outside": _words("immigration_enforcement other"),
}
LANES: Mapping[str, str] = MappingProxyType(
    {purpose: lane for lane, purposes in _LANES.items() for purpose in purposes}
)
"""Lane of each purpose."""

PROTECTED_ROLES = frozenset(
    _words("victim presumed_victim witness family collaborator third_party unknown")
)
"""Roles whose bearers must each be covered by a reference that is bound to subjects."""
SUBJECT_BOUND = frozenset(
    _words("consent_evidence approval:child_protection_authority waiver:us_1367")
)
"""Evidence that speaks for one person (docs/policy.md, section 3)."""
USE_ARGUMENTS = frozenset(PURPOSES) | {"ml_tf"}
"""What `use_only` may be limited to; `ml_tf` is laundering and terrorist financing."""
RETENTION_CAPS: Mapping[str, int] = MappingProxyType(
    {"emergency_life": 30, "nationality_verification": 90, "victim_assistance": 180}
)
"""Days by purpose (docs/law.md, ENG-RET); `RETENTION_CAP` for every other one."""
RETENTION_CAP = 365
SMALLEST_CELL = 5
"""Counts below it are not published (docs/law.md, OAS-G-111); a state may ask for more."""


def classes_of(kind: str) -> frozenset[str]:
    """Return the classes that a kind of datum lies in."""
    return frozenset(name for name, kinds in CLASSES.items() if kind in kinds)


def circles_of(agency: str) -> frozenset[str]:
    """Return the circles that an agency lies in; often none."""
    return frozenset(name for name, agencies in CIRCLES.items() if agency in agencies)


def checked(entity_type: str, values: Iterable[str]) -> frozenset[str]:
    """Return the values as a set, each of which stands on the list of `entity_type`.

    Source: docs/policy.md, section 9, guard 4.

    Raises:
        MalformedError: A value is not on the list.
    """
    found = frozenset(values)
    if not found <= set(LISTS[entity_type]):
        raise MalformedError(f"a label is not on the closed list {entity_type}")
    return found
