"""The one state of a notice towards a recipient, derived from what was signed.

It promises exactly one code for every notice and recipient, computed each time from
standings, batches and receipts, never stored and never typed by hand, with a sentence in
four languages. It reads rows that others verified, and decides nothing else.

Source: docs/coordination.md, One state per recipient, always.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from node.store import decisions, receipts, received, sent
from node.store.batches import PROVEN, REJECTED, REPLACED, WITHDRAWN
from node.store.database import Transaction
from valija.clock import Day
from valija.errors import AbsentError
from valija.ids import Desk, Digest, NoticeId
from valija.receipt import Event

LANGUAGES = ("es", "en", "pt", "fr")
SENTENCES: Mapping[str, tuple[str, str, str, str]] = MappingProxyType(
    {
        "draft": (
            "Aún no se ha decidido.",
            "Not decided yet.",
            "Ainda não foi decidido.",
            "Pas encore décidé.",
        ),
        "held": (
            "La ley pone condiciones que aún no se cumplen.",
            "The law names conditions that are not met yet.",
            "A lei impõe condições que ainda não foram cumpridas.",
            "La loi pose des conditions qui ne sont pas encore remplies.",
        ),
        "closed": (
            "Aquello en que se basaba se retiró o venció antes de salir; se ordena de nuevo.",
            "What it rested on was withdrawn or ended before it left; order it again.",
            "Aquilo em que se baseava foi retirado ou venceu antes de sair; ordene de novo.",
            "Ce sur quoi il reposait fut retiré ou échu avant l'envoi ; à ordonner de nouveau.",
        ),
        "barred": (
            "La ley lo prohíbe; no sale nada.",
            "The law forbids it; nothing goes out.",
            "A lei proíbe; nada é enviado.",
            "La loi l'interdit ; rien ne part.",
        ),
        "ready": (
            "Decidido y sellado; espera al intermediario.",
            "Decided and sealed, waiting for the broker.",
            "Decidido e selado; aguarda o intermediário.",
            "Décidé et scellé ; en attente du courtier.",
        ),
        "admitted": (
            "Está en el registro y tenemos la prueba.",
            "It is in the log, and we hold the proof.",
            "Está no registro e temos a prova.",
            "C'est dans le journal et nous en avons la preuve.",
        ),
        "delivered": (
            "El otro nodo lo verificó y lo guardó.",
            "The other node verified and stored it.",
            "O outro nó verificou e guardou.",
            "L'autre nœud l'a vérifié et conservé.",
        ),
        "opened": (
            "Un cargo designado lo abrió.",
            "A named role opened it.",
            "Uma função designada abriu.",
            "Une fonction désignée l'a ouvert.",  # codespell:ignore fonction
        ),
        "held_intake": (
            "La ley del receptor pone condiciones que allí aún no se cumplen.",
            "The receiving state's law names conditions that are not met there yet.",
            "A lei do receptor impõe condições que ali ainda não foram cumpridas.",
            "La loi du destinataire pose des conditions qui n'y sont pas encore remplies.",
        ),
        "rejected": (
            "El intermediario lo rechazó y así consta; se sella de nuevo o se abandona.",
            "The broker refused it, and the log says so; it is sealed again or given up.",
            "O intermediário recusou e o registro o diz; será selado de novo ou abandonado.",
            "Le courtier l'a refusé et le journal le dit ; on le rescelle ou on y renonce.",
        ),
        "unusable": (
            "No se abrió o no se pudo leer en el otro nodo.",
            "It did not open or could not be read at the other node.",
            "Não abriu ou não pôde ser lido no outro nó.",  # codespell:ignore ser
            "Il ne s'est pas ouvert ou n'a pu être lu à l'autre nœud.",
        ),
        "refused_intake": (
            "La ley del otro Estado no permite conservarlo.",
            "The other state's law does not let it be kept.",
            "A lei do outro Estado não permite conservá-lo.",
            "La loi de l'autre État ne permet pas de le conserver.",
        ),
        "expired": (
            "Su plazo terminó.",
            "Its time is over.",
            "O seu prazo terminou.",
            "Son délai est passé.",
        ),
    }
)
"""Every code, with its sentence in the order of `LANGUAGES`."""


@dataclass(frozen=True, slots=True)
class RecipientState:
    """Where a notice stands towards one recipient.

    Attributes:
        recipient: Towards whom.
        code: A key of `SENTENCES`.
        ground: Of a refusal, from the closed list; else empty.
        role: That opened it; else empty.
        label: Digest of the label that the state speaks of; None before one is signed.
    """

    recipient: Desk
    code: str
    ground: str = ""
    role: str = ""
    label: Digest | None = None


def sentence(code: str, language: str) -> str:
    """Return what a code means, for people.

    Raises:
        AbsentError: No such code or language.
    """
    if code not in SENTENCES or language not in LANGUAGES:
        raise AbsentError("no sentence for this code in this language")
    return SENTENCES[code][LANGUAGES.index(language)]


def of_notice(tx: Transaction, notice: NoticeId, today: Day) -> tuple[RecipientState, ...]:
    """Return the state of a notice towards everybody it was decided for, by recipient."""
    standings = {one.recipient: one for one in decisions.standings(tx, notice)}
    latest = {one.recipient: one for one in sent.passages(tx, notice) if one.replaced is None}
    labels = [one.label for one in latest.values() if one.label is not None]
    slips = receipts.about(tx, labels)
    return tuple(
        _of_passage(latest[recipient], slips, today)
        if recipient in latest
        else RecipientState(recipient, _before(standings[recipient]))
        for recipient in sorted(standings.keys() | latest.keys())
    )


def of_arrival(arrival: received.Arrival) -> str:
    """Return the code of an envelope in our own inbox."""
    if arrival.state == received.KEPT:
        return "opened" if arrival.opened else "delivered"
    return "delivered" if arrival.state == received.STORED else arrival.state


def _before(standing: decisions.Standing) -> str:
    """Return the code where nothing was sealed for this recipient."""
    return {"held": "held", "never": "barred", "closed": "closed"}.get(standing.rank, "draft")


def _of_passage(
    passage: sent.Passage, slips: Sequence[receipts.Slip], today: Day
) -> RecipientState:
    own = [s for s in slips if s.subject == passage.label and s.desk == passage.recipient]
    by_event = {slip.event: slip for slip in own}
    for event, code in _ANSWERS:
        if event in by_event:
            slip = by_event[event]
            named = "unusable" if slip.ground == "unusable" else code
            return RecipientState(
                passage.recipient, named, slip.ground, slip.role, passage.label
            )
    return RecipientState(passage.recipient, _unanswered(passage, today), label=passage.label)


def _unanswered(passage: sent.Passage, today: Day) -> str:
    """Return the code of an envelope that its recipient has not answered."""
    if passage.batch in {REJECTED, WITHDRAWN, REPLACED}:
        return "rejected"
    if today > passage.expires:
        return "expired"
    return "admitted" if passage.batch == PROVEN else "ready"


_ANSWERS = (
    (int(Event.REFUSED), "refused_intake"),
    (int(Event.OPENED), "opened"),
    (int(Event.DELIVERED), "delivered"),
)
"""What a recipient's receipts mean, the most telling first."""
