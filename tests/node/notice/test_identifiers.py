"""Identifiers: docs/content.md, "Identifiers"; specimens of the standards."""

import pytest

from node.notice.identifier import (
    account,
    canonical,
    contact,
    device,
    national,
    phone,
    travel,
    vehicle,
)
from valija.errors import MalformedError, VerificationError

_TD3 = "L898902C36UTO7408122F1204159ZE184226B<<<<<10"
_TD3_FIRST = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<"
_TD1 = "I<UTOD231458907<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6"
_TD2 = "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\nD231458907UTO7408122F1204159<<<<<<<6"


@pytest.mark.parametrize(
    ("text", "country", "e164", "state"),
    [
        ("+52 1 55 1234 5678", "", "+525512345678", "MX"),
        ("0052 1 (55) 1234-5678", "MX", "+525512345678", "MX"),
        ("044 55 1234 5678", "MX", "+525512345678", "MX"),
        ("(045) 55 1234 5678", "MX", "+525512345678", "MX"),
        ("011 15 4555-0123", "AR", "+5491145550123", "AR"),
        ("+57 311 555 0142", "", "+573115550142", "CO"),
        ("+1 212 555 0143", "", "+12125550143", "US"),
        ("+1 416 555 0143", "", "+14165550143", "CA"),
    ],
)
def test_a_telephone_has_one_form(text: str, country: str, e164: str, state: str) -> None:
    found = phone.read(text, country)
    assert found is not None
    assert (e164, state) == (found.e164, found.country)


def test_an_extension_stands_apart_and_nonsense_is_no_number() -> None:
    found = phone.read("+1 212 555 0143 ext. 42")
    assert found is not None
    assert found.extension == "42"
    assert phone.read("12345", "AR") is None
    assert phone.read("no number", "AR") is None


def test_a_number_of_the_plan_without_a_country_names_none() -> None:
    free = phone.read("+1 800 234 5678")
    abroad = phone.read("+800 1234 5678")
    assert free is not None
    assert abroad is not None
    assert free.country == phone.NANP
    assert abroad.country == ""
    assert phone.country_of_prefix("54031") == "AR"
    assert phone.country_of_prefix("1212") == ""
    assert phone.country_of_prefix("") == ""


@pytest.mark.parametrize(
    ("text", "country", "expected"),
    [
        ("27-32055711-4", "AR", "cuit:AR:27320557114"),
        ("390.533.447-05", "BR", "cpf:BR:39053344705"),
        ("BOXW310820HNERXN09", "MX", "curp:MX:BOXW310820HNERXN09"),
        ("27-32055711-5", "AR", "unverified:AR:27-32055711-5"),
        ("12345", "BO", "unverified:BO:12345"),
        ("12345", "", "unverified::12345"),
    ],
)
def test_a_national_number_is_verified_or_says_that_it_is_not(
    text: str, country: str, expected: str
) -> None:
    found = national.read(text, country)
    assert expected == str(found)
    assert found == canonical.parse(str(found))
    assert found.verified == (not expected.startswith("unverified"))


def test_every_scheme_of_the_table_is_one_that_the_library_has() -> None:
    for country, schemes in national.SCHEMES.items():
        for scheme in schemes:
            assert national.verified("x", country, scheme) == ""
    assert national.verified("27-32055711-4", "AR", "cpf") == ""
    assert str(national.read("27320557114", "AR", "cuit")) == "cuit:AR:27320557114"


def test_a_named_scheme_that_the_library_lacks_verifies_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(national, "SCHEMES", {"AR": ("none",)})
    assert national.verified("1", "AR", "none") == ""


@pytest.mark.parametrize("text", ["", "a", "a:b", "A:AR:1", "cuit:ZZ:1", "cuit:AR:"])
def test_what_is_no_canonical_form_is_refused(text: str) -> None:
    with pytest.raises(MalformedError):
        canonical.parse(text)


@pytest.mark.parametrize("text", [_TD3, f"{_TD3_FIRST}\n{_TD3}", _TD1, _TD2])
def test_the_specimens_of_icao_9303_verify(text: str) -> None:
    zone = travel.parse_zone(text)
    assert zone.nationality == "UTO"
    assert zone.born == "740812"
    assert "<" not in str(zone.identifier)


def test_the_canonical_form_of_a_document_drops_fillers() -> None:
    assert str(travel.parse_zone(_TD3).identifier) == "passport::UTOL898902C3"
    assert str(travel.parse_zone(_TD1).identifier) == "document::UTOD23145890"


