"""A decision remembered for a shape is the one that the case itself would get."""

from collections.abc import Sequence
from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policies.corpus import Law
from policies.facts import Case, Datum
from policies.shape import Shapes

KINDS = st.sampled_from(["identity", "routes", "bank_record", "contact"])
NAMES = st.lists(st.sampled_from("abcd"), min_size=5, max_size=5)
FROZEN = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])  # A case is.
DUTIES = st.sampled_from([frozenset(), frozenset({"use_only:asylum_procedure"})])


def fields(names: Sequence[str], kinds: Sequence[str]) -> tuple[Datum, ...]:
    return tuple(
        Datum(name, kind, (), frozenset({"own"}))
        for name, kind in zip(names, kinds, strict=False)
    )


@FROZEN
@given(st.lists(NAMES, min_size=1, max_size=3), st.lists(KINDS, min_size=5, max_size=5))
def test_a_preview_is_the_decision_whatever_was_asked_before(
    mini_law: Law, case: Case, every: list[list[str]], kinds: list[str]
) -> None:
    for names in every:
        asked = replace(case, data=fields(names, kinds))
        assert mini_law._decide(asked, certain=False) == mini_law.preview(asked)


@FROZEN
@given(NAMES, NAMES, st.lists(st.tuples(KINDS, DUTIES), min_size=5, max_size=5))
def test_an_act_is_previewed_as_it_is_decided(
    mini_law: Law,
    case: Case,
    first: list[str],
    second: list[str],
    said: list[tuple[str, frozenset[str]]],
) -> None:
    for names in (first, second):
        data = tuple(
            Datum(name, kind, (), frozenset({"foreign"}), duties=duties)
            for name, (kind, duties) in zip(names, said, strict=True)
        )
        asked = replace(case, action="store", data=data)
        assert mini_law._decide(asked, certain=False) == mini_law.preview(asked)


def test_other_names_have_one_shape_and_a_name_that_stands_twice_another(case: Case) -> None:
    shapes, kinds = Shapes(), ["identity", "routes"]
    asked = [replace(case, data=fields(names, kinds)) for names in ("xy", "yx", "zz")]
    one, other, twice = map(shapes.shape, asked)
    assert one == other
    assert one != twice


def test_anything_else_that_differs_is_another_shape(case: Case) -> None:
    shapes = Shapes()
    changed = [
        replace(case, danger="yes"),
        replace(case, retention_limits={"foreign": 3}),
        replace(case, data=case.data[:1]),
        replace(case, data=tuple(replace(d, subjects=()) for d in case.data)),
    ]
    assert all(shapes.shape(case) != shapes.shape(other) for other in changed)


def test_a_refusal_speaks_of_the_case_and_is_made_anew(mini_law: Law, case: Case) -> None:
    lacking = replace(case, missing=("risk.torture",))
    for names in ("xy", "vw"):
        data = fields(names, ["identity", "routes"])
        found = mini_law.preview(replace(lacking, data=data))
        assert "labels are missing: risk.torture" == found.fault
        assert list(names) == [field.name for field in found.fields]


def test_shapes_that_were_forgotten_are_found_again(case: Case) -> None:
    shapes = Shapes()
    first = shapes.shape(case)
    for number in range(70):
        shapes.shape(
            replace(case, data=fields(["a"] * (number + 1), ["routes"] * (number + 1)))
        )
    again = shapes.shape(case)
    assert first[0].data == again[0].data
