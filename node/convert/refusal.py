"""Why a file is refused whole, or a row, and what a human should look at: closed lists.

It promises that a code says all: no text of a file stands in an error, a log or a report.
Sentences for people are `node.convert.wording`.

Source: docs/content.md, "Formats", the tally.
"""

from valija.errors import MalformedError

FILE_CODES = (
    "unreadable",
    "encrypted",
    "too_large",
    "unknown_layout",
    "ambiguous_header",
    "bad_encoding",
)
"""A file refused whole."""
ROW_CODES = (
    "malformed_row",
    "too_many_cells",
    "no_subject",
    "not_a_victim",
    "schema_not_in_subset",
    "dangling_link",
    "out_of_scope_object",
    "missing_required",
)
"""A row refused."""
ATTENTION_CODES = (
    "local_code",
    "ambiguous_date",
    "bad_date",
    "failed_check",
    "role_missing",
    "status_missing",
    "consent_incomplete",
    "identifier_in_text",
    "formula",
)
"""A row that became a draft, and that a human should see."""


class RefusedFileError(MalformedError):
    """A file is refused whole.

    Attributes:
        code: A word of `FILE_CODES`.
    """

    def __init__(self, code: str) -> None:
        super().__init__(f"the file is refused: {code}")
        self.code = code