@pytest.mark.parametrize("text", [_TD3, _TD1, _TD2])
def test_one_changed_digit_of_a_zone_is_noticed(text: str) -> None:
    changed = text.replace("740812", "740813")
    with pytest.raises(VerificationError):
        travel.parse_zone(changed)


def test_an_empty_personal_number_may_have_a_filler_for_its_check_digit() -> None:
    number, born, expires = "L898902C3", "740812", "120415"
    body = f"{number}6UTO{born}2F{expires}9{'<' * 14}<"
    whole = body[0:10] + body[13:20] + body[21:43]
    assert travel.parse_zone(body + travel.check_digit(whole)).number == number


@pytest.mark.parametrize("text", ["", "short", "l#", "A" * 44 + "\n" + "B" * 30])
def test_what_has_no_form_of_a_zone_is_refused(text: str) -> None:
    with pytest.raises((MalformedError, VerificationError)):
        travel.parse_zone(text)


def test_a_vin_of_north_america_needs_its_check_digit() -> None:
    assert str(vehicle.vin("1M8GDM9AXKP042788")) == "vin::1M8GDM9AXKP042788"
    assert not vehicle.vin("1M8GDM9A1KP042788").verified
    assert vehicle.vin("8AJZZZ377VA000001").verified
    assert not vehicle.vin("IOQ").verified
    assert str(vehicle.plate("af 731-zq", "AR")) == "plate:AR:AF731ZQ"
    assert str(vehicle.imo_number("IMO 9319466")) == "imo::9319466"
    assert not vehicle.imo_number("9319467").verified
    assert str(vehicle.mmsi("247-039-300")) == "mmsi::247039300"
    assert not vehicle.mmsi("1").verified


def test_a_device_is_known_without_check_digit_and_version() -> None:
    assert str(device.imei("49-015420-323751-8")) == "imei::49015420323751"
    assert str(device.imei("4901542032375101")) == "imei::49015420323751"
    assert not device.imei("490154203237517").verified
    assert device.imsi("722341234567890").verified
    assert not device.imsi("99").verified
    assert device.network("99") == ("", "")
    assert not device.iccid("8954031").verified
    assert device.iccid("8954031000001234569").verified
    assert not device.iccid("8954031000001234560").verified


def test_accounts_and_wallets_verify_by_their_own_checks() -> None:
    assert str(account.iban("GB82 WEST 1234 5698 7654 32")) == "iban:GB:GB82WEST12345698765432"
    assert not account.iban("GB00WEST12345698765432").verified
    assert str(account.bic("deutdeff500")) == "bic:DE:DEUTDEFF500"
    assert not account.bic("?").verified
    assert str(account.clabe("032 180 000118359719")) == "clabe:MX:032180000118359719"
    assert not account.clabe("032180000118359718").verified
    assert not account.clabe("1").verified
    assert account.cbu("2850590940090418135201").verified
    assert not account.cbu("2850590940090418135200").verified
    assert account.card("4111 1111 1111 1111").verified
    assert not account.card("4111 1111 1111 1112").verified
    assert account.lei_code("213800KUD8LAJWSQ9D15").verified
    assert not account.lei_code("213800KUD8LAJWSQ9D16").verified
    assert account.wallet("1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2").scheme == "bitcoin"
    assert account.wallet("0x52908400098527886E0F7030069857D2E4169EE7").scheme == "ethereum"
    assert not account.wallet("Ltc").verified


def test_mail_and_accounts_are_compared_in_lower_case() -> None:
    assert str(contact.mail(" O.M@Correo.Example ")) == "mail::o.m@correo.example"
    assert str(contact.mail("a@ñandú.example")) == "mail::a@xn--and-6ma2c.example"
    assert not contact.mail("a@b").verified
    assert not contact.mail("a b@c.d").verified
    assert not contact.mail("a@-.example").verified
    assert str(contact.account("Telegram", "@Miron")) == "account::telegram/miron"


def test_a_name_matches_only_with_a_full_birth_date() -> None:
    both = contact.person("Quiroga Tintaya, Báltasar", "1979-06-21")
    turned = contact.person("BALTASAR QUIROGA TINTAYA", "1979-06-21")
    assert both == turned
    assert contact.person("Baltasar", "1979-06") is None
    assert contact.person("Baltasar", "soon") is None
    assert contact.person("!", "1979-06-21") is None
