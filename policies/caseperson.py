"""One person of a case file: roles, age, consent, asylum, protection.

It promises to take nobody's word for more than it says: a consent whose last day is no date, or
is not stated, is over; a guardian of whom nobody says that there is no conflict has one; and a
claim of asylum without a feared state fears everyone. Whether a consent covers the case is
computed on the day, by `policies.grounds`.

Source: docs/law.md, section 9 (subjects).
"""

from datetime import date

from policies.casereader import Reader, Table, flag_of, name_of, until_of, words_of
from policies.facts import Consent, Person
from policies.vocabulary import LISTS


def parse_person(reader: Reader, entry: Table) -> Person:
    """Return one entry of `subjects`; what it lacks is noted in `reader`.

    Raises:
        MalformedError: It has no id, or a list of words holds something else.
    """
    name, roles = name_of(entry, "id"), words_of(entry, "role")
    if not roles:
        reader.missing.append(f"subjects.{name}.role")
    asylum = reader.table(entry, "asylum")
    status = reader.stated(asylum, "status", f"subjects.{name}.asylum.status")
    claim = {"none": "no", "applicant": "yes", "recognised": "yes"}.get(str(status), "unknown")
    feared = asylum.get("feared_state")
    return Person(
        id=name,
        roles=frozenset(word if word in LISTS["Role"] else "unknown" for word in roles),
        minor=reader.flag(entry, "minor", f"subjects.{name}.minor"),
        consent=_consent(reader, reader.table(entry, "consent"), name),
        asylum=claim,
        feared_state=str(feared) if feared else "none" if claim == "no" else "unknown",
        protected_witness=reader.flag(
            entry, "protected_witness", f"subjects.{name}.protected_witness"
        ),
        publication_ban=reader.flag(
            entry, "publication_ban", f"subjects.{name}.publication_ban"
        ),
        offended_through_trafficking="also_offender_due_to_trafficking"
        in words_of(entry, "labels"),
    )


def _consent(reader: Reader, table: Table, name: str) -> Consent:
    path = f"subjects.{name}.consent.status"
    return Consent(
        status=reader.word(table, "status", path, LISTS["Consent"]),
        scope=words_of(table, "scope"),
        recipients=words_of(table, "recipients"),
        until=until_of(table.get("valid_until", ""), date.min),
        by=str(table.get("given_by")),
        guardian_conflict=flag_of(table.get("guardian_conflict")) != "no",
    )
