"""What arrived: opened facts, gathered by the items they speak of.

It promises that a fact is shown in the form it came in and that nothing is filled in: an item
without a frame, or a path of another form, refuses the whole view. Whether the facts are
those that were committed is `valija.view`.

Source: docs/envelope.md, section 2 (1).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from node.notice import value
from node.notice.choice import Opened
from node.notice.facts import FRAME, LADDER
from node.notice.handle import is_handle
from node.notice.schema import ROLE, schemas
from node.notice.value import Json
from valija.errors import MalformedError

_PARTS = (2, 3)


@dataclass(frozen=True, slots=True)
class Shown:
    """One value of a property.

    Attributes:
        form: A word of `LADDER`.
        value: In that form.
        path: Of the fact.
    """

    form: str
    value: Json = field(repr=False)
    path: str


@dataclass(frozen=True, slots=True)
class ShownItem:
    """One item of a view.

    Attributes:
        handle: Its local name.
        schema: Its shape.
        group: It stands for several persons.
        properties: What was shown of each, in the order it came.
    """

    handle: str
    schema: str
    group: bool
    properties: Mapping[str, tuple[Shown, ...]]


def read(facts: Iterable[Opened]) -> tuple[ShownItem, ...]:
    """Return the items of a view, in the order their shapes came.

    Raises:
        MalformedError: A path is none, a form is unknown, an item lacks its shape, or a
            schema or property is not in the subset.
    """
    frames: dict[str, Json] = {}
    shown: dict[str, dict[str, list[Shown]]] = {}
    for path, form, found in facts:
        handle, prop = _parts(path, form)
        if prop == FRAME:
            frames[handle] = found
        else:
            by_property = shown.setdefault(handle, {})
            by_property.setdefault(prop, []).append(Shown(form, found, path))
    if not set(shown) <= set(frames):
        raise MalformedError("a view holds a field of an item whose shape it does not tell")
    return tuple(
        _item(handle, frame, shown.get(handle, {})) for handle, frame in frames.items()
    )


def _parts(path: str, form: str) -> tuple[str, str]:
    parts = path.split("/")
    if len(parts) not in _PARTS or form not in LADDER or not is_handle(parts[0]):
        raise MalformedError("a fact has no path or form of ours")
    return parts[0], parts[1]


def _item(handle: str, frame: Json, shown: Mapping[str, list[Shown]]) -> ShownItem:
    name = value.part(frame, "schema")
    shape = schemas().get(name)
    if shape is None or not set(shown) <= {*shape.properties, ROLE}:
        raise MalformedError("a view holds a schema or property that is not in the subset")
    return ShownItem(
        handle=handle,
        schema=name,
        group=value.part(frame, "group") == "yes",
        properties={prop: tuple(values) for prop, values in shown.items()},
    )
