"""What arrived, as messages of the gateway: closed in a list, and opened.

It promises that what is shown stands in an order for people: the notice itself, persons,
things, links, sections, each with its properties as its schema lists them.

Source: proto/valija/v1/gateway.proto.
"""

from collections.abc import Iterable

from node.notice.reading import ShownItem
from node.notice.schema import schemas
from node.states import SENTENCES, of_arrival, sentence
from node.store.received import Arrival
from valija import canonical
from valija.v1 import gateway_pb2 as v1

_FIRST = ("notice", "Person")


def received(arrival: Arrival, language: str) -> v1.Received:
    """Return a received notice, closed."""
    code = of_arrival(arrival)
    return v1.Received(
        id=arrival.label.hex(),
        type=arrival.type,
        originator=str(arrival.originator),
        version=arrival.version,
        purpose=arrival.purpose,
        logged=arrival.logged,
        leaf_index=arrival.leaf_index,
        state=code,
        sentence=sentence(code, language) if code in SENTENCES else "",
    )


def shown(items: Iterable[ShownItem]) -> list[v1.ShownItem]:
    """Return what an opened notice shows: the notice, persons, things, links, sections.

    Handles and paths are random, so their order says nothing to a reader; the order here is
    that of the list of schemas, and of each schema's properties.
    """
    return [
        v1.ShownItem(handle=item.handle, schema=item.schema, facts=_facts(item))
        for item in sorted(items, key=lambda item: (_place(item.schema), item.handle))
    ]


def _facts(item: ShownItem) -> list[v1.ShownFact]:
    known = [*schemas()[item.schema].properties]
    named = sorted(
        item.properties.items(),
        key=lambda pair: known.index(pair[0]) if pair[0] in known else len(known),
    )
    return [
        v1.ShownFact(property=name, form=one.form, value=canonical.to_bytes(one.value).decode())
        for name, values in named
        for one in values
    ]


def _place(schema: str) -> tuple[int, int]:
    """Return where an item of a schema is shown: first the notice itself, then persons."""
    ordered = [*schemas()]
    first = _FIRST.index(schema) if schema in _FIRST else len(_FIRST)
    return first, ordered.index(schema)
