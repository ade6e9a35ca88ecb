"""Row names: how the sender's matrix calls an item and a field.

It promises names that count in the draft (`P1`, `route[2]`), which is why they never leave
the node: what leaves is called by handles.

Source: docs/policy.md, section 3, rows of the matrix.
"""

from collections.abc import Mapping

from node.notice.item import Item
from node.notice.notice import Notice
from node.notice.schema import schema


def item_names(notice: Notice) -> Mapping[str, str]:
    """Return the row name of every item by its handle; the notice's own is empty."""
    counted: dict[str, int] = {}
    found: dict[str, str] = {}
    for item in notice.items:
        shape = schema(item.schema)
        place = counted.get(item.schema, 0)
        counted[item.schema] = place + 1
        if item.schema == "notice":
            found[item.handle] = ""
        elif shape.section:
            found[item.handle] = (
                f"{shape.row}[{place}]" if shape.section == "many" else shape.row
            )
        else:
            found[item.handle] = f"{shape.row}{place + 1}"
    return found


def field_name(item_name: str, item: Item, prop: str, index: int) -> str:
    """Return the row name of one value: `P1.birthDate[0]`, `route[2].place`, `title[0]`."""
    shape = schema(item.schema)
    known = shape.properties.get(prop)
    counted = known is None or known.slotted or not shape.section
    name = f"{item_name}.{prop}" if item_name else prop
    return f"{name}[{index}]" if counted else name
