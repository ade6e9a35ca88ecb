"""Decisions made lately, by the case that they answer.

It promises the decision of an equal case or none, a bounded number of them, and that a
decision which a guard refused is made anew each time. It decides nothing: `policies.corpus`
asks it before it asks the law, which there never changes.

Source: docs/policy.md, section 13 (the same facts under the same bundles give the same
decision); docs/performance.md.
"""

from collections import OrderedDict
from collections.abc import Callable

from policies.decision import Decision
from policies.facts import Case


class Memory:
    """The last decisions of one kind; safe to share between threads."""

    def __init__(self, most: int) -> None:
        """Remember `most` decisions; those asked for longest ago make room."""
        self._most = most
        self._held: OrderedDict[Case, Decision] = OrderedDict()

    def recall(self, case: Case, decide: Callable[[Case], Decision]) -> Decision:
        """Return the decision of an equal case, or the one that is made now."""
        found = self._held.pop(case, None) or decide(case)
        if found.fault:
            return found
        self._held[case] = found
        if len(self._held) > self._most:
            self._held.popitem(last=False)
        return found
