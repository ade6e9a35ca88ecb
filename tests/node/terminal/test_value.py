"""A value of an opened notice in words: codes by their meaning, the rest as it came."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from node.gateway.words import LANGUAGES
from node.notice.schema import schemas
from node.terminal.reader import Reader
from node.terminal.value import told
from valija import canonical

ES = Reader("es")


@pytest.mark.parametrize(
    ("schema", "prop", "text", "said"),
    [
        ("Person", "firstName", '"Ofelia"', "Ofelia"),
        ("Person", "nationality", '"PE"', "Perú (PE)"),
        ("Person", "nationality", '"XX"', "XX"),
        ("Person", "vx:role", '"accused"', "persona acusada"),
        ("Person", "birthDate", '"under 18"', "menor de 18"),
        ("Person", "gender", '"withheld"', "reservado"),
        ("Person", "gender", '{"code":"Feminine","scheme":"htcds"}', "Femenino (Feminine)"),
        ("Person", "gender", '{"code":"Feminine","scheme":"other"}', "Feminine"),
        ("Person", "gender", '{"unknown":"not_disclosed"}', "no revelado"),
        ("technique", "ongoing", '"yes"', "sí"),
        ("network", "members", "14", "14"),
        (
            "network",
            "territories",
            '{"admin1":"Tarija","country":"BO"}',
            "país: Bolivia (BO); provincia, departamento o estado: Tarija",
        ),
        (
            "notice",
            "title",
            '{"by":"human","lang":"pt","text":"Rede"}',
            "Rede [pt, traducido por una persona]",
        ),
        ("nothing", "known", '["a"]', '["a"]'),
        ("nothing", "known", "no JSON", "no JSON"),
        ("nothing", "known", "[" * 100_000, "[" * 100_000),
    ],
    ids=range(16),
)
def test_a_value_is_told(schema: str, prop: str, text: str, said: str) -> None:
    assert said == told(text, (schema, prop), ES)


def test_a_word_of_the_register_is_told_to_be_one() -> None:
    said = told('{"code":"x","scheme":"local"}', ("Person", "gender"), ES)
    assert "x (palabra propia del registro nacional)" == said


def test_a_merged_flag_stays_merged() -> None:
    one, other = '{"code":"Feminine","scheme":"htcds"}', '{"code":"q","scheme":"local"}'
    both = f'{{"one_or_more_of":[{one},{other}]}}'
    said = told(both, ("Person", "gender"), Reader("fr"))
    assert said.startswith("un ou plusieurs parmi : Féminin (Feminine) ; q (")


def test_a_code_that_became_general_is_found_on_its_own_list() -> None:
    said = told('{"code":"social_network","scheme":"valija"}', ("recruitment", "platform"), ES)
    assert said.endswith(" (social_network)")


_LEAVES = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8)
_VALUES = st.recursive(
    _LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["code", "scheme", "by", "unknown", "x"]), inner, max_size=3
        )
    ),
    max_leaves=6,
)
_PLACES = [(name, prop) for name, shape in schemas().items() for prop in shape.properties]


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(_PLACES), _VALUES, st.sampled_from(LANGUAGES))
def test_any_value_of_any_property_is_told_and_nothing_fails(
    place: tuple[str, str], value: canonical.Value, language: str
) -> None:
    assert isinstance(told(json.dumps(value), place, Reader(language)), str)
