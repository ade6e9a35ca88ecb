"""What a sieve lets through are the rules that apply, one looked at after the other."""

from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st

from policies import labels
from policies.folder import load
from policies.labels import Labels, Matter
from policies.matching import matching
from policies.rule import Rule
from policies.sieve import Sieve
from policies.vocabulary import CASE_LABELS, LISTS, SUBJECT_LABELS


@cache
def layers() -> tuple[tuple[tuple[Rule, ...], Sieve], ...]:
    """Return every layer of the law that ships, both sides, with one sieve each."""
    bundles = load().bundles.values()
    sides = [side for bundle in bundles for side in (bundle.send, bundle.receive) if side]
    return tuple((tuple(side), Sieve(side)) for side in sides)


def words(name: str, least: int = 0) -> st.SearchStrategy[frozenset[str]]:
    return st.frozensets(st.sampled_from(LISTS[name]), min_size=least, max_size=3)


def facts(lists: dict[str, tuple[str, bool]]) -> st.SearchStrategy[dict[str, list[str]]]:
    return st.fixed_dictionaries(
        {
            name: st.lists(
                st.sampled_from(LISTS[kind]),
                min_size=0 if many else 1,
                max_size=3 if many else 1,
            )
            for name, (kind, many) in lists.items()
        }
    )


def resources() -> st.SearchStrategy[Labels]:
    return st.builds(
        labels.content_field,
        words("Kind", 1),
        words("Regime"),
        words("Source", 1),
        words("Duty"),
    )


def matters() -> st.SearchStrategy[Matter]:
    return st.builds(
        Matter,
        st.builds(
            labels.party, st.sampled_from(LISTS["State"]), st.sampled_from(LISTS["Agency"])
        ),
        resources(),
        facts(dict(CASE_LABELS)).map(labels.case),
        facts(dict(SUBJECT_LABELS)).map(labels.subject),
        words("Basis"),
    )


@settings(deadline=None, max_examples=60)
@given(matters())
def test_a_sieve_lets_through_the_rules_that_apply(matter: Matter) -> None:
    for rules, sieve in layers():
        for _ in range(2):
            assert matching(rules, matter) == sieve.matching(matter)


@settings(deadline=None, max_examples=20)
@given(matters(), st.sampled_from(LISTS["NoticeType"]))
def test_of_a_notice_too(matter: Matter, notice_type: str) -> None:
    whole = Matter(matter.party, labels.notice(notice_type), matter.case, None, matter.basis)
    for rules, sieve in layers():
        assert matching(rules, whole) == sieve.matching(whole)
