"""Bytes that a damaged or lying Kafka server might send: entries, or one error of ours."""

import pytest
from aiokafka.record.default_records import DefaultRecordBatchBuilder
from hypothesis import given, settings
from hypothesis import strategies as st

from broker.spool.kafka_reader import entries_of
from valija.errors import MalformedError

VALUES = [b"first", b"second" * 40, b""]


def batch(values: list[bytes], compression: int = 0) -> bytes:
    """Return a batch as a producer writes it."""
    builder = DefaultRecordBatchBuilder(
        magic=2,
        compression_type=compression,
        is_transactional=0,
        producer_id=-1,
        producer_epoch=-1,
        base_sequence=-1,
        batch_size=1 << 20,
    )
    for number, value in enumerate(values):
        builder.append(number, 1_000, b"key", value, [])
    return bytes(builder.build())


GOOD = batch(VALUES)


def test_entries_come_from_the_one_asked_for_on() -> None:
    assert list(enumerate(VALUES)) == entries_of(GOOD, 0)
    assert [(2, b"")] == entries_of(GOOD, 2)
    assert [] == entries_of(b"", 0) == entries_of(None, 0)


def of_length(length: int) -> bytes:
    return GOOD[:8] + length.to_bytes(4, signed=True) + GOOD[12:] + GOOD


@pytest.mark.parametrize("length", [-1, -(1 << 31), 1, 13])
def test_a_length_that_no_batch_has_is_malformed(length: int) -> None:
    with pytest.raises(MalformedError):
        entries_of(of_length(length), 0)


def test_a_batch_that_has_not_come_whole_is_not_there_yet() -> None:
    assert [] == entries_of(of_length((1 << 31) - 1), 0)


def test_a_codec_that_no_broker_writes_with_is_malformed() -> None:
    at = 22  # The low byte of the attributes, which the checksum covers.
    for codec in (1, 2, 3, 4, 7):
        with pytest.raises(MalformedError):
            entries_of(GOOD[:at] + bytes([codec]) + GOOD[at + 1 :], 0)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(data=st.data())
def test_a_damaged_batch_gives_what_was_written_or_is_malformed(data: st.DataObject) -> None:
    whole = bytearray(GOOD + GOOD)
    for _ in range(data.draw(st.integers(1, 3))):
        near = data.draw(st.sampled_from([24, len(whole)]))
        whole[data.draw(st.integers(0, near - 1))] ^= data.draw(st.integers(1, 255))
    cut = bytes(whole[: data.draw(st.integers(0, len(whole)))])
    for damaged in (bytes(whole), cut):
        try:
            found = entries_of(damaged, 0)
        except MalformedError:
            continue
        assert {value for _, value in found} <= {*VALUES}
