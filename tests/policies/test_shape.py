"""A decision remembered for a shape is the one that the case itself would get."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policies.corpus import Law
from policies.facts import (
    Agreement,
    Case,
    Consent,
    Datum,
    Desk,
    Person,
    Reference,
)
from policies.shape import Shapes

KINDS = st.sampled_from(["identity", "routes", "bank_record", "contact"])
NAMES = st.lists(st.sampled_from("abcd"), min_size=5, max_size=5)
FROZEN = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],  # A case is.
    deadline=None,
    max_examples=60,
)
HANDLES = "pqrst"
"""The last two are nobody's."""
DUTIES = st.sampled_from([frozenset(), frozenset({"use_only:asylum_procedure"})])


def fields(names: Sequence[str], kinds: Sequence[str]) -> tuple[Datum, ...]:
    return tuple(
        Datum(name, kind, (), frozenset({"police"}))
        for name, kind in zip(names, kinds, strict=False)
    )


def unasked(law: Law) -> Law:
    """Return the same law before it was asked anything."""
    return Law(law.bundles.values(), law.registry, law._schema)


def persons() -> st.SearchStrategy[Person]:
    flags = st.sampled_from(["yes", "no", "unknown"])
    consents = st.builds(
        Consent,
        st.sampled_from(["given", "refused", "not_sought"]),
        scope=st.just(frozenset({"criminal_investigation"})),
        recipients=st.sampled_from([frozenset({"XB"}), frozenset({"AR", "XB"})]),
    )
    return st.builds(
        Person,
        id=st.sampled_from(HANDLES[:3]),  # Two may have one handle.
        roles=st.sampled_from([frozenset({"victim"}), frozenset({"suspect"}), frozenset()]),
        minor=flags,
        consent=consents,
        asylum=flags,
        feared_state=st.sampled_from(["none", "XB", "AR", "unknown"]),
        protected_witness=st.just("no"),
        publication_ban=st.just("no"),
    )


def data() -> st.SearchStrategy[Datum]:
    subjects = st.lists(st.sampled_from(HANDLES[:4]), max_size=2).map(tuple)
    sources = st.just(frozenset({"police"}))
    return st.builds(Datum, st.sampled_from("abcd"), KINDS, subjects, sources)


def references() -> st.SearchStrategy[Reference]:
    spoken = st.frozensets(st.sampled_from(HANDLES), max_size=2)
    tokens = ["judicial_ref", "waiver:us_1367", "approval:child_protection_authority"]
    return st.builds(Reference, st.sampled_from(tokens), subjects=spoken)


@st.composite
def cases(draw: st.DrawFn) -> Callable[[Case], Case]:
    people = tuple(draw(st.lists(persons(), max_size=3)))
    fields = tuple(draw(st.lists(data(), max_size=4)))
    words = tuple(draw(st.lists(references(), max_size=2)))
    recipient = Desk(draw(st.sampled_from(["XB", "AR", "BR", "CL"])), "police")
    action = draw(st.sampled_from(["release", "match", "store", "onward"]))
    said = {"persons": people, "data": fields, "references": words, "action": action}
    return lambda case: replace(
        case,
        recipient=recipient,
        agreements=(Agreement("UNTOC", "untoc", frozenset({"XA", recipient.state})),),
        **said,
    )


def renamed(case: Case, names: Mapping[str, str], order: int) -> Case:
    """Return a case with other handles and its persons in another order."""
    people = [replace(one, id=names[one.id]) for one in case.persons]
    return replace(
        case,
        persons=tuple(people[order:] + people[:order]),
        data=tuple(
            replace(one, subjects=tuple(names[name] for name in one.subjects))
            for one in case.data
        ),
        references=tuple(
            replace(one, subjects=frozenset(names[name] for name in one.subjects))
            for one in case.references
        ),
    )


@FROZEN
@given(
    st.lists(cases(), min_size=1, max_size=3),
    st.permutations(HANDLES),
    st.integers(0, 2),
)
def test_what_is_remembered_is_what_a_law_that_remembers_nothing_says(
    mini_law: Law,
    case: Case,
    every: list[Callable[[Case], Case]],
    handles: list[str],
    order: int,
) -> None:
    law, names = mini_law, dict(zip(HANDLES, handles, strict=True))
    for made in every:
        asked = made(case)
        for one in (asked, renamed(asked, names, order), asked):
            expected = unasked(law)._decide(one, certain=False)
            assert expected == law.preview(one)


@FROZEN
@given(cases(), st.permutations(HANDLES))
def test_a_case_under_other_handles_is_not_weighed_anew(
    mini_law: Law, case: Case, made: Callable[[Case], Case], handles: list[str]
) -> None:
    shapes, names = Shapes(), dict(zip(HANDLES, handles, strict=True))
    asked = replace(made(case), references=())
    assert shapes.shape(asked) == shapes.shape(renamed(asked, names, 0))
    assert mini_law.preview(asked).record == mini_law.preview(renamed(asked, names, 0)).record


def test_two_persons_who_change_places_are_another_shape(case: Case) -> None:
    shapes, (victim, suspect) = Shapes(), case.persons
    swapped = (replace(victim, id=suspect.id), replace(suspect, id=victim.id))
    assert shapes.shape(case) != shapes.shape(replace(case, persons=swapped))


def test_a_word_that_speaks_of_another_person_is_another_shape(case: Case) -> None:
    shapes = Shapes()
    told = [
        replace(case, references=(Reference("waiver:us_1367", subjects=frozenset({name})),))
        for name in ("v1", "s1", "nobody", "nobody else")
    ]
    made = [shapes.shape(one) for one in told]
    assert made[2] == made[3]
    assert 3 == len(set(made))


def test_recipients_whom_no_rule_names_share_one_decision(mini_law: Law, case: Case) -> None:
    asked = [
        replace(
            case,
            recipient=Desk(state, "police"),
            agreements=(Agreement("UNTOC", "untoc", frozenset({"XA", state})),),
        )
        for state in ("BB", "BZ")
    ]
    one, other = map(mini_law.preview, asked)
    assert one is other


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
    assert first == again
