"""What each condition is called, and who can meet it, in four languages.

It promises a sentence for every word of the list Evidence and for `complete_labels`, in every
language of the system. It does not say whether a condition is met; the resolver does, from
dated references.

Source: docs/law.md, section 2 (evidence) and finding 6; docs/coordination.md.
"""

from collections.abc import Mapping
from types import MappingProxyType

LANGUAGES = ("en", "es", "pt", "fr")
_LINES = """
consent_evidence
 en|the person's informed consent|the person, through whoever assists them
 es|el consentimiento informado de la persona|la persona, por medio de quien la asiste
 pt|o consentimento informado da pessoa|a pessoa, por meio de quem a assiste
 fr|le consentement éclairé de la personne|la personne, par l'entremise de qui l'assiste
risk_assessment
 en|a prior risk assessment|the authority that protects victims
 es|una evaluación previa del riesgo|la autoridad que protege a las víctimas
 pt|uma avaliação prévia do risco|a autoridade que protege as vítimas
 fr|une évaluation préalable du risque|l'autorité qui protège les victimes
approval:second_person
 en|the approval of a second person|a supervisor who did not draft it
 es|la aprobación de una segunda persona|una supervisora o un supervisor que no lo redactó
 pt|a aprovação de uma segunda pessoa|uma supervisora ou um supervisor que não o redigiu
 fr|l'approbation d'une seconde personne|un superviseur qui n'en est pas l'auteur
approval:child_protection_authority
 en|the approval of the child protection authority|the child protection authority
 es|la aprobación de la autoridad de la niñez|la autoridad de protección de la niñez
 pt|a aprovação do órgão de proteção da criança|o órgão de proteção da criança e do adolescente
 fr|l'approbation de l'autorité de protection de l'enfance|l'autorité de protection de l'enfance
approval:prosecutor
 en|the prosecutor's approval|the prosecutor of the case
 es|la aprobación de la fiscalía|la fiscal o el fiscal del caso
 pt|a aprovação do Ministério Público|o membro do Ministério Público que atua no caso
 fr|l'approbation du ministère public|le procureur chargé du dossier
approval:central_authority
 en|the central authority's approval|the central authority for mutual assistance
 es|la aprobación de la autoridad central|la autoridad central de asistencia mutua
 pt|a aprovação da autoridade central|a autoridade central de assistência mútua
 fr|l'approbation de l'autorité centrale|l'autorité centrale d'entraide
approval:deputy_head
 en|the deputy head's approval|the deputy head of the agency
 es|la aprobación de la máxima autoridad del organismo|la máxima autoridad del organismo
 pt|a aprovação do dirigente máximo do órgão|o dirigente máximo do órgão
 fr|l'approbation de l'administrateur général|l'administrateur général de l'organisme
approval:us_1367_designated_official
 en|a designated official's approval (8 U.S.C. § 1367)|the official designated by the department
 es|la aprobación del funcionario designado (8 U.S.C. § 1367)|el funcionario designado al efecto
 pt|a aprovação do funcionário designado (8 U.S.C. § 1367)|o funcionário designado para esse fim
 fr|l'approbation du fonctionnaire désigné (8 U.S.C. § 1367)|le fonctionnaire ainsi désigné
judicial_ref
 en|a court's order|the competent court
 es|una orden judicial|la autoridad judicial competente
 pt|uma ordem judicial|a autoridade judiciária competente
 fr|une ordonnance judiciaire|le tribunal compétent
secrecy_authority_ref
 en|an act of the authority that ordered secrecy|the authority that ordered secrecy
 es|un acto de la autoridad que dispuso el secreto|la autoridad que dispuso el secreto
 pt|um ato da autoridade que decretou o sigilo|a autoridade que decretou o sigilo
 fr|un acte de l'autorité qui a ordonné le secret|l'autorité qui a ordonné le secret
origin_judicial_ref
 en|an order of a court of the state of origin|the criminal court of the state of origin
 es|una orden judicial del Estado de origen|el tribunal penal del Estado de origen
 pt|uma ordem judicial do Estado de origem|o juízo criminal do Estado de origem
 fr|une ordonnance judiciaire de l'État d'origine|le tribunal pénal de l'État d'origine
authority_request
 en|a request by an authority that the law names|the authority that the law names
 es|el requerimiento de una autoridad prevista en la ley|la autoridad prevista en la ley
 pt|a requisição de autoridade prevista em lei|a autoridade prevista em lei
 fr|une demande d'une autorité que la loi désigne|l'autorité que la loi désigne
routine_use_ref
 en|a published routine use that covers it|the agency's privacy officer
 es|un uso ordinario («routine use») publicado|la oficina de privacidad del organismo
 pt|um uso de rotina (“routine use”) publicado|o setor de privacidade do órgão
 fr|une utilisation courante (« routine use ») publiée|le responsable de la vie privée
transfer_basis_ref
 en|a recorded basis for the transfer abroad|the data protection authority or officer
 es|una base de transferencia registrada|la autoridad o el delegado de protección de datos
 pt|uma base de transferência registrada|a autoridade ou o encarregado de proteção de dados
 fr|un fondement consigné pour le transfert|l'autorité ou le délégué à la protection des données
agreement_ref
 en|an agreement or arrangement on record|the ministry that concludes agreements
 es|un acuerdo registrado|el ministerio que celebra acuerdos
 pt|um acordo registrado|o ministério que celebra acordos
 fr|un accord ou une entente consignés|le ministère qui conclut les accords
assurance:no_death_penalty
 en|an assurance that the death penalty will not be imposed|the recipient's state
 es|una garantía de que no se impondrá la pena de muerte|el Estado destinatario
 pt|uma garantia de que não se imporá a pena de morte|o Estado destinatário
 fr|l'assurance que la peine de mort ne sera pas prononcée|l'État destinataire
assurance:mistreatment
 en|an assurance against mistreatment|the recipient's state
 es|una garantía contra los malos tratos|el Estado destinatario
 pt|uma garantia contra maus-tratos|o Estado destinatário
 fr|une assurance contre les mauvais traitements|l'État destinataire
recipient_accepts_caveats
 en|the recipient's acceptance of the conditions|the recipient's desk
 es|la aceptación de las condiciones por el destinatario|la oficina destinataria
 pt|a aceitação das condições pelo destinatário|a unidade destinatária
 fr|l'acceptation des conditions par le destinataire|le service destinataire
originator_consent
 en|the consent of the state that first supplied it|the originating state
 es|el consentimiento del Estado que lo aportó primero|el Estado de origen
 pt|o consentimento do Estado que o forneceu primeiro|o Estado de origem
 fr|le consentement de l'État qui a fourni la donnée le premier|l'État d'origine
waiver:us_1367
 en|the adult's own waiver (8 U.S.C. § 1367)|the person, with counsel
 es|la renuncia de la propia persona adulta (8 U.S.C. § 1367)|la persona, con asistencia letrada
 pt|a renúncia da própria pessoa adulta (8 U.S.C. § 1367)|a pessoa, com advogado
 fr|la renonciation de la personne adulte (8 U.S.C. § 1367)|la personne, avec son avocat
route:mla_central_authority
 en|the route through the central authority|the central authority for mutual assistance
 es|la vía de la autoridad central|la autoridad central de asistencia mutua
 pt|a via da autoridade central|a autoridade central de assistência mútua
 fr|la voie de l'autorité centrale|l'autorité centrale d'entraide
route:fiu
 en|the route through the financial intelligence unit|the financial intelligence unit
 es|la vía de la unidad de inteligencia financiera|la unidad de inteligencia financiera
 pt|a via da unidade de inteligência financeira|a unidade de inteligência financeira
 fr|la voie de la cellule de renseignement financier|la cellule de renseignement financier
route:central_authority
 en|the route through any central authority|the central authority
 es|la vía de una autoridad central|la autoridad central
 pt|a via de uma autoridade central|a autoridade central
 fr|la voie d'une autorité centrale|l'autorité centrale
complete_request
 en|a complete request: offence, facts, assistance wanted|the requesting authority
 es|una solicitud completa: delito, hechos y asistencia solicitada|quien solicita
 pt|um pedido completo: crime, fatos e assistência solicitada|quem pede
 fr|une demande complète : infraction, faits, entraide demandée|l'autorité requérante
complete_labels
 en|facts that nobody stated yet|the officer and the prosecutor of the case
 es|datos que nadie declaró todavía|la oficial o el oficial y la fiscalía del caso
 pt|fatos que ninguém declarou ainda|a agente ou o agente e o Ministério Público do caso
 fr|des faits que nul n'a encore indiqués|l'agent et le procureur chargés du dossier
"""


def _read(lines: str) -> dict[str, dict[str, tuple[str, str]]]:
    found: dict[str, dict[str, tuple[str, str]]] = {}
    table: dict[str, tuple[str, str]] = {}
    for line in lines.strip().splitlines():
        if not line.startswith(" "):
            table = found[line] = {}
        else:
            language, what, who = line.strip().split("|")
            table[language] = (what, who)
    return found


_SAID: Mapping[str, Mapping[str, tuple[str, str]]] = MappingProxyType(_read(_LINES))
_OR = {"en": " or ", "es": " o ", "pt": " ou ", "fr": " ou "}
CONDITIONS = frozenset(_SAID)
"""Every condition that has a name."""


def what(condition: str, language: str) -> str:
    """Return what is waited for; `a | b` is read as alternatives.

    Args:
        condition: A word of the list Evidence, `complete_labels`, or alternatives.
        language: en, es, pt or fr.
    """
    return _told(condition, language, 0)


def who(condition: str, language: str) -> str:
    """Return who can meet a condition; arguments as for `what`."""
    return _told(condition, language, 1)


def _told(condition: str, language: str, place: int) -> str:
    parts = dict.fromkeys(_SAID[name][language][place] for name in condition.split(" | "))
    return _OR[language].join(parts)
