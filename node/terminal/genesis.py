"""The verbs of genesis, each in its file, and how their answers are printed.

Source: docs/envelope.md, section 5 (Genesis).
"""

from argparse import Namespace

from rich.console import Console

from node.terminal import beginnings, councillor, render, stating
from valija.clock import Clock

_VERBS = {"init": beginnings.init, "council": councillor.run, **stating.VERBS}


def run(typed: Namespace, clock: Clock, console: Console) -> None:
    """Do one verb, and print which files it wrote and who carries them where.

    Raises:
        ValijaError: What was refused, and why.
    """
    render.print_answer(console, _VERBS[typed.verb](typed, clock), as_json=typed.json)
