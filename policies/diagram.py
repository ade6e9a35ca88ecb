"""Multi-valued decision diagrams: sets of points of a large finite space, exactly.

It promises that two sets are equal exactly when they are one node, so that comparing costs
nothing, and that counting is exact. It knows dimensions and values by number only; what they
mean is `policies.space`.

Source: docs/policy.md, section 11; R. E. Bryant, "Graph-Based Algorithms for Boolean Function
Manipulation" (1986), with more than two children a node.
"""

from collections.abc import Iterable, Iterator, Sequence
from math import prod

Node = int
"""A set of points; `NOTHING` and `EVERYTHING` are two of them."""
NOTHING: Node = 0
EVERYTHING: Node = 1
Cube = dict[int, frozenset[int]]
"""Values by dimension; a dimension that is not there may have any value."""


class Diagrams:
    """The sets of points of one space.

    Args:
        sizes: How many values each dimension has, in the order they are asked in.
    """

    def __init__(self, sizes: Sequence[int]) -> None:
        self._sizes = tuple(sizes)
        end = len(self._sizes)
        self._dimension = [end, end]
        self._children: list[tuple[Node, ...]] = [(), ()]
        self._unique: dict[tuple[int, tuple[Node, ...]], Node] = {}
        self._met: dict[tuple[Node, Node], Node] = {}
        self._inverse: dict[Node, Node] = {NOTHING: EVERYTHING, EVERYTHING: NOTHING}

    def __len__(self) -> int:
        """Return how many nodes were ever made."""
        return len(self._children)

    def _node(self, dimension: int, children: tuple[Node, ...]) -> Node:
        first = children[0]
        if children.count(first) == len(children):
            return first
        key = (dimension, children)
        found = self._unique.get(key)
        if found is None:
            found = self._unique[key] = len(self._children)
            self._dimension.append(dimension)
            self._children.append(children)
        return found

    def literal(self, dimension: int, values: Iterable[int]) -> Node:
        """Return the points whose value in `dimension` is one of `values`."""
        chosen = set(values)
        size = self._sizes[dimension]
        return self._node(dimension, tuple(int(value in chosen) for value in range(size)))

    def cube(self, cube: Cube) -> Node:
        """Return the points of a cube."""
        found = EVERYTHING
        for dimension in sorted(cube, reverse=True):
            values, size = cube[dimension], self._sizes[dimension]
            branches = [found if value in values else NOTHING for value in range(size)]
            found = self._node(dimension, tuple(branches))
        return found

    def without(self, part: Node) -> Node:
        """Return every point that is not in `part`."""
        found = self._inverse.get(part)
        if found is None:
            children = tuple(self.without(child) for child in self._children[part])
            found = self._node(self._dimension[part], children)
            self._inverse[part] = found
            self._inverse[found] = part
        return found

    def both(self, left: Node, right: Node) -> Node:
        """Return the points in both sets."""
        if left == right:
            return left
        if right == EVERYTHING:
            return left
        if left == EVERYTHING:
            return right
        if left == NOTHING:
            return NOTHING
        if right == NOTHING:
            return NOTHING
        key = (left, right) if left < right else (right, left)
        found = self._met.get(key)
        if found is None:
            found = self._met[key] = self._split(left, right)
        return found

    def _split(self, left: Node, right: Node) -> Node:
        upper, lower = self._dimension[left], self._dimension[right]
        both = self.both
        if upper == lower:
            parts = map(both, self._children[left], self._children[right])
            return self._node(upper, tuple(parts))
        if upper > lower:
            left, right, upper = right, left, lower
        return self._node(upper, tuple([both(child, right) for child in self._children[left]]))

    def either(self, left: Node, right: Node) -> Node:
        """Return the points in at least one of two sets."""
        return self.without(self.both(self.without(left), self.without(right)))

    def any_of(self, parts: Iterable[Node]) -> Node:
        """Return the points in at least one of the sets."""
        found = NOTHING
        for part in parts:
            found = self.either(found, part)
        return found

    def less(self, left: Node, right: Node) -> Node:
        """Return the points of `left` that are not in `right`."""
        return self.both(left, self.without(right))

    def fixed(self, node: Node, dimension: int, value: int) -> Node:
        """Return the points that are in the set once one dimension has `value`.

        What is returned does not depend on that dimension any more.
        """
        known: dict[Node, Node] = {}

        def below(part: Node) -> Node:
            here = self._dimension[part]
            if here > dimension:
                return part
            if here == dimension:
                return self._children[part][value]
            if part not in known:
                children = tuple(below(child) for child in self._children[part])
                known[part] = self._node(here, children)
            return known[part]

        return below(node)

    def count(self, node: Node) -> int:
        """Return how many points a set has."""
        sizes = self._sizes
        known: dict[Node, int] = {NOTHING: 0, EVERYTHING: 1}

        def below(part: Node) -> int:
            if part not in known:
                here = self._dimension[part]
                known[part] = sum(
                    below(child) * prod(sizes[here + 1 : self._dimension[child]])
                    for child in self._children[part]
                )
            return known[part]

        return below(node) * prod(sizes[: self._dimension[node]])

    def holds(self, node: Node, point: Sequence[int]) -> bool:
        """Return whether a point, a value for each dimension, is in the set."""
        while node not in {NOTHING, EVERYTHING}:
            node = self._children[node][point[self._dimension[node]]]
        return node == EVERYTHING

    def cover(self, node: Node, within: Node = EVERYTHING) -> Iterator[Cube]:
        """Yield cubes that together are the set, as far as `within` goes.

        No cube can lose a dimension without holding points of `within` that are not in the
        set, and each holds a point of the set that none before it holds.
        """
        outside, rest = self.less(within, node), node
        while rest != NOTHING:
            cube = self._widened(self._path(rest), outside)
            yield cube
            rest = self.less(rest, self.cube(cube))

    def _path(self, node: Node) -> Cube:
        cube: Cube = {}
        while node != EVERYTHING:
            children = self._children[node]
            # The child that most values lead to makes the shortest sentence.
            open_children = {child for child in children if child != NOTHING}
            child = max(sorted(open_children), key=children.count)
            cube[self._dimension[node]] = frozenset(
                value for value, other in enumerate(children) if other == child
            )
            node = child
        return cube

    def _widened(self, cube: Cube, outside: Node) -> Cube:
        """Drop what a cube needs not say, then let each value in that fits beside the rest."""
        for dimension in sorted(cube, reverse=True):
            others = {name: values for name, values in cube.items() if name != dimension}
            if self._apart(others, outside):
                cube = others
            else:
                cube = {**others, dimension: self._free(cube, dimension, outside)}
        return dict(sorted(cube.items()))

    def _free(self, cube: Cube, dimension: int, outside: Node) -> frozenset[int]:
        """Return the values of a dimension with which a cube that is apart stays so."""
        rest = set(range(self._sizes[dimension])) - cube[dimension]
        beside = (v for v in rest if self._apart({**cube, dimension: frozenset({v})}, outside))
        return cube[dimension].union(beside)

    def _apart(self, cube: Cube, part: Node) -> bool:
        """Return whether a cube holds no point of a set; it makes no nodes."""
        seen, left = {NOTHING}, [part]
        while left:
            node = left.pop()
            if node == EVERYTHING:
                return False
            if node in seen:
                continue
            seen.add(node)
            children, values = self._children[node], cube.get(self._dimension[node])
            left += children if values is None else [children[value] for value in values]
        return True
