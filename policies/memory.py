"""What was found out lately, by all that it follows from; decisions above all.

It promises what was made of an equal key or what is made now, a bounded number of them, and
that a decision which a guard refused is made anew each time. It decides nothing:
`policies.corpus` asks it before it asks the law, which there never changes.

Source: docs/policy.md, section 13 (the same facts under the same bundles give the same
decision); docs/performance.md.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from policies.decision import Decision

_Key = TypeVar("_Key", bound=Hashable)
_Value = TypeVar("_Value")


class Shelf(Generic[_Key, _Value]):
    """The last things made of one kind; safe to share between threads."""

    def __init__(self, most: int) -> None:
        """Keep `most` of them; those asked for longest ago make room."""
        self._most = most
        self._held: OrderedDict[_Key, _Value] = OrderedDict()

    def recall(self, key: _Key, make: Callable[[], _Value]) -> _Value:
        """Return what was made of an equal key, or what is made now.

        A key that holds an `id` stands for one object only while the value holds that object.
        """
        try:
            found = self._held.pop(key)
        except KeyError:
            found = make()
        self.put(key, found)
        return found

    def put(self, key: _Key, value: _Value) -> None:
        """Keep a value as the last one asked for."""
        self._held[key] = value
        if len(self._held) > self._most:
            self._held.popitem(last=False)

    def drop(self, key: _Key) -> None:
        """Forget a key; one that is not there is no error."""
        self._held.pop(key, None)


class Memory(Generic[_Key]):
    """The last decisions of one kind; safe to share between threads."""

    def __init__(self, most: int) -> None:
        """Remember `most` decisions; those asked for longest ago make room."""
        self._shelf: Shelf[_Key, Decision] = Shelf(most)

    def recall(self, key: _Key, decide: Callable[[_Key], Decision]) -> Decision:
        """Return the decision of an equal key, or the one that is made now.

        Args:
            key: What is asked.
            decide: Makes the decision.
        """
        found = self._shelf.recall(key, lambda: decide(key))
        if found.fault:
            self._shelf.drop(key)
        return found
