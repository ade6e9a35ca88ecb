"""What every general form obeys: docs/content.md, "What every general form obeys"."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.notice import value
from node.notice.about import About
from node.notice.codelist import code_list
from node.notice.general.forms import FORMS, general
from node.notice.general.setting import Setting
from node.notice.schema import schemas
from node.notice.value import Json

_ABOUTS = [
    About(anybody=True, roles=frozenset(roles), minor=minor)
    for roles, minor in product(
        [{"suspect"}, {"victim"}, {"suspect", "victim"}, {"witness"}, set()],
        ["yes", "no", "unknown"],
    )
]
_SETTINGS = [
    Setting("2026-11-24", schema, "abcdefgh", country, about)
    for schema, country, about in product(["Membership", "Address"], ["AR", "BB", ""], _ABOUTS)
]
_DATES = st.dates().map(lambda day: day.isoformat()) | st.sampled_from(["1980", "2007-02"])
_CODES = st.sampled_from(
    [
        value.code(lists.schemes[code], code)
        for name in (
            "iccs",
            "industry",
            "platform",
            "control_method",
            "age_band",
            "majority",
            "trafficking_status",
            "need",
            "gender",
        )
        for lists in [code_list(name)]
        for code in lists.labels
    ]
) | st.text(min_size=1).map(lambda text: value.code("local", text))
_IDENTIFIERS = st.sampled_from(
    ["cuit:AR:27320557114", "plate:AR:AF731ZQ", "unverified:BO:123", "+5493878555012",
     "+12125550143", "o.m@gmail.com", "o.m@example.org", "1M8GDM9AXKP042788", "35316511148738",
     "722341234567890", "89540310000000000009", "GB82WEST12345698765432", "DEUTDEFF500",
     "https://www.facebook.com/x", "https://glicinas.example/x", "clabe:MX:032180000118359719"]
)  # fmt: skip
_PLACES = st.sampled_from(
    [
        "AR",
        "BB",
        "XXA",
        "Orán, Salta, Argentina",
        "Salta, AR",
        "Bridgetown, St Michael, BB",
        "x",
    ]
)
_RECORDS: st.SearchStrategy[Json] = st.sampled_from(
    [
        {"country": "AR", "admin1": "Salta", "place": "Orán"},
        {"name": "Paso", "from": "BO", "to": "AR"},
        {"state": "AR", "statute": "CP", "article": "145 bis"},
        {"state": "AR", "kind": value.code("valija", "court"), "name": "Juzgado"},
        {"scheme": "interpol", "id": "2026/1"},
        {"status": value.code("valija", "given"), "scope": ["prosecution"]},
        {"n": 7, "minors": 2},
        {"kind": value.code("valija", "scar"), "text": "long"},
        {"source": value.code("4x4", "A"), "information": value.code("4x4", "1")},
        value.merged(value.code("htcds", one) for one in ("PhysicalAbuse", "DebtBondage")),
        {"unknown": "suppressed"},
    ]
)  # fmt: skip
_VALUES: st.SearchStrategy[Json] = (
    _DATES | _CODES | _IDENTIFIERS | _PLACES | _RECORDS
    | st.integers(0, 10**6) | st.text(min_size=1, max_size=30)
    | st.decimals(0, 10**9, places=2).map(str)
)  # fmt: skip
_NAMES = st.sampled_from(sorted(FORMS))
_WHERE = st.sampled_from(_SETTINGS)


@given(_NAMES, _VALUES, _WHERE)
def test_a_general_form_is_a_pure_function(name: str, found: Json, where: Setting) -> None:
    assert general(name, found, where) == general(name, found, where)


@given(_NAMES, _VALUES, _WHERE)
def test_applied_twice_it_changes_nothing(name: str, found: Json, where: Setting) -> None:
    once = general(name, found, where)
    if once is not None:
        assert once == general(name, once, where)


@given(_NAMES, _VALUES, _WHERE)
def test_it_is_the_value_itself_or_does_not_contain_it(
    name: str, found: Json, where: Setting
) -> None:
    once = general(name, found, where)
    if once is None or once == found:
        return
    if isinstance(found, str):
        told = {once} if isinstance(once, str) else set(map(str, _leaves(once)))
        # A country stays the country it was, and a year the year: only longer values can hide.
        assert found not in told or len(found) <= len("1980")


def _leaves(found: Json) -> list[Json]:
    if isinstance(found, dict):
        return [leaf for part in found.values() for leaf in _leaves(part)]
    if isinstance(found, list):
        return [leaf for part in found for leaf in _leaves(part)]
    return [found]


@given(_NAMES, st.sampled_from(value.UNKNOWN_REASONS), _WHERE)
def test_what_nobody_said_has_no_general_form(name: str, reason: str, where: Setting) -> None:
    assert general(name, value.unknown(reason), where) is None


def test_every_general_form_of_the_table_exists_and_every_one_that_exists_is_used() -> None:
    used = {
        name for shape in schemas().values() for known in shape.properties.values()
        for name in known.general
    }  # fmt: skip
    assert used - {"-"} == set(FORMS)


_SUSPECT = About(anybody=True, roles=frozenset({"suspect"}), minor="no")
_VICTIM = About(anybody=True, roles=frozenset({"victim"}), minor="no")
_CHILD = About(anybody=True, roles=frozenset({"suspect"}), minor="yes")


def _at(about: About = _SUSPECT, country: str = "AR", schema: str = "Person") -> Setting:
    return Setting("2026-11-24", schema, "abcdefgh", country, about)


@pytest.mark.parametrize(
    ("name", "found", "where", "expected"),
    [
        ("birth_date", "1979-06-21", _at(), "1979"),
        ("birth_date", "1979-06-21", _at(_VICTIM), "39-47"),
        ("birth_date", "2007", _at(_VICTIM), "18-20"),
        ("birth_date", "2009-01-01", _at(_CHILD), "under 18"),
        ("birth_date", "yesterday", _at(_CHILD), None),
        ("year", "1980-02-07", _at(), "1980"),
        ("month", "1980-02-07", _at(), "1980-02"),
        ("month", "1980", _at(), "1980"),
        ("subregion", "BO", _at(), {"scheme": "m49", "code": "005"}),
        ("subregion", "XXA", _at(), None),
        ("admin1", "Salta", _at(), "Salta"),
        ("admin1", "St Michael", _at(country="BB"), None),
        ("admin1", "Salta", _at(country=""), None),
        ("birth_place", "Orán, Salta, AR", _at(), {"country": "AR", "admin1": "Salta"}),
        ("birth_place", "Bridgetown, St Michael, BB", _at(), {"country": "BB"}),
        ("birth_place", "-23.1, -64.3", _at(), None),
        ("iccs", value.code("iccs", "030222"), _at(), value.code("iccs", "0302")),
        ("isic", value.code("isic4", "01"), _at(), value.code("isic4", "A")),
        ("isic", value.code("htcds", "F_Construction"), _at(), value.code("isic4", "F")),
        ("isic", value.code("local", "F"), _at(), None),
        (
            "means",
            value.code("htcds", "FalsePromises"),
            _at(),
            value.code("valija", "deception"),
        ),
        ("means", value.code("htcds", "Other"), _at(), None),
        ("platform", value.code("htcds", "QQ"), _at(), value.code("valija", "messaging")),
        ("identifier", "curp:MX:X", _at(), {"scheme": "curp", "country": "MX"}),
        ("identifier", "12345", _at(), None),
        ("phone", "+5493878555012", _at(), {"country": "AR", "line": "mobile"}),
        ("phone", "+573115550142", _at(), {"country": "CO", "line": "mobile"}),
        ("phone_country", "+573115550142", _at(), "CO"),
        ("email", "o.m@gmail.com", _at(), "gmail.com"),
        ("email", "o.m@glicinas.example", _at(), None),
        ("website", "https://es-la.facebook.com/p", _at(), "Facebook"),
        ("website", "https://glicinas.example", _at(), None),
        ("plate", "plate:AR:AF731ZQ", _at(), "AR"),
        ("vin", "1M8GDM9AXKP042788", _at(), "1M8"),
        ("imei", "490154203237518", _at(), "49015420"),
        ("imsi", "722341234567890", _at(), {"mcc": "722", "mnc": "341"}),
        ("iban", "GB82 WEST 1234 5698 7654 32", _at(), "GB"),
        ("bic", "DEUTDEFF500", _at(), "DEUTDEFF"),
        ("count", 14, _at(), "10-24"),
        ("counts", {"n": 7, "minors": 4}, _at(), {"n": "5-9", "minors": "under 5"}),
        ("tens", "178", _at(), "170-179"),
        ("magnitude", "125000.50", _at(), "10^5"),
        ("share", "24.9", _at(), "under 25"),
        ("share", "50", _at(), "25-50"),
        ("share", "50.01", _at(), "over 50"),
        ("handle", "Los Glicineros", _at(), "abcdefgh"),
        ("link", "captador", _at(schema="Membership"), "Membership"),
        ("mark", {"kind": value.code("valija", "scar"), "text": "x"}, _at(_VICTIM), None),
        ("age_majority", 17, _at(), value.code("valija", "Minor")),
        ("band_majority", value.code("ctdc", "0-29"), _at(), None),
        ("band_majority", value.code("ctdc", "9-17"), _at(), value.code("valija", "Minor")),
        ("age_majority", "17", _at(), None),
        ("birth_date", "yesterday", _at(_VICTIM), None),
        ("tens", "9", _at(), "0-9"),
        ("tens", "tall", _at(), None),
        ("tens", 178, _at(), None),
        ("magnitude", 12, _at(), None),
        ("magnitude", "0", _at(), "10^0"),
        ("share", 50, _at(), None),
        ("share", "half", _at(), None),
        ("counts", {"n": "x"}, _at(), None),
        ("counts", {"weather": 1}, _at(), None),
        ("need", "x", _at(), None),
        ("means", value.code("local", "x"), _at(), None),
        ("isic", value.code("isic4", "Z"), _at(), None),
        ("identifier", 1, _at(), None),
        ("plate", "AF731ZQ", _at(), None),
        ("plate", "unverified::AF731ZQ", _at(), None),
        ("phone", {"country": "AR", "line": "party"}, _at(), None),
        ("phone", "12", _at(), None),
        ("phone", "+80012345678", _at(), None),
        ("phone_country", "12", _at(), None),
        ("email", 1, _at(), None),
        ("website", 1, _at(), None),
        ("vin", 1, _at(), None),
        ("vin", "IOQ", _at(), None),
        ("imei", 1, _at(), None),
        ("imei", "12", _at(), None),
        ("imei", "49015420323751", _at(), "49015420"),
        ("imsi", 1, _at(), None),
        ("iccid", 1, _at(), None),
        ("iccid", "8954031000001234569", _at(), "AR"),
        ("iccid", "89", _at(), None),
        ("iban", 1, _at(), None),
        ("iban", "GB00", _at(), None),
        ("bic", 1, _at(), None),
        ("subregion", value.code("local", "x"), _at(), None),
        ("subregion", value.code("un_region", "Asia"), _at(), value.code("un_region", "Asia")),
        ("birth_place", 1, _at(), None),
        ("territory", {"country": "ZZ"}, _at(), None),
        ("crossing", {"from": "ZZ", "to": "AR"}, _at(), None),
        ("status", value.code("local", "x"), _at(), None),
    ],
)
def test_the_table_of_general_forms(
    name: str, found: Json, where: Setting, expected: Json
) -> None:
    assert expected == general(name, found, where)
    assert expected is None or expected == general(name, expected, where)


def test_words_of_a_register_are_in_no_general_form() -> None:
    said = value.code("htcds", "Prostitution", "en la Casa de la Calandria")
    assert value.code("htcds", "Prostitution") == general("=", said, _at())
    assert general("=", value.code("local", "con su hermana"), _at()) is None
    local = value.merged([said, value.code("local", "x")])
    assert general("=", local, _at()) is None
    both = value.merged([said, value.code("htcds", "Pornography")])
    assert "Calandria" not in str(general("=", both, _at()))
    mark: Json = {"kind": value.code("local", "como su hermana")}
    assert general("mark", mark, _at()) is None


def test_a_merged_flag_stays_merged_and_folds_only_if_each_part_does() -> None:
    both = value.merged(
        [value.code("htcds", "PhysicalAbuse"), value.code("htcds", "DebtBondage")]
    )
    same = value.merged(
        [value.code("htcds", "PhysicalAbuse"), value.code("htcds", "SexualAbuse")]
    )
    none = value.merged([value.code("htcds", "PhysicalAbuse"), value.code("local", "x")])
    coercion = value.code("valija", "coercion")
    weakness = value.code("valija", "abuse_of_vulnerability")
    assert value.merged([coercion, weakness]) == general("means", both, _at())
    assert coercion == general("means", same, _at())
    assert general("means", none, _at()) is None
