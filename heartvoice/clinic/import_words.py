"""Why a line of a patients' spreadsheet is refused, in words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from patients.importing.table import Problem

WORDS = {
    "too_big": _("The file is larger than %(limit)s."),
    "utf16": _("The file is UTF-16. Save it as “CSV UTF-8”."),
    "workbook": _("This is a workbook, not CSV. Save it as “CSV UTF-8”."),
    "nul": _("The file holds bytes that are no text."),
    "not_utf8": _("The text is not UTF-8 here. Save the file as “CSV UTF-8”."),
    "bad_csv": _("The quotes of the file do not match."),
    "empty": _("The file is empty."),
    "no_rows": _("The file has a header and no patients."),
    "too_many_rows": _("More than %(limit)s patients: please split the file."),
    "missing_column": _("This column is missing."),
    "unknown_column": _("There is no such column."),
    "repeated_column": _("The column is there twice."),
    "cell_count": _("The line has %(found)s cells, the header %(wanted)s."),
    "formula": _("The cell begins like a spreadsheet formula."),
    "control_character": _("The cell holds a control character."),
    "required": _("This is needed."),
    "too_long": _("Longer than %(limit)s characters."),
    "bad_phone": _("Not a phone number. Write it like +1 201 555 0100."),
    "bad_date": _("Not a date. Write it like 1948-03-31 or 03/31/1948."),
    "future_date": _("The date lies in the future."),
    "impossible_date": _("The date cannot be."),
    "too_young": _("Younger than 18 years."),
    "bad_zone": _("Not an IANA time zone, such as America/New_York."),
    "bad_yes_no": _("Write yes or no."),
    "bad_nyha": _("NYHA class is 1 to 4."),
    "bad_sex": _("Write female, male or unknown."),
    "bad_language": _("Maya speaks en and es."),
    "bad_number": _("Not a number."),
    "bad_weight": _("A weight is between 60 and 700 lb."),
    "bad_weekdays": _("Write days like mon wed fri, or 1 3 5."),
    "bad_time": _("Write a time like 09:00."),
    "bad_call_time": _("Calls lie between %(from)s and %(until)s."),
    "consent_fact": _("A consent needs its wording and its method."),
    "schedule_part": _("Days, start and end of the calling hours go together."),
    "hours_reversed": _("The calling hours end before they begin."),
    "repeated_in_file": _("The same as in line %(line)s."),
    "already_known": _("A patient with this is here already."),
    "refused": _("The patient could not be taken over as it stands."),
}


def reason(problem: Problem) -> str:
    """The problem as a sentence in the reader's language."""
    return str(WORDS[problem.code]) % dict(problem.detail)
