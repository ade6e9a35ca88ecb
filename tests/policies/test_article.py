"""Articles as Spanish and Portuguese cite them: the same article, otherwise written."""

import pytest

from policies.article import written


@pytest.mark.parametrize(
    ("citation", "spanish", "portuguese"),
    [
        ("x art. 18(4)", "x, art. 18.4", "x, art. 18.4"),
        ("x art. 27(1)(b)(i); art. 18(13)", "x, art. 27.1 b) i); art. 18.13", None),
        ("x art. 18(1), (3), (13)", "x, art. 18.1, 18.3, 18.13", "x, art. 18.1, 18.3, 18.13"),
        ("x art. 18(13)-(14)", "x, art. 18.13-14", "x, art. 18.13-14"),
        ("x art. 8(1)(e)-(f)", "x, art. 8.1 e)-f)", "x, art. 8.1.e-f"),
        ("x arts. 3, 16; y art. 3(c)-(d)", "x, arts. 3, 16; y, art. 3 c)-d)", None),
        ("x arts. 24(2)(a), 24(4), 26(4)", "x, arts. 24.2 a), 24.4, 26.4", None),
        ("x art. 27(1)(b) por analogía", "x, art. 27.1 b) por analogía", None),
        (
            "Ley 26.364 art. 6 (Ley 26.842 art. 4)",
            "Ley 26.364, art. 6 (Ley 26.842, art. 4)",
            None,
        ),
        ("x sección 8(1)", "x, sección 8(1)", None),
        ("x art. 78 bis (Ley 20.507)", "x, art. 78 bis (Ley 20.507)", None),
    ],
)
def test_an_article_is_written_as_its_readers_cite_it(
    citation: str, spanish: str, portuguese: str | None
) -> None:
    assert spanish == written(citation, "es")
    assert portuguese is None or portuguese == written(citation, "pt")


@pytest.mark.parametrize(
    "citation",
    ["34 USC 12291(b)(2)(B)", "Criminal Code s. 193(2)(e)", "Regla propia: cuatro ojos", ""],
)
def test_what_cites_no_article_stays_as_it_is(citation: str) -> None:
    assert citation == written(citation, "es") == written(citation, "pt")


def test_english_keeps_the_compact_form() -> None:
    assert "x art. 18(1)(b), (3)" == written("x art. 18(1)(b), (3)", "en")


@pytest.mark.parametrize(
    ("citation", "french"),
    [
        ("x art. 18(1), (3)", "x, art. 18(1), 18(3)"),
        ("x art. 27(1)(b)(i)", "x, art. 27(1)b)i)"),
        ("x art. 28(1)-(2); y art. 3(c)-(d)", "x, art. 28(1)-(2); y, art. 3c)-d)"),
        ("x art. 486.4(1), 486.5; art. 193(2)(e)", "x, art. 486.4(1), 486.5; art. 193(2)e)"),
    ],
)
def test_french_sets_the_letter_of_a_paragraph_without_an_opening_parenthesis(
    citation: str, french: str
) -> None:
    assert french == written(citation, "fr")
