"""The scan of free texts: docs/content.md, "Free text"."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.notice import pattern, value
from node.notice.notice import Notice
from node.notice.scan import scan
from tests.node.notice.invented import demo, handle, item, notice, victim

_STATES = ("AR", "BR", "CO", "MX")


def _saying(found: Notice, text: str) -> Notice:
    words = {"lang": "es", "text": text, "by": "original"}
    first = found.of("notice")[0]
    changed = replace(first, properties={**first.properties, "summary": (dict(words),)})
    return found.with_items(tuple(changed if one is first else one for one in found.items))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Llamar al 011 15 4555-0123.", "phone"),
        ("Escribir a o.m@correo.example hoy", "mail"),
        ("Ver https://glicinas.example/x", "url"),
        ("En t.me/glicinas", "url"),
        ("Es @miron_carga en todo", "username"),
        ("Cuenta GB82 WEST 1234 5698 7654 32", "iban"),
        ("CLABE 032180000118359719 y nada", "clabe"),
        ("CBU 2850590940090418135201 ayer", "cbu"),
        ("Tarjeta 4111 1111 1111 1111", "card"),
        ("CUIT 27-32055711-4", "national"),
        ("CPF 390.533.447-05 no 2025", "national"),
        ("CURP BOXW310820HNERXN09", "national"),
        ("L898902C36UTO7408122F1204159ZE184226B<<<<<10", "mrz"),
        ("Chasis 1M8GDM9AXKP042788", "vin"),
        ("IMEI 49-015420-323751-8", "imei"),
        ("En 1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2", "wallet"),
        ("En -23.1332, -64.3222 del mapa", "coordinates"),
        ("En 23° 08' 00\" S", "coordinates"),
    ],
)
def test_an_identifier_in_a_text_is_found(text: str, kind: str) -> None:
    assert kind in {span.kind for span in pattern.find(text, _STATES)}
    assert kind in {hit.kind for hit in scan(_saying(victim(), text), _STATES)}


@pytest.mark.parametrize(
    "text",
    [
        "Red con 14 miembros desde 2023-08, art. 145 bis, entre 2023 y 2025.",
        "Se pide cruzar con investigaciones abiertas; no se pide detención.",
        "El 2025-03-14 y el 31/12/2025 pasaron 23 personas por 3 pasos.",
        "ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEF sin nada, 1234567",
        "L898902C36UTO7408122F1204159ZE184226B<<<<<11 no es zona, GB00 WEST 1234 5698 7654 32",
    ],
)
def test_a_year_an_article_or_a_count_is_no_hit(text: str) -> None:
    assert pattern.find(text, _STATES) == ()


def test_overlapping_identifiers_are_told_once() -> None:
    found = pattern.find("ver https://glicinas.example/?m=o.m@correo.example", ())
    assert ["url"] == [span.kind for span in found]


def test_the_demos_texts_hold_nothing_that_hides() -> None:
    for name in ("network", "suspect"):
        assert scan(demo(name), _STATES) == ()


@pytest.mark.parametrize(
    "text",
    [
        "Vieron a Amarilis Tupayachi en la ruta",
        "vieron a AMARILIS  TUPAYACHI",
        "Tupayachi, Amarilis: se fue",
        "Nació el 17/4/1996 en Orán",
        "Nació el 1996-04-17",
        "Su número termina en 7155-0123",
    ],
)
def test_a_value_of_another_field_is_found_however_it_is_written(text: str) -> None:
    found = victim(person={
        "name": ["Amarilis Tupayachi"], "birthDate": ["1996-04-17"], "phone": ["+59171550123"],
    })  # fmt: skip
    hits = [hit for hit in scan(_saying(found, text), ()) if hit.kind == "own_value"]
    assert hits
    assert all(hit.where == "summary[0]" and hit.of.startswith("P1.") for hit in hits)
    assert text[hits[0].start].isalnum()
    assert text[hits[0].end - 1].isalnum()


def test_a_partial_birth_date_is_looked_for_as_it_is() -> None:
    found = victim(person={"birthDate": ["1996-04"]})
    assert {hit.of for hit in scan(_saying(found, "nació en 1996-04"), ())} == {
        "P1.birthDate[0]"
    }


def test_a_part_of_a_word_and_what_is_general_anyway_are_no_hits() -> None:
    found = victim(person={"name": ["Ana"], "nationality": ["ES"], "eyeColor": ["pardos"]})
    assert scan(_saying(found, "La semana de ojos pardos es larga"), ()) == ()


def test_words_of_a_register_are_scanned_as_texts() -> None:
    found = victim(section={
        "relationshipToTrafficker": [value.code("local", "su prima, 011 15 4555-0123")],
        "needs": [value.merged([value.code("htcds", "Legal", "ver o.m@correo.example"),
                                value.code("htcds", "Health")])],
    })  # fmt: skip
    assert {(hit.where, hit.kind) for hit in scan(found, ("AR",))} == {
        ("victim.relationshipToTrafficker[0]", "phone"),
        ("victim.needs[0]", "mail"),
    }


def test_the_texts_of_sections_and_records_are_scanned_too() -> None:
    offence = item(2, "offence", {"national": [
        {"state": "AR", "statute": "CP", "text": "avisar a o.m@correo.example"}
    ]})  # fmt: skip
    trip = item(3, "Trip", {"name": ["con @miron_carga"], "involved": [handle(4)]})
    network = item(5, "network", {"name": ["x"], "structure": ["llamar al +57 311 555 0142"]})
    person = item(4, "Person", {"name": ["Yy Zz"]}, frozenset({"suspect"}))
    found = {hit.where for hit in scan(notice("network", offence, trip, network, person), ())}
    assert found == {"offence[0].national[0]", "T1.name[0]", "network.structure"}


def test_an_identifier_in_canonical_form_is_found_by_its_digits() -> None:
    document = item(
        2, "Identification", {"number": ["cuit:AR:27320557114"], "holder": [handle(0)]}
    )
    hits = scan(_saying(victim(document), "es el 2732 0557 114"), ())
    assert {hit.of for hit in hits if hit.kind == "own_value"} == {"ID1.number[0]"}


@given(st.text(max_size=60))
def test_any_text_can_be_scanned(text: str) -> None:
    for span in pattern.find(text, ("AR",)):
        assert 0 <= span.start < span.end <= len(text)
    scan(_saying(victim(), text or "x"), ())


def test_values_that_are_codes_are_not_looked_for_as_words() -> None:
    found = victim(section={"status": [value.code("htcds", "PossibleVictimOfTrafficking")]})
    assert scan(_saying(found, "PossibleVictimOfTrafficking"), ()) == ()
