"""Which pages the documentation shows, by the name of their pictures. Addresses take the ids of rows that are there."""

from __future__ import annotations

from collections.abc import Mapping

# The care team's pages, as a nurse sees them; those of LEADS as their clinical lead does.
CARE = {
    "worklist": "/",
    "alert-page": "/alerts/{alert}/",
    "patient": "/patients/{other}/",
    "plan": "/patients/{patient}/plan/",
    "time": "/patients/{patient}/time/",
    "time-entry": "/patients/{patient}/time/{entry}/",
    "call": "/calls/{call}/",
    "live-call": "/calls/{live}/",
    "live": "/calls/live/",
    "calls": "/calls/",
    "planned-call": "/calls/{planned}/plan/",
    "patients": "/patients/",
    "handover": "/handover/",
    "report": "/reports/weekly/?week={week}",
    "paging": "/paging/",
    "softphone": "/softphone/",
    "security": "/accounts/2fa/",
    "password": "/accounts/password/change/",
    "not-found": "/patients/00000000-0000-4000-8000-000000000000/",
}
LEADS = {"rules": "/rules/?since={month_ago}&number1=S01.gain_lb&value1=2"}
LOG_IN = {"login": "/accounts/login/"}

# An administrator's pages.
ADMIN = {
    "admin-home": "/admin/",
    "admin-patients": "/admin/patients/patient/",
    "admin-patient": "/admin/patients/patient/{patient}/change/",
    "admin-import": "/admin/patients/import/",
    "admin-consents": "/admin/patients/consent/",
    "admin-proxies": "/admin/patients/proxy/",
    "admin-kccq": "/admin/patients/kccqscore/add/",
    "admin-dead-schedules": "/admin/calls/callschedule/?next=none",
    "admin-schedule": "/admin/calls/callschedule/{schedule}/change/",
    "admin-thresholds": "/admin/patients/thresholdoverride/",
    "admin-team": "/admin/patients/careteam/{team}/change/",
    "admin-rosters": "/admin/alerts/oncallshift/",
    "admin-ladder": "/admin/alerts/escalationpolicy/{ladder}/change/",
    "admin-rule-sets": "/admin/alerts/rulesetversion/",
    "admin-texts": "/admin/texts/",
    "admin-prompt": "/admin/texts/prompts/prompts-1--system.txt/",
    "admin-education": "/admin/texts/education/en.toml/",
    "admin-messages": "/admin/alerts/notification/?state__exact=failed",
    "admin-access-log": "/admin/patients/phiaccess/",
    "admin-changes": "/admin/auditlog/logentry/",
}

PAGES = {**CARE, **LEADS, **LOG_IN, **ADMIN}


def address_of(name: str, ids: Mapping[str, str]) -> str:
    return PAGES[name].format_map(ids)
