"""What is said of brokers: by stream, until they are at work again; a lie stays said."""

from node.client import DELIVER, SUBMIT
from node.faults import Fault, Faults
from valija.address import Address

ONE, OTHER = Address("127.0.0.1", 1), Address("127.0.0.1", 2)


def test_a_fault_is_said_until_its_broker_is_at_work_on_that_stream() -> None:
    faults = Faults()
    faults.note(ONE, SUBMIT, Fault.SILENT)
    faults.clear(ONE, DELIVER)
    faults.clear(OTHER, SUBMIT)
    assert [f"the broker at {ONE} {Fault.SILENT.value}"] == faults.sentences()
    faults.clear(ONE, SUBMIT)
    assert [] == faults.sentences()


def test_one_fault_on_two_streams_is_said_once() -> None:
    faults = Faults()
    for path in (SUBMIT, DELIVER):
        faults.note(ONE, path, Fault.HALTED)
    assert 1 == len(faults.sentences())


def test_a_lie_stays_said() -> None:
    faults = Faults()
    faults.note(ONE, SUBMIT, Fault.VOIDED)
    faults.clear(ONE, SUBMIT)
    assert 1 == len(faults.sentences())
