"""The sealed part of a notice: wire bytes to a view, and back.

It promises form alone; whether a view opens its commitment, `valija.view` says. Content of
other kinds (consults, grants) and facts passed on are not exchanged: they are refused here.

Source: docs/envelope.md, section 1 (Content, View, Opening) and section 2.
"""

from valija.commitment import LARGE, SALT_BYTES, SIZES
from valija.errors import MalformedError
from valija.v1 import envelope_pb2
from valija.view import Opening, View
from valija.wire import strict

MAX_CONTENT = 1 << 20


def parse_content(data: bytes) -> View:
    """Return the view in content that was unsealed and unpadded, at most 1 MiB.

    Raises:
        MalformedError: Another byte form, content that is no view, facts passed on, a size
            that is not 256 or 1024, no opening or too many, a wrong length.
    """
    message = strict.parse(envelope_pb2.Content, data, MAX_CONTENT)
    if message.WhichOneof("body") != "view" or message.view.onward:
        raise MalformedError("the content of a notice is a view of its own facts")
    view = message.view
    if view.size not in SIZES:
        raise MalformedError("a commitment has 256 or 1024 leaves")
    strict.hashes(view.proof, LARGE, "a view's proof")
    found = strict.bounded(view.openings, 1, view.size, "openings")
    openings = tuple(
        Opening(each.index, strict.exact(each.salt, SALT_BYTES, "a salt"), each.fact)
        for each in found
    )
    return View(view.size, openings, view.proof)


def content_bytes(view: View) -> bytes:
    """Return the one encoding of a view as content, before padding and sealing."""
    openings = [
        envelope_pb2.Opening(index=each.index, salt=each.salt, fact=each.fact)
        for each in view.openings
    ]
    body = envelope_pb2.View(size=view.size, openings=openings, proof=view.proof)
    return strict.to_bytes(envelope_pb2.Content(view=body))
