"""Sealing a notice for its recipients, and what attackers do to it."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from node.keystore.privatekey import PrivateKey, restore
from node.sealing import Recipient, Sealed, seal, stanza_info, wrap
from valija.errors import LimitError, MalformedError, OpeningError
from valija.ids import Desk, Digest, KeyId, LabelId, Member, Office, digest
from valija.label import base
from valija.opening import derive_terms_key, open_content, open_terms
from valija.padding import CONTENT, TERMS
from valija.statement import Role

SENDER = Desk(Member("AR"), Office.POLICE)
PEERS = [Desk(Member(code), Office.POLICE) for code in ("BR", "CO", "MX")]
KEYS = {peer: restore(peer, Role.SEALING, bytes([at] * 32)) for at, peer in enumerate(PEERS)}
RECIPIENTS = [Recipient(peer, KEYS[peer].held.public) for peer in PEERS]
TERMS_CLEAR, CONTENT_CLEAR = b"invented terms", b"an invented notice"
SEALED = seal(SENDER, TERMS_CLEAR, CONTENT_CLEAR, RECIPIENTS)


def info_of(sealed: Sealed, at: int) -> bytes:
    stanza, parcel = sealed.parcel.wrapped[at], sealed.parcel
    digests = digest(parcel.content), digest(parcel.terms)
    bound = base(1, SENDER, sealed.id)
    return stanza_info(bound, stanza.recipient, stanza.key_id, digests)


def unwrapped(sealed: Sealed, at: int, key: PrivateKey | None = None) -> bytes:
    own = key or KEYS[sealed.parcel.wrapped[at].recipient]
    return own.unwrap(sealed.parcel.wrapped[at].sealed, info_of(sealed, at))


@pytest.mark.parametrize("at", range(3))
def test_every_recipient_opens_the_same(at: int) -> None:
    key, bound = unwrapped(SEALED, at), base(1, SENDER, SEALED.id)
    assert SEALED.content_key == key
    assert CONTENT_CLEAR == open_content(key, bound, SEALED.parcel.content)
    assert TERMS_CLEAR == open_terms(derive_terms_key(key), bound, SEALED.parcel.terms)


def test_the_parts_have_the_sizes_of_the_format() -> None:
    parcel = SEALED.parcel
    CONTENT.require_ciphertext_size(len(parcel.content))
    TERMS.require_ciphertext_size(len(parcel.terms))
    assert [16, 32, 32] == [len(SEALED.id), len(SEALED.content_key), len(parcel.filler)]
    assert {1168} == {len(each.sealed) for each in parcel.wrapped}
    assert PEERS == [each.recipient for each in parcel.wrapped]


@settings(max_examples=20)
@given(st.binary(max_size=3000), st.binary(min_size=1, max_size=20_000))
def test_any_bytes_are_sealed_and_opened(terms: bytes, content: bytes) -> None:
    sealed = seal(SENDER, terms, content, RECIPIENTS[:1])
    key, bound = unwrapped(sealed, 0), base(1, SENDER, sealed.id)
    assert content == open_content(key, bound, sealed.parcel.content)
    assert terms == open_terms(derive_terms_key(key), bound, sealed.parcel.terms)


def test_an_offer_has_terms_and_empty_content() -> None:
    offer = seal(SENDER, TERMS_CLEAR, b"", RECIPIENTS)
    assert offer.parcel.content == b""
    bound = base(1, SENDER, offer.id)
    key = unwrapped(offer, 2)
    assert TERMS_CLEAR == open_terms(derive_terms_key(key), bound, offer.parcel.terms)
    with pytest.raises(OpeningError):
        open_content(key, bound, offer.parcel.content)


def test_nothing_is_drawn_twice() -> None:
    other = seal(SENDER, TERMS_CLEAR, CONTENT_CLEAR, RECIPIENTS)
    assert SEALED.id != other.id
    assert SEALED.content_key != other.content_key
    assert SEALED.parcel.filler != other.parcel.filler
    assert SEALED.parcel.content != other.parcel.content


def test_another_recipients_key_unwraps_nothing() -> None:
    with pytest.raises(OpeningError):
        unwrapped(SEALED, 0, KEYS[PEERS[1]])


def test_a_swapped_stanza_unwraps_nothing() -> None:
    first, second, third = SEALED.parcel.wrapped
    swapped = (replace(second, recipient=first.recipient, key_id=first.key_id), first, third)
    parcel = replace(SEALED.parcel, wrapped=swapped)
    with pytest.raises(OpeningError):
        unwrapped(replace(SEALED, parcel=parcel), 0)


@pytest.mark.parametrize(
    "changed",
    [
        lambda: base(1, PEERS[0], SEALED.id),
        lambda: base(2, SENDER, SEALED.id),
        lambda: base(1, SENDER, LabelId(bytes(16))),
    ],
    ids=["originator", "suite", "id"],
)
def test_a_notice_under_another_name_does_not_open(changed: Callable[[], bytes]) -> None:
    bound = changed()
    stanza, parcel = SEALED.parcel.wrapped[0], SEALED.parcel
    digests = digest(parcel.content), digest(parcel.terms)
    info = stanza_info(bound, stanza.recipient, stanza.key_id, digests)
    with pytest.raises(OpeningError):
        KEYS[PEERS[0]].unwrap(stanza.sealed, info)
    with pytest.raises(OpeningError):
        open_content(SEALED.content_key, bound, parcel.content)
    with pytest.raises(OpeningError):
        open_terms(derive_terms_key(SEALED.content_key), bound, parcel.terms)


@pytest.mark.parametrize("at", [0, 1])
def test_a_wrapped_key_belongs_to_its_ciphertexts(at: int) -> None:
    stanza, parcel = SEALED.parcel.wrapped[0], SEALED.parcel
    digests = [digest(parcel.content), digest(parcel.terms)]
    digests[at] = Digest(bytes(32))
    bound = base(1, SENDER, SEALED.id)
    info = stanza_info(bound, stanza.recipient, stanza.key_id, (digests[0], digests[1]))
    with pytest.raises(OpeningError):
        KEYS[PEERS[0]].unwrap(stanza.sealed, info)


def test_a_ciphertext_has_no_second_key() -> None:
    # A second key would let two recipients read two texts in one ciphertext; Cobblestone
    # commits to its key, so no key but the one opens even what an originator crafts.
    bound = base(1, SENDER, SEALED.id)
    for other in (bytes(32), bytes([SEALED.content_key[0] ^ 1]) + SEALED.content_key[1:]):
        with pytest.raises(OpeningError):
            open_content(other, bound, SEALED.parcel.content)


def test_a_second_key_for_one_recipient_opens_nothing() -> None:
    bound, parcel = base(1, SENDER, SEALED.id), SEALED.parcel
    digests = digest(parcel.content), digest(parcel.terms)
    false = wrap(b"x" * 32, bound, RECIPIENTS[0], digests)
    info = stanza_info(bound, false.recipient, false.key_id, digests)
    key = KEYS[PEERS[0]].unwrap(false.sealed, info)
    with pytest.raises(OpeningError):
        open_content(key, bound, parcel.content)


def test_a_short_key_wrapped_by_a_hostile_originator_opens_nothing() -> None:
    bound, parcel = base(1, SENDER, SEALED.id), SEALED.parcel
    digests = digest(parcel.content), digest(parcel.terms)
    false = wrap(b"short", bound, RECIPIENTS[0], digests)
    info = stanza_info(bound, false.recipient, false.key_id, digests)
    key = KEYS[PEERS[0]].unwrap(false.sealed, info)
    with pytest.raises(OpeningError):
        derive_terms_key(key)
    with pytest.raises(OpeningError):
        open_content(key, bound, parcel.content)


def test_a_recipient_cannot_rewrite_the_text() -> None:
    # It holds the content key; what it encrypts anew has another digest, and the wrapped
    # keys of the others are bound to the first.
    own = seal(SENDER, TERMS_CLEAR, b"another text", RECIPIENTS[:1])
    assert digest(own.parcel.content) != digest(SEALED.parcel.content)
    forged = replace(SEALED, parcel=replace(SEALED.parcel, content=own.parcel.content))
    with pytest.raises(OpeningError):
        unwrapped(forged, 1)


@pytest.mark.parametrize(
    "public",
    [b"", bytes(1216), RECIPIENTS[0].public[:-1], RECIPIENTS[0].public + b"\0", b"\xff" * 1216],
    ids=["empty", "zeros", "short", "long", "ones"],
)
def test_what_is_no_key_wraps_nothing(public: bytes) -> None:
    with pytest.raises(MalformedError):
        seal(SENDER, TERMS_CLEAR, CONTENT_CLEAR, [Recipient(PEERS[0], public)])


@pytest.mark.parametrize(("terms", "content"), [(bytes(1 << 16), b"a"), (b"a", bytes(1 << 20))])
def test_what_is_longer_than_an_envelope_is_not_sealed(terms: bytes, content: bytes) -> None:
    with pytest.raises(LimitError):
        seal(SENDER, terms, content, RECIPIENTS)


def test_what_a_key_is_bound_to_is_written_as_the_format_says() -> None:
    name, first, second = KeyId(b"k" * 16), Digest(b"c" * 32), Digest(b"t" * 32)
    expected = b"valija/v1 stanza\0" + b"base" + PEERS[0].to_bytes() + name + first + second
    assert expected == stanza_info(b"base", PEERS[0], name, (first, second))
