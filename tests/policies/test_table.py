"""Pages of law: made from the rules, whole in four languages."""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from policies.__main__ import main
from policies.bundle import WORDS, read_bundle
from policies.conditions import LANGUAGES
from policies.corpus import Law
from policies.folder import read_folder
from policies.pages import pages, stale
from policies.rule import ACTIONS, GROUPS, IMPOSE
from policies.table import Page
from policies.vocabulary import CASE_LABELS, LISTS, SUBJECT_LABELS, TASKS
from policies.words import Words
from valija.errors import MalformedError


@pytest.fixture(scope="session")
def words() -> Words:
    return Words(read_folder()[WORDS])


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_of_the_law_is_said_in_every_language(words: Words, language: str) -> None:
    lists = {name: set(values) for name, values in LISTS.items() if name != "Evidence"}
    lists["Action"] = {*ACTIONS, *GROUPS} - {*IMPOSE, "impose"}
    lists["Task"] = set(TASKS)
    labels = {f"case.{name}" for name in CASE_LABELS} | {f"subject.{n}" for n in SUBJECT_LABELS}
    lists["label"] = labels | {"basis", "principal.Circle", "resource.Kind"}

    for name, values in lists.items():
        for value in values:
            assert words.say(name, value, language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_bundle_has_a_page_with_a_line_for_every_rule(
    real_law: Law, words: Words, language: str
) -> None:
    for bundle in real_law.bundles.values():
        page = Page(words, language).render(bundle)

        for rule in (*bundle.send, *bundle.receive):
            assert f"<br>`{rule.id}` |" in page
        rows, legend = page.rsplit("\n## ", 1)
        assert all(line.count("|") == 6 for line in rows.splitlines() if line.startswith("|"))
        assert all(line.count("|") == 3 for line in legend.splitlines() if line.startswith("|"))


def test_a_line_says_article_effect_conditions_and_who_can_answer(
    mini_files: Mapping[str, bytes], words: Words
) -> None:
    def page(name: str, language: str) -> list[str]:
        return Page(words, language).render(read_bundle(name, mini_files)[0]).splitlines()

    state, treaty, spanish = page("XA", "en"), page("treaty", "en"), page("XA", "es")

    assert "# XA: the law as Valija applies it" == state[0]
    assert (
        "| Invented Act s. 1 <br>`XA-2` | shows only that something is withheld |"
        " datum: bank record | a court's order <br>→ the competent court;"
        " <br>or a request by an authority that the law names"
        " <br>→ the authority that the law names |"
        " high; <br>text read |"
    ) in state
    assert any("in force from 2027-01-01 | — |" in line for line in state)
    assert any("| kept at most 90 days | datum: bank record |" in line for line in state)
    assert any(
        "class of datum: identifying; <br>the person's role: victim or unknown;"
        " <br>except if (danger to life declared: yes;"
        " and recipient belongs to: rescue services)" in line
        for line in treaty
    )
    assert any("channel: any but mutual legal assistance" in line for line in treaty)
    assert any(
        "(type of notice: request for evidence; or type of notice: unknown)" in line
        for line in treaty
    )
    assert any("use it only for the purpose it is sent for" in line for line in treaty)
    assert any("| always |" in line for line in treaty)
    assert any(
        "solo se indica que hay un dato reservado | dato: registro bancario" in line
        for line in spanish
    )


def test_negations_are_told_as_what_remains(
    mini_files: Mapping[str, bytes], words: Words
) -> None:
    rule = b"""@id("XA-8") @effect("keep") @keep("review:30") @in_force("../2027-06-30")
@legal_basis("x") @confidence("low") @basis("text seen")
permit (principal, action == Action::"impose_field", resource)
when { context.subject.minor != Flag::"no" && !context.basis.contains(Basis::"tip") &&
  !(context.case.lane == Lane::"research" && context.case.dual == Flag::"yes") &&
  principal in State::"AR" };
"""
    bundle, faults = read_bundle("XA", {**mini_files, "XA/send_more.cedar": rule})
    assert () == faults

    page = Page(words, "en").render(bundle)

    assert (
        "| to be reviewed within 30 days | under 18: yes or unknown; <br>not among the grounds"
        " in force: Trafficking Protocol; <br>except if (kind of purpose: research and"
        " training; and dual criminality (offence in both states): yes);"
        " <br>recipient's state: Argentina;"
        " <br>rule in force until 2027-06-30 | — | low; <br>text read |"
    ) in page
    assert "; <br>regla en vigor hasta el 30/06/2027 |" in Page(words, "es").render(bundle)


def test_spanish_changes_its_and_and_or_before_their_own_sound(words: Words) -> None:
    assert "e investigación" == words.joined("and", "investigación", "es")
    assert "y hielo" == words.joined("and", "hielo", "es")
    assert "u organización" == words.joined("or", "organización", "es")
    assert "ou organização" == words.joined("or", "organização", "pt")
    assert "and it" == words.joined("and", "it", "en")


def test_a_list_is_in_the_order_of_the_alphabet_with_what_nobody_stated_last(
    words: Words,
) -> None:
    listed = words.one_of("Basis", {"untoc", "bilateral", "jit"}, "es")
    unstated = words.one_of("Flag", {"unknown", "yes"}, "es")

    assert (
        "acuerdo entre los Estados, Convención de Palermo o equipo conjunto de investigación"
        == listed
    )
    assert "sí o sin declarar" == unstated


def _line(real_law: Law, words: Words, language: str, rule: str) -> list[str]:
    """Return the cells of a rule's row."""
    name = rule.partition("-")[0]
    bundle = real_law.bundles.get(name, real_law.bundles["treaty"])
    page = Page(words, language).render(bundle).splitlines()
    return next(line for line in page if f"`{rule}`" in line).strip("| ").split(" | ")


def test_a_bar_that_evidence_lifts_is_a_wait(real_law: Law, words: Words) -> None:
    waits = _line(real_law, words, "en", "UNCAT-3.assurance")
    ends = _line(real_law, words, "en", "UNCAT-3")

    assert "the notice waits until the condition is met" == waits[1]
    assert ["the notice does not go", "—"] == [ends[1], ends[3]]
    assert _line(real_law, words, "en", "UNTOC-18-19")[1].startswith("bars until the condition")


def test_a_limit_says_that_matching_falls_with_it_and_which_other_way_there_is(
    real_law: Law, words: Words
) -> None:
    told = _line(real_law, words, "es", "AR-25246-22")

    assert "se omite sin dejar rastro; tampoco se permite el cotejo privado" == told[1]
    assert told[3].startswith(
        "en su lugar: la vía de la unidad de inteligencia financiera <br>→"
    )
    assert (
        "solo se indica que hay un dato reservado" == _line(real_law, words, "es", "ACHR-4")[1]
    )


def test_a_rule_that_omits_a_marker_alone_does_not_claim_to_omit_the_datum(
    real_law: Law, words: Words
) -> None:
    assert _line(real_law, words, "en", "ENG-SILENT")[1] == (
        "never shows that something is withheld; what may not go is left out without a trace"
    )
    assert _line(real_law, words, "en", "CA-WPPA-11")[1].startswith("leaves the datum out")


def test_a_page_says_whether_the_article_was_read(real_law: Law, words: Words) -> None:
    assert "alta; <br>texto no leído" == _line(real_law, words, "es", "AR-26364-8")[-1]
    assert "alta; <br>texto lido em parte" == _line(real_law, words, "pt", "AR-26364-6")[-1]
    assert "high; <br>Valija's own rule" == _line(real_law, words, "en", "ENG-SECOND")[-1]


def test_a_duty_of_one_act_names_the_act(real_law: Law, words: Words) -> None:
    told = _line(real_law, words, "en", "UNTOC-18-5.notice")

    assert "when disclosing exculpatory material to the accused" == told[2]


def test_treaties_are_cited_by_the_names_that_a_reader_knows(
    real_law: Law, words: Words
) -> None:
    cited = {lang: _line(real_law, words, lang, "OAS-P-v")[0] for lang in LANGUAGES}

    assert cited["es"].startswith("Tercer Plan de la OEA contra la trata, principio v;")
    assert "Protocole relatif à la traite des personnes, art. 6(1)" in cited["fr"]
    english = re.compile(r"\b(the|of|and|guidelines?|principles?|by|safety|engine)\b")
    for language in ("es", "pt", "fr"):
        for name in set(real_law.bundles) - {"CA", "US"}:
            bundle = real_law.bundles[name]
            for rule in (*bundle.send, *bundle.receive):
                said = words.cite(rule.notes["legal_basis"], language)
                assert not english.search(said), said


def test_a_page_explains_the_group_words_that_its_rules_use(
    real_law: Law, words: Words
) -> None:
    legend = Page(words, "en").render(real_law.bundles["MX"]).rsplit("\n## ", 1)[1]

    assert (
        "| belongs to: criminal justice | court, law enforcement agency, police, prosecutor |"
        in legend
    )
    assert "| class of datum: whereabouts | place linked to a person |" in legend
    assert "kind of purpose" not in legend


def test_french_parts_colon_and_semicolon_off(real_law: Law, words: Words) -> None:
    for bundle in real_law.bundles.values():
        page = Page(words, "fr").render(bundle)
        assert not re.search(r"[^\N{NO-BREAK SPACE}][:;](?=\s)", page)
        assert not re.search(r"« | »|[Qq]ue [aeiouéêâ]", page)


def test_all_treaties_together_are_one_ground_that_the_page_explains(
    real_law: Law, words: Words
) -> None:
    grounds = _line(real_law, words, "en", "CR-8968-14")[2]
    page = Page(words, "en").render(real_law.bundles["CR"])

    assert "ground in force: case-by-case agreement, reciprocity or treaty basis" == grounds
    assert "| ground: treaty basis | agreement between financial intelligence units," in page
    assert "treaty basis" not in _line(real_law, words, "en", "MX-LGPDPPSO.treaty")[2]


def test_table_prints_a_page_and_says_what_is_not_there(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert 0 == main(["table", "MX", "--lang", "pt"])
    assert capsys.readouterr().out.startswith("# México (MX): a lei tal como a Valija a aplica")
    assert 1 == main(["table", "XB"])
    assert "no bundle of XB" in capsys.readouterr().out


def test_the_pages_in_the_documents_are_those_of_the_law() -> None:
    """When it fails: python -m policies pages docs/law."""
    folder = Path(__file__).parents[2] / "docs" / "law"

    assert () == stale(read_folder(), {p.name: p.read_text("utf-8") for p in folder.iterdir()})


def test_every_bundle_has_a_page_in_every_language_and_a_line_in_the_index() -> None:
    found = pages(read_folder())

    assert 15 * 4 + 1 == len(found)
    assert "| `BR` | [Brazil](BR.en.md) | [Brasil](BR.es.md) |" in found["README.md"]
    assert "[le droit de tous les États](treaty.fr.md)" in found["BR.fr.md"]
    assert found["BR.fr.md"].startswith(
        "# Brésil (BR)\N{NO-BREAK SPACE}: le droit tel que Valija l'applique"
    )


def test_pages_are_written_and_a_page_that_is_not_the_laws_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "law"
    assert 0 == main(["pages", str(folder)])
    assert 0 == main(["pages", str(folder), "--check"])

    (folder / "MX.es.md").write_text("otra ley", encoding="utf-8")
    (folder / "XB.es.md").write_text("de nadie", encoding="utf-8")
    (folder / "PE.pt.md").unlink()

    assert 1 == main(["pages", str(folder), "--check"])
    told = capsys.readouterr().out
    assert all(name in told for name in ("MX.es.md", "XB.es.md", "PE.pt.md"))
    assert 3 == len(told.splitlines())


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"list\tword\ten\n",
        b"list\tword\ten\tes\tpt\tfr\ntext\tand\tand\ty\te\n",
        b"list\tword\ten\tes\tpt\tfr\ntext\tand\tand\ty\t\tet\n",
    ],
)
def test_a_table_of_words_that_is_not_whole_is_refused(body: bytes) -> None:
    with pytest.raises(MalformedError):
        Words(body)


def test_a_word_that_is_missing_is_named(words: Words) -> None:
    with pytest.raises(MalformedError, match="Kind dragon"):
        words.say("Kind", "dragon", "en")
