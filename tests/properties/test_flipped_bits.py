"""Whatever bit is flipped on the way, nothing that was proven stays proven."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from node.keystore.privatekey import restore
from node.sealing import Recipient, seal, stanza_info
from valija.checkpoint import Checkpoint, sign_checkpoint, verify_checkpoint
from valija.commitment import SMALL, Form, commit, make_fact
from valija.errors import MalformedError, OpeningError, ProofError, SignatureError
from valija.ids import Desk, Digest, Member, Office, digest
from valija.label import base
from valija.opening import derive_terms_key, open_content, open_terms
from valija.signature import BATCH_CONTEXT, CompositeSecret, LogSecret, verify_composite
from valija.statement import Role
from valija.view import make_view, verify_view

SENDER, PEER = (Desk(Member(code), Office.POLICE) for code in ("AR", "BR"))
KEY = restore(PEER, Role.SEALING, bytes(32))
SEALED = seal(SENDER, b"terms", b"content", [Recipient(PEER, KEY.held.public)])
BASE = base(1, SENDER, SEALED.id)
LOG, SIGNER = LogSecret(bytes(64)), CompositeSecret(bytes(64))
HEAD = b"h" * 116
VALUE = SIGNER.sign(HEAD, BATCH_CONTEXT)
FACTS = [make_fact(f"aaaaaaaa/p{at}", Form.EXACT, f"value {at}") for at in range(20)]
COMMITTED = commit(FACTS, SMALL, bytes(32))
VIEW = make_view(COMMITTED, FACTS[:5])


@dataclass(frozen=True)
class Fixed:
    """A clock that stands."""

    def now(self) -> datetime:
        return datetime(2026, 11, 24, tzinfo=UTC)


NOTE = sign_checkpoint(Checkpoint("log.example", 7, Digest(bytes(32))), LOG, Fixed())


def flipped(data: bytes, draw: st.DataObject) -> bytes:
    bit = draw.draw(st.integers(0, len(data) * 8 - 1))
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


@given(st.data())
def test_a_flipped_bit_of_a_signature_or_head_is_noticed(data: st.DataObject) -> None:
    with pytest.raises(SignatureError):
        verify_composite(SIGNER.public, HEAD, flipped(VALUE, data), BATCH_CONTEXT)
    with pytest.raises(SignatureError):
        verify_composite(SIGNER.public, flipped(HEAD, data), VALUE, BATCH_CONTEXT)
    with pytest.raises(SignatureError):
        verify_composite(flipped(SIGNER.public, data), HEAD, VALUE, BATCH_CONTEXT)


@given(st.data())
def test_a_flipped_bit_of_a_checkpoint_is_noticed(data: st.DataObject) -> None:
    with pytest.raises((MalformedError, ProofError)):
        verify_checkpoint(flipped(NOTE, data), "log.example", [LOG.public])


@given(st.data())
def test_a_flipped_bit_of_a_view_is_noticed(data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(VIEW.openings) - 1))
    opening = VIEW.openings[at]
    with_salt = replace(opening, salt=flipped(opening.salt, data))
    with_fact = replace(opening, fact=flipped(opening.fact, data))
    other = data.draw(st.sampled_from([with_salt, with_fact, opening]))
    openings = (*VIEW.openings[:at], other, *VIEW.openings[at + 1 :])
    proof = flipped(VIEW.proof, data) if other is opening else VIEW.proof
    changed = replace(VIEW, openings=openings, proof=proof)
    with pytest.raises((MalformedError, ProofError)):
        verify_view(COMMITTED.commitment, changed)


@settings(max_examples=60)
@given(st.data())
def test_a_flipped_bit_of_anything_sealed_opens_nothing(data: st.DataObject) -> None:
    parcel, stanza = SEALED.parcel, SEALED.parcel.wrapped[0]
    info = stanza_info(
        BASE, PEER, stanza.key_id, (digest(parcel.content), digest(parcel.terms))
    )
    key = SEALED.content_key
    with pytest.raises(OpeningError):
        KEY.unwrap(flipped(stanza.sealed, data), info)
    with pytest.raises(OpeningError):
        KEY.unwrap(stanza.sealed, flipped(info, data))
    with pytest.raises(OpeningError):
        open_content(key, BASE, flipped(parcel.content, data))
    with pytest.raises(OpeningError):
        open_content(flipped(key, data), BASE, parcel.content)
    with pytest.raises(OpeningError):
        open_terms(derive_terms_key(key), flipped(BASE, data), parcel.terms)
