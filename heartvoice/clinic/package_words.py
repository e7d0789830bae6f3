"""Words of packages that bring no Spanish of their own. Marked here, they are translated with ours.

Django looks a text up under its English words, whichever package asks; so a mark is all that is needed.
"""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

AUDITLOG = (
    _("Audit log"),
    _("Changes"),
    _("Click to filter by records with this correlation id"),
    _("Correlation ID"),
    _("Created"),
    _("Created {repr:s}"),
    _("Deleted {repr:s}"),
    _("Field"),
    _("From"),
    _("Logged {repr:s}"),
    _("Objects"),
    _("Relationship"),
    _("Resource"),
    _("To"),
    _("Updated {repr:s}"),
    _("User"),
    _("access"),
    _("action"),
    _("actor"),
    _("actor email"),
    _("additional data"),
    _("change message"),
    _("content type"),
    _("create"),
    _("delete"),
    _("log entries"),
    _("log entry"),
    _("object id"),
    _("object pk"),
    _("object representation"),
    _("remote address"),
    _("remote port"),
    _("timestamp"),
    _("update"),
)
