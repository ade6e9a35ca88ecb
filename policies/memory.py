"""Decisions made lately, by the case that they answer or by its shape.

It promises the decision of an equal key or none, a bounded number of them, and that a
decision which a guard refused is made anew each time. It decides nothing: `policies.corpus`
asks it before it asks the law, which there never changes.

Source: docs/policy.md, section 13 (the same facts under the same bundles give the same
decision); docs/performance.md.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from policies.decision import Decision

_Key = TypeVar("_Key", bound=Hashable)


class Memory(Generic[_Key]):
    """The last decisions of one kind; safe to share between threads."""

    def __init__(self, most: int) -> None:
        """Remember `most` decisions; those asked for longest ago make room."""
        self._most = most
        self._held: OrderedDict[_Key, Decision] = OrderedDict()

    def recall(
        self,
        key: _Key,
        decide: Callable[[_Key], Decision],
        fit: Callable[[Decision], Decision] = lambda found: found,
    ) -> Decision:
        """Return the decision of an equal key, or the one that is made now.

        Args:
            key: What is asked.
            decide: Makes the decision.
            fit: Makes of it what is returned, and is remembered in its place.
        """
        found = self._held.pop(key, None) or decide(key)
        if found.fault:
            return found
        found = self._held[key] = fit(found)
        if len(self._held) > self._most:
            self._held.popitem(last=False)
        return found
