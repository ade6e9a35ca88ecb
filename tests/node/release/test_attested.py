"""Words as their desk signs them: what verifies, what each is worth, and what never does."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from node.preflight.evidence import Scope
from node.release.attested import (
    Bench,
    Worth,
    attest,
    attest_refusal,
    attest_withdrawal,
    given_bytes,
    verify_evidence,
    verify_withdrawal,
    weigh,
    withdrawn_bytes,
)
from node.release.wording import SENTENCES, sentence
from node.states import LANGUAGES
from node.store.evidence import Evidence
from node.store.withdrawals import Withdrawal
from valija.clock import Minute
from valija.directory import Directory
from valija.errors import AbsentError, SignatureError
from valija.ids import Desk, KeyId, LeafIndex, NoticeId, digest, key_id
from valija.keyring import KeyRecord, Keyring
from valija.signature import BATCH_CONTEXT, WORD_CONTEXT, CompositeSecret
from valija.statement import Role

NOW = Minute(29_000_000)
DESK, OTHER = Desk.parse("@c1/state"), Desk.parse("@c2/state")
SECRET, SUCCESSOR = CompositeSecret.generate(), CompositeSecret.generate()
TEXT = digest(b"a draft").hex()
SCOPE = Scope(desks=("BR/police",), purposes=("prosecution",), content=TEXT, words="a reason")


def record(secret: CompositeSecret, since: int, until: int, desk: Desk = DESK) -> KeyRecord:
    return KeyRecord(
        desk,
        Role.SIGNING,
        secret.public,
        key_id(secret.public),
        Minute(since),
        Minute(until),
    )


def directory(*records: KeyRecord) -> Directory:
    keyring = Keyring()
    for one in records or (record(SECRET, NOW - 100, NOW + 100),):
        keyring = keyring.with_anchored(one)
    return Directory(None, keyring)  # type: ignore[arg-type]  # No anchor speaks here.


def sign(statement: bytes) -> tuple[KeyId, bytes]:
    return key_id(SECRET.public), SECRET.sign(statement, WORD_CONTEXT)


def no_key(_: bytes) -> tuple[KeyId, bytes]:
    raise AbsentError("no key is in force")


def word(scope: Scope = SCOPE, **changes: object) -> Evidence:
    row = Evidence(
        id=b"w" * 16,
        notice=NoticeId(b"n" * 16),
        token="approval:second_person",
        by="m.sosa",
        role="supervisor",
        at=NOW,
        until=None,
        body=scope.to_bytes(),
    )
    return replace(row, **changes)  # type: ignore[arg-type]  # Fields of the same class.


GIVEN = attest(word(), DESK, sign)
BENCH = Bench(DESK, directory(), NOW, TEXT, {})
TAKEN = Withdrawal(GIVEN.id, GIVEN.notice, "r.quispe", "liaison", NOW, b"she asked for it")


def worth(row: Evidence, bench: Bench = BENCH) -> Worth:
    return weigh(row, bench)[0]


def test_a_word_that_its_desk_signed_counts_with_its_scope() -> None:
    found, verified = weigh(GIVEN, BENCH)
    assert Worth.COUNTS is found
    assert verified is not None
    assert (GIVEN, SCOPE) == (verified.row, verified.scope)
    assert verified == verify_evidence(GIVEN, DESK, directory())


@pytest.mark.parametrize(
    "changes",
    [
        {"id": b"x" * 16},
        {"notice": NoticeId(b"m" * 16)},
        {"token": "judicial_ref"},
        {"by": "d.luna"},
        {"role": "prosecutor"},
        {"at": Minute(NOW - 1)},
        {"until": Minute(NOW + 1)},
        {"body": b""},
        {"body": replace(SCOPE, desks=()).to_bytes()},
        {"body": replace(SCOPE, content="").to_bytes()},
        {"body": replace(SCOPE, until="2099-01-01").to_bytes()},
        {"key_id": key_id(SUCCESSOR.public)},
        {"signature": b""},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_a_row_in_which_anything_was_altered_counts_for_nothing(
    changes: dict[str, object],
) -> None:
    altered = replace(GIVEN, **changes)  # type: ignore[arg-type]  # As above.
    assert Worth.ALTERED is worth(altered)
    with pytest.raises(SignatureError):
        verify_evidence(altered, DESK, directory())


@settings(deadline=None)
@given(st.integers(0, len(GIVEN.signature or b"") * 8 - 1))
def test_a_flipped_bit_of_the_signature_counts_for_nothing(bit: int) -> None:
    value = bytearray(GIVEN.signature or b"")
    value[bit // 8] ^= 1 << bit % 8
    assert Worth.ALTERED is worth(replace(GIVEN, signature=bytes(value)))


_TEXT = st.text(st.characters(codec="ascii"), max_size=12)


@settings(deadline=None)
@given(_TEXT, _TEXT, st.integers(0, 2**31), st.none() | st.integers(0, 2**31), st.binary())
def test_no_two_words_have_the_same_bytes(
    token: str, by: str, at: int, until: int | None, body: bytes
) -> None:
    other = replace(
        GIVEN,
        token=token,
        by=by,
        at=Minute(at),
        until=None if until is None else Minute(until),
        body=body,
    )
    same = other == GIVEN
    assert same == (given_bytes(other, DESK) == given_bytes(GIVEN, DESK))
    assert given_bytes(other, DESK) != given_bytes(other, OTHER)


def test_a_word_of_another_desk_counts_for_nothing() -> None:
    both = directory(
        record(SECRET, NOW - 1, NOW + 1), record(SUCCESSOR, NOW - 1, NOW + 1, OTHER)
    )
    assert Worth.ALTERED is worth(GIVEN, replace(BENCH, desk=OTHER, directory=both))


def test_an_unsigned_word_counts_for_nothing() -> None:
    assert Worth.UNSIGNED is worth(word())
    with pytest.raises(SignatureError, match="not signed"):
        verify_evidence(word(), DESK, directory())


def test_a_signature_made_for_a_batch_is_none_over_a_word() -> None:
    value = SECRET.sign(given_bytes(GIVEN, DESK), BATCH_CONTEXT)
    assert Worth.ALTERED is worth(replace(GIVEN, signature=value))


def test_a_withdrawal_is_no_word_and_a_word_no_withdrawal() -> None:
    value = SECRET.sign(withdrawn_bytes(TAKEN, DESK), WORD_CONTEXT)
    assert Worth.ALTERED is worth(replace(GIVEN, signature=value))
    with pytest.raises(SignatureError):
        verify_withdrawal(
            replace(TAKEN, key_id=GIVEN.key_id, signature=GIVEN.signature), DESK, directory()
        )


def test_a_key_that_was_succeeded_counts_for_its_own_time() -> None:
    later = Minute(NOW + 500)
    keys = directory(
        record(SECRET, NOW - 100, NOW + 100), record(SUCCESSOR, NOW + 90, NOW + 900)
    )
    assert Worth.COUNTS is worth(GIVEN, replace(BENCH, directory=keys, now=later))
    after = attest(word(at=later), DESK, sign)
    assert Worth.ALTERED is worth(after, replace(BENCH, directory=keys, now=later))


def test_a_key_that_was_revoked_counts_for_no_time_at_all() -> None:
    revoked = replace(record(SECRET, NOW - 100, NOW + 100), ended=LeafIndex(7))
    assert Worth.ALTERED is worth(GIVEN, replace(BENCH, directory=directory(revoked)))


def test_a_refusal_opens_nothing() -> None:
    row = attest_refusal(word(replace(SCOPE, yes=False)), DESK, sign)
    assert Worth.REFUSED is worth(row)


def test_a_word_on_ones_own_work_counts_for_nothing_though_it_is_signed() -> None:
    row = attest(word(replace(SCOPE, hands=("m.sosa", "r.quispe"))), DESK, sign)
    assert Worth.OWN is worth(row)
    other = attest(word(replace(SCOPE, hands=("r.quispe",))), DESK, sign)
    assert Worth.COUNTS is worth(other)


def test_a_word_on_what_became_ones_own_work_counts_for_nothing() -> None:
    assert Worth.OWN is worth(GIVEN, replace(BENCH, hands=frozenset({"m.sosa"})))
    assert Worth.COUNTS is worth(GIVEN, replace(BENCH, hands=frozenset({"r.quispe"})))
    stated = attest(word(token="consent_evidence"), DESK, sign)
    assert Worth.COUNTS is worth(stated, replace(BENCH, hands=frozenset({"m.sosa"})))


def test_a_word_that_was_taken_back_counts_for_nothing() -> None:
    assert Worth.WITHDRAWN is worth(GIVEN, replace(BENCH, withdrawn={GIVEN.id: TAKEN}))
    assert Worth.COUNTS is worth(GIVEN, replace(BENCH, withdrawn={b"another": TAKEN}))


def test_where_a_withdrawal_is_missing_no_word_counts() -> None:
    assert Worth.WITHDRAWN is worth(GIVEN, replace(BENCH, torn=True))


def test_a_word_given_for_another_text_counts_for_nothing() -> None:
    assert Worth.OTHER_TEXT is worth(GIVEN, replace(BENCH, content=digest(b"another").hex()))


def test_a_word_counts_from_its_minute_until_its_end() -> None:
    row = attest(word(until=Minute(NOW + 10)), DESK, sign)
    found = [worth(row, replace(BENCH, now=Minute(NOW + after))) for after in (-1, 0, 9, 10)]
    assert [Worth.NOT_YET, Worth.COUNTS, Worth.COUNTS, Worth.EXPIRED] == found


def test_what_opens_needs_a_key_and_what_closes_does_not() -> None:
    with pytest.raises(AbsentError):
        attest(word(), DESK, no_key)
    refusal = word(replace(SCOPE, yes=False))
    assert refusal == attest_refusal(refusal, DESK, no_key)
    assert TAKEN == attest_withdrawal(TAKEN, DESK, no_key)


@pytest.mark.parametrize(
    "changes", [{"reason": b""}, {"by": "x"}, {"at": Minute(NOW + 1)}, {"evidence": b"y"}]
)
def test_a_withdrawal_is_signed_over_everything_it_says(changes: dict[str, object]) -> None:
    signed = attest_withdrawal(TAKEN, DESK, sign)
    verify_withdrawal(signed, DESK, directory())
    with pytest.raises(SignatureError):
        verify_withdrawal(
            replace(signed, **changes),  # type: ignore[arg-type]  # As above.
            DESK,
            directory(),
        )


def test_every_worth_has_a_sentence_of_its_own_in_four_languages() -> None:
    found = {sentence(one, language) for one in Worth for language in LANGUAGES}
    assert set(SENTENCES) == set(Worth)
    assert len(Worth) * 4 == len(found)
    with pytest.raises(AbsentError):
        sentence(Worth.COUNTS, "de")
