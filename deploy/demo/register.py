"""Write a register of invented people in the form of IOM's HTCDS 2.0 workbook.

It promises invented names only, and one row of each kind that an importer must tell apart: a
child, a missing status, a person who is no victim, a formula, a local code, a refused consent,
an address, a route. It reads nothing and knows no real register.

    python deploy/demo/register.py FILE.xlsx

Source: docs/content.md, "2. HTCDS 2.0"; names of fields and labels: IOM, HTCDS 2.0, CC BY 4.0.
"""

import sys
from collections.abc import Mapping
from pathlib import Path

from openpyxl import Workbook

# Hidden name of row 1 and label of row 2, as the standard's own workbook has them: in the five
# address columns the two contradict each other, one name is misspelt and one is missing.
COLUMNS = (
    ("cas_CaseOwner", "Case Owner"),
    ("prs_Salutation", "Salutation"),
    ("prs_FirstName", "First Name"),
    ("prs_SecondName", "Second Name"),
    ("con_Consent", "Consent"),
    ("prs_Birthdate", "Birthdate"),
    ("prs_Gender", "Gender"),
    ("prs_Citizenship", "Citizenship"),
    ("prs_Title", "Title"),
    ("prs_Email", "Email"),
    ("prs_HomePhone", "Home Phone"),
    ("prs_MobilePhone", "Mobile Phone"),
    ("prs_MailingCity", "Mailing Street"),
    ("prs_MailingCountry", "Mailing City"),
    ("prs_MailingState", "Mailing State/Province"),
    ("prs_MailingStreet", "Mailing Zip/Postal Code"),
    ("prs_MailingPostalCode", "Mailing Country"),
    ("vic_TraffickingStatus", "Trafficking Status"),
    (
        "vic_TraffickinStatusDecisionMakingOrg",
        "Trafficking Status Decision Making Organization",
    ),
    ("vic_MethodOfRecruitment", "Method of Recruitment"),
    ("vic_LocationOfRecruitment", "Location of Recruitment"),
    ("vic_MethodsOfControl", "Methods of Control"),
    ("vic_TypeOfExploitation", "Type of Exploitation"),
    ("vic_ForcedLabourIndustry", "Forced Labour Industry"),
    ("vic_TypeOfSexExploitation", "Type of Sex Exploitation"),
    ("vic_LocationOfExploitation", "Location of Exploitation"),
    ("cas_Status", "Status"),
    ("cas_ReferringOrganisation", "Referring Organisation"),
    ("cas_IncomingReferralDate", "Incoming Referral Date"),
    ("cas_ReferringPrimaryCaseWorker", "Referring Primary Case Worker"),
    ("cas_ReasonForIncomingReferral", "Reason for Incoming Referral"),
    ("cas_IncomingReferralDetails", "Incoming Referral Details"),
    ("cas_ReferredOrganisation", "Referred Organisation"),
    ("cas_ReferredPrimaryCaseWorker", "Referred Primary Case Worker"),
    ("", "Reason for Outgoing Referral"),
    ("cas_OutgoingReferralDate", "Outgoing Referral Date"),
    ("cas_OutgoingReferralDetails", "Outgoing Referral Details"),
    ("cas_ReasonForCaseClosure", "Reason for Case Closure"),
)
_DECIDED = "Trafficking Status Decision Making Organization"
_ACTUAL = "Actual victim of trafficking"
_POSSIBLE = "Possible victim of trafficking"
PEOPLE: tuple[Mapping[str, str], ...] = (
    {
        "First Name": "Amarilis",
        "Second Name": "Tupayachi Lirón",
        "Consent": "TRUE",
        "Birthdate": "1996-04-17",
        "Gender": "Feminine",
        "Citizenship": "Bolivia",
        "Mobile Phone": "+591 71550123",
        "Mailing Street": "Pasaje de los Jacarandás 14",
        "Mailing City": "Orán",
        "Mailing State/Province": "Salta",
        "Mailing Country": "Argentina",
        "Trafficking Status": _ACTUAL,
        _DECIDED: "Court or prosecution",
        "Method of Recruitment": "Through an online advertisement",
        "Methods of Control": "Debt bondage;Withholds documents;Excessive working hours",
        "Type of Exploitation": "Forced labour",
        "Forced Labour Industry": "Agriculture, forestry and fishing",
        "Status": "Active",
        "Incoming Referral Date": "2026-03-02",
    },
    {
        "First Name": "Nayeli",
        "Second Name": "Quispe Ombú",
        "Birthdate": "2011-09-30",
        "Gender": "Feminine",
        "Citizenship": "PE",
        "Trafficking Status": _ACTUAL,
        _DECIDED: "Police",
        "Method of Recruitment": "Through family or family events",
        "Methods of Control": "Threatens children/family",
        "Type of Exploitation": "Child labour",
        "Status": "Follow up",
    },
    {
        "First Name": "Heitor",
        "Second Name": "Salgueiro Anil",
        "Consent": "FALSE",
        "Birthdate": "1988-12",
        "Gender": "Masculine",
        "Citizenship": "brasileiro",
        "Trafficking Status": _POSSIBLE,
        "Methods of Control": "Physical threats;Restricts movement",
        "Type of Exploitation": "Forced labour",
        "Forced Labour Industry": "Wholesale and retail trade; repair of motor vehicles"
        " and motorcycles",
        "Status": "Active",
    },
    {
        "First Name": "Celestine",
        "Second Name": "Dorvalan",
        "Birthdate": "1999",
        "Gender": "Feminine",
        "Citizenship": "HTI",
        "Method of Recruitment": "Through friends or social events;"
        "Through online social networks",
        "Type of Exploitation": "Sexual exploitation",
        "Type of Sex Exploitation": "Prostitution;Remote Interactive Services",
        "Status": "Active",
    },
    {
        "First Name": "Ubaldo",
        "Second Name": "Ceibal Reyna",
        "Birthdate": "1971-01-25",
        "Gender": "Masculine",
        "Citizenship": "Paraguay",
        "Trafficking Status": "Not a victim of trafficking",
        "Status": "Closed",
        "Reason for Case Closure": "Labour dispute, settled.",
    },
    {
        "First Name": "Itzel",
        "Second Name": "Corondel Mezquite",
        "Consent": "TRUE",
        "Birthdate": "=DATE(1993,5,5)",
        "Gender": "Feminine",
        "Citizenship": "México",
        "Mobile Phone": "044 55 5555 0142",
        "Trafficking Status": _ACTUAL,
        _DECIDED: "NGO",
        "Methods of Control": "False promises;Psychological abuse",
        "Type of Exploitation": "Sexual exploitation",
        "Status": "Active",
    },
    {
        "First Name": "Yandel",
        "Second Name": "Maizales",
        "Birthdate": "03/04/2001",
        "Gender": "NonConforming",
        "Citizenship": "colombiana",
        "Email": "yandel.maizales@correo.example",
        "Trafficking Status": _POSSIBLE,
        "Type of Exploitation": "Servitude",
        "Status": "Active",
    },
    {
        "Salutation": "Sra.",
        "First Name": "Ramira",
        "Second Name": "Algarrobo de la Vega",
        "Consent": "TRUE",
        "Birthdate": "1990-07-11",
        "Gender": "Feminine",
        "Citizenship": "Argentina",
        "Home Phone": "011 4555-0199",
        "Trafficking Status": _ACTUAL,
        _DECIDED: "Non-police governmental organization",
        "Methods of Control": "Takes earnings;Psychoactive substance",
        "Type of Exploitation": "Sexual exploitation;Forced begging",
        "Location of Exploitation": "Casa de la Calandria",
        "Status": "Closed Referred",
        "Referring Organisation": "Hogar de la Aurora",
        "Incoming Referral Details": "Llega con lo puesto y pide hablar con su hermana.",
    },
    {
        "First Name": "Delroy",
        "Second Name": "Pimentwood",
        "Birthdate": "2007",
        "Gender": "Masculine",
        "Citizenship": "Jamaican",
        "Trafficking Status": _POSSIBLE,
        "Type of Exploitation": "Forced labour",
        "Forced Labour Industry": "Construction",
        "Status": "Active",
    },
    {
        "First Name": "Zulma",
        "Second Name": "Ñandubay Franco",
        "Birthdate": "1985-02-28",
        "Gender": "Feminine",
        "Citizenship": "PY",
        "Mobile Phone": "12345",
        "Trafficking Status": _POSSIBLE,
        "Type of Exploitation": "Forced labour",
        "Forced Labour Industry": "Activities of households as employers; undifferentiated"
        " goods- and services- producing activities of households for own use",
        "Status": "Active",
    },
    {
        "Case Owner": "Mesa 4",
        "Status": "Active",
        "Incoming Referral Date": "2026-05-19",
    },
    {
        "First Name": "Joaquim",
        "Second Name": "Barbatimão Reis",
        "Birthdate": "2014-06-01",
        "Gender": "Masculine",
        "Citizenship": "BR",
        "Trafficking Status": _ACTUAL,
        _DECIDED: "Court or prosecution",
        "Type of Exploitation": "Forced begging",
        "Status": "Active",
    },
)  # fmt: skip  # A row of the register a line.
"""Invented people: 12 rows; one is no victim, one names nobody, three are children."""


def write(path: Path) -> None:
    """Write the workbook: row 1 hidden names, row 2 labels, people from row 3, numbers in A."""
    book = Workbook()
    sheet = book.active
    if sheet is None:
        raise SystemExit("the workbook has no sheet")
    sheet.title = "Case Sheet"
    for column, (name, label) in enumerate(COLUMNS, start=2):
        sheet.cell(1, column, name or None)
        sheet.cell(2, column, label)
    for number, person in enumerate(PEOPLE, start=1):
        sheet.cell(number + 2, 1, number)
        for column, (_, label) in enumerate(COLUMNS, start=2):
            if label in person:
                sheet.cell(number + 2, column, person[label])
    sheet.row_dimensions[1].hidden = True
    book.create_sheet("about")["A1"] = (
        "Invented people in the form of HTCDS 2.0 (IOM, CC BY 4.0)"
    )
    book.save(path)


if __name__ == "__main__":
    write(Path(sys.argv[1]))
