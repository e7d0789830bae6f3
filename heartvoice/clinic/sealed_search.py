"""The search of a list without what is typed standing in an address.

The form is sent in a body; the words wait sealed under a random token, and the address of the list that answers names
the token. Pages, filters and orders repeat the address, so they keep the search. No script is needed.
"""

from __future__ import annotations

from types import new_class
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.views.main import PAGE_VAR, SEARCH_VAR, ChangeList
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.decorators import method_decorator
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters

from heartvoice.shared.kept import keep, kept
from patients.admin_base import WordsMixin

TERM = "search_term"
LONGEST = 200


class SealedChangeList(ChangeList):
    """A list that knows what is searched from the request, not from its address."""

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> Any:
        self.query = getattr(request, "search_text", "")
        return super().get_queryset(request, exclude_parameters)


class SealedSearch(admin.ModelAdmin):
    """Goes before any other page of a model: the site puts it there."""

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return SealedChangeList

    @method_decorator(sensitive_post_parameters(TERM))
    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if request.method == "POST" and TERM in request.POST:
            text = request.POST[TERM].strip()[:LONGEST]
            return self._to_list(request, keep(text, **self._kept_for(request)) if text else "")
        token = request.GET.get(SEARCH_VAR, "")
        text = (kept(token, **self._kept_for(request)) or "") if token else ""
        if SEARCH_VAR in request.GET and not text:  # an action would reach all rows instead of those found
            messages.warning(request, _("This search is no longer kept. Please search again."))
            return self._to_list(request, "")
        request.search_text = text  # type: ignore[attr-defined]
        names = capfirst(self.opts.verbose_name_plural)
        return super().changelist_view(request, {"title": names, **(extra_context or {})})

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Without the signs beside a choice that change what is chosen from: that has pages of its own."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        widget = getattr(field, "widget", None)
        if isinstance(widget, RelatedFieldWidgetWrapper):
            widget.can_add_related = widget.can_change_related = False
            widget.can_delete_related = widget.can_view_related = False
        return field

    def _kept_for(self, request: HttpRequest) -> dict[str, Any]:
        return {"purpose": f"admin:{self.opts.label_lower}", "owner": request.user.pk}

    def _to_list(self, request: HttpRequest, token: str) -> HttpResponse:
        """The first page of this list under its filters, with another search or none."""
        query = request.GET.copy()
        for name in (SEARCH_VAR, PAGE_VAR):
            query.pop(name, None)
        if token:
            query[SEARCH_VAR] = token
        asked = query.urlencode()
        return HttpResponseRedirect(f"{request.path}?{asked}" if asked else request.path)


def sealed(page: type[admin.ModelAdmin] | None) -> type[admin.ModelAdmin]:
    """The page of a model with its search sealed, and with codes in words."""
    page = page or admin.ModelAdmin
    if issubclass(page, SealedSearch):
        return page
    names = {"__module__": page.__module__, "__doc__": page.__doc__}
    bases = (SealedSearch, page) if issubclass(page, WordsMixin) else (SealedSearch, WordsMixin, page)
    return new_class(page.__name__, bases, exec_body=lambda body: body.update(names))
