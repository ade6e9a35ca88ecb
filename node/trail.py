"""The checkpoints that one stream shows, each proven to continue the one before.

It promises that a stream begins where the node's newest verified checkpoint stands, that it
never goes back, and that a checkpoint which does not follow is an error of its stream. Other
streams have trails of their own; `node.knowledge` compares them size by size, and each new
stream must continue the newest of all.

Source: docs/envelope.md, section 3.6, step 2; section 4, Checkpoint.
"""

from collections.abc import Sequence

from node.knowledge import Knowledge, noted
from node.store.log import Noted
from valija.checkpoint import grow
from valija.errors import ProofError
from valija.ids import Digest


class Trail:
    """What one stream has shown so far."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._last = knowledge.newest

    @property
    def size(self) -> int:
        """Size of the checkpoint that this trail stands at; 0 before the first."""
        return 0 if self._last is None else self._last.checkpoint.size

    def follow(self, note: bytes, consistency: Sequence[Digest]) -> Noted | None:
        """Return the checkpoint in a message, verified; None where it carries none.

        Raises:
            ProofError: It is not the log's, or does not continue this trail.
            SplitViewError: Two roots for one size.
            MalformedError: It is no checkpoint.
        """
        if not note:
            return None
        if self._last is not None and self._last.note == note:
            return noted(self._last)
        found = self._knowledge.verify(note)
        self._last = grow(self._last, found, consistency)
        self._knowledge.remember(found)
        return noted(found)

    def witness(self, note: bytes, consistency: Sequence[Digest]) -> None:
        """Take note of the largest checkpoint with quorum, if a message carries one.

        Args:
            note: Exact bytes; empty where there is none.
            consistency: Leads from it to the checkpoint that this trail stands at.

        Raises:
            ProofError, SplitViewError, MalformedError: As `follow`.
        """
        if note and self._last is not None and note != self._last.note:
            found = self._knowledge.verify(note)
            grow(found, self._last, consistency)
            self._knowledge.remember(found)

    def require(self) -> Noted:
        """Return the checkpoint that this trail stands at.

        Raises:
            ProofError: The stream has shown none.
        """
        if self._last is None:
            raise ProofError("a stream begins with a checkpoint")
        return noted(self._last)
