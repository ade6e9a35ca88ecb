"""What an opened notice looks like, and how errors travel."""

import pytest

from node.gateway.arrivals import shown
from node.gateway.status import LATER, error_of, status_of
from node.notice.reading import Shown, ShownItem
from valija.errors import BarredError, HeldError, UnavailableError, ValijaError


def item(handle: str, schema: str, *names: str) -> ShownItem:
    facts = {name: (Shown("exact", name, f"{handle}/{name}"),) for name in names}
    return ShownItem(handle, schema, group=False, properties=facts)


def test_an_opened_notice_reads_from_the_notice_to_persons_to_things_to_sections() -> None:
    found = shown(
        [
            item("zz", "route.leg"),
            item("cc", "Vehicle"),
            item("dd", "Membership"),
            item("bb", "Person", "birthDate", "name"),
            item("aa", "notice"),
            item("ab", "Person"),
        ]
    )
    schemas = ["notice", "Person", "Person", "Vehicle", "Membership", "route.leg"]
    assert schemas == [one.schema for one in found]
    assert ["name", "birthDate"] == [fact.property for fact in found[2].facts]


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (HeldError("not yet", ("judicial_ref",)), "not yet; waits for: judicial_ref"),
        (BarredError("never", ("art. 1",)), "never; art. 1"),
        (UnavailableError("busy"), "busy" + LATER),
    ],
)
def test_an_error_travels_as_a_status_and_back(error: ValijaError, said: str) -> None:
    status, sentence = status_of(error)
    assert said == sentence
    assert type(error) is type(error_of(status, sentence))


def test_a_long_sentence_fits_the_header_it_travels_in() -> None:
    _, sentence = status_of(HeldError("ñ" * 5000))
    assert len(sentence) == 1500
