"""What a word is worth, in a sentence, in four languages.

It promises a sentence for every worth. It weighs nothing; `node.release.attested` does.
"""

from collections.abc import Mapping
from types import MappingProxyType

from node.release.attested import Worth
from node.states import LANGUAGES
from valija.errors import AbsentError

SENTENCES: Mapping[Worth, tuple[str, str, str, str]] = MappingProxyType(
    {
        Worth.COUNTS: (
            "Vale ahora.",
            "It counts now.",
            "Vale agora.",
            "Elle vaut maintenant.",
        ),
        Worth.UNSIGNED: (
            "No está firmada por esta oficina; no vale.",
            "This desk did not sign it; it does not count.",
            "Não está assinada por esta unidade; não vale.",
            "Ce bureau ne l'a pas signée ; elle ne vaut rien.",
        ),
        Worth.ALTERED: (
            "Su firma no corresponde a lo guardado; no vale. Avise a seguridad.",
            "Its signature is not of what is stored; it does not count. Tell security.",
            "A assinatura não é do que está guardado; não vale. Avise a segurança.",
            "Sa signature n'est pas de ce qui est conservé ; nulle. Prévenez la sécurité.",
        ),
        Worth.REFUSED: (
            "Fue una negativa; no abre nada.",
            "It was a refusal; it opens nothing.",
            "Foi uma recusa; não abre nada.",
            "C'était un refus ; elle n'ouvre rien.",
        ),
        Worth.OWN: (
            "La dio quien redactó u ordenó; no vale.",
            "It was given by who drafted or ordered it; it does not count.",
            "Foi dada por quem redigiu ou ordenou; não vale.",
            "Elle vient de qui a rédigé ou ordonné ; elle ne vaut rien.",
        ),
        Worth.WITHDRAWN: (
            "Se retiró; ya no abre nada.",
            "It was withdrawn; it opens nothing any more.",
            "Foi retirada; já não abre nada.",
            "Elle a été retirée ; elle n'ouvre plus rien.",
        ),
        Worth.OTHER_TEXT: (
            "Se dio para otro texto del borrador; para este no vale.",
            "It was given for another text of the draft; for this one it does not count.",
            "Foi dada para outro texto do rascunho; para este não vale.",
            "Elle a été donnée pour un autre texte du projet ; pour celui-ci elle ne vaut pas.",
        ),
        Worth.NOT_YET: (
            "Lleva una fecha que aún no ha llegado; no vale todavía.",
            "It bears a time that has not come yet; it does not count yet.",
            "Tem uma data que ainda não chegou; ainda não vale.",
            "Elle porte une date à venir ; elle ne vaut pas encore.",
        ),
        Worth.EXPIRED: (
            "Su plazo terminó; ya no vale.",
            "Its time is over; it does not count any more.",
            "O seu prazo terminou; já não vale.",
            "Son délai est passé ; elle ne vaut plus.",
        ),
    }
)
"""Every worth, with its sentence in the order of `LANGUAGES`."""


def sentence(worth: Worth, language: str) -> str:
    """Return what a worth means, for people.

    Raises:
        AbsentError: No such language.
    """
    if language not in LANGUAGES:
        raise AbsentError("no sentence in this language")
    return SENTENCES[worth][LANGUAGES.index(language)]
