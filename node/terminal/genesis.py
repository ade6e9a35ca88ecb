"""The verbs of genesis, each in its file, and how their answers are printed.

Source: docs/envelope.md, section 5 (Genesis).
"""

from argparse import Namespace

from rich.console import Console

from node.terminal import beginnings, councillor, overseer, render, stating
from node.terminal.entry import line
from valija.clock import Clock

_VERBS = {
    "init": beginnings.init,
    "council": councillor.run,
    "oversight": overseer.run,
    **stating.VERBS,
}


def run(typed: Namespace, clock: Clock, console: Console) -> None:
    """Do one verb, and print which files it wrote and who carries them where.

    Raises:
        ValijaError: What was refused, and why.
    """
    answer = _VERBS[typed.verb](typed, clock)
    opens = () if typed.json else answer.pop("opens", ())
    render.print_answer(console, answer, as_json=typed.json)
    for sentence in opens if isinstance(opens, list) else ():
        line(console, f"  opens: {sentence}")
