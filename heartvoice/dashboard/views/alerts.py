"""One alert: its evidence, its history, and what a nurse does about it."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from alerts import lifecycle
from alerts.models import Alert
from heartvoice.dashboard import wording
from heartvoice.dashboard.alert_actions import DONE, SERVICES, carry_out, offered
from heartvoice.dashboard.evidence import evidence_list
from heartvoice.dashboard.forms import FORMS, ActionForm
from heartvoice.dashboard.looks import look_record
from heartvoice.dashboard.staff import staff_of, staff_page, user_of
from heartvoice.shared.errors import Conflict, DomainError, NotAllowed

IN_DRAWER = "drawer-body"
CLOSES = frozenset({lifecycle.Action.RESOLVE, lifecycle.Action.SNOOZE, lifecycle.Action.ESCALATE})


@require_safe
@staff_page
def alert(request: HttpRequest, alert_id: UUID) -> HttpResponse:
    """The alert as a page, or in the drawer of the worklist."""
    row = visible_alert(request, alert_id)
    look_record(request, action="view", resource="alert", patient_ids=[row.patient_id])
    return show(request, row, asked=request.GET.get("action", ""))


@sensitive_post_parameters()
@require_POST
@staff_page
def act(request: HttpRequest, alert_id: UUID, action: str) -> HttpResponse:
    """Carries out one action and shows what became of it."""
    row = visible_alert(request, alert_id)
    try:
        wanted = lifecycle.Action(action)
    except ValueError:
        raise Http404 from None
    if wanted not in SERVICES:
        raise Http404
    look_record(request, action="change", resource="alert", patient_ids=[row.patient_id])
    form = FORMS.get(wanted, ActionForm)(request.POST)
    if not form.is_valid():
        return show(request, row, asked=action, bound=form, status=422)
    try:
        carry_out(wanted, alert=row, user=user_of(request), details=form.details())
    except DomainError as refusal:
        return refused(request, row, refusal)
    return done(request, row, wanted)


def visible_alert(request: HttpRequest, alert_id: UUID) -> Alert:
    """The alert of a patient of the person's teams. Raises Http404."""
    visible = Alert.objects.visible_to(request.user).select_related("patient", "owner", "call")
    return get_object_or_404(visible, pk=alert_id)


def show(
    request: HttpRequest, row: Alert, *, asked: str = "", bound: ActionForm | None = None, status: int = 200
) -> HttpResponse:
    """The alert with the actions that are possible now; one of them open when it was asked for."""
    staff = staff_of(request)
    actions = offered(row, staff)
    siblings = (
        Alert.objects.visible_to(request.user)
        .open()
        .filter(patient_id=row.patient_id)
        .exclude(pk=row.pk)
        .select_related("owner")
        .order_by("created_at")
    )
    forms = {
        action: bound
        if bound is not None and action == asked
        else FORMS[action](prefix=None, auto_id=f"{action}-%s")
        for action in actions
        if action in FORMS
    }
    context = {
        "alert": row,
        "patient": row.patient,
        "actions": actions,
        "forms": forms,
        "asked": asked,
        "evidence": evidence_list(row.evidence, call_id=row.call_id),
        "events": row.events.select_related("actor"),
        "siblings": siblings,
        "wording": wording,
    }
    template = "dashboard/_alert.html" if in_drawer(request) else "dashboard/alert.html"
    return render(request, template, context, status=status)


def done(request: HttpRequest, row: Alert, action: lifecycle.Action) -> HttpResponse:
    """After an action: the list refreshes itself, the drawer shows the new state or closes."""
    said = str(DONE[action])
    if not request.htmx:  # type: ignore[attr-defined]
        messages.success(request, said)
        back = request.POST.get("next", "")
        is_ours = back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None)
        return redirect(back) if is_ours else redirect("dashboard:alert", alert_id=row.pk)
    events: dict[str, Any] = {"alerts": {}, "alerts-changed": {}, "toast": {"text": said, "kind": "ok"}}
    if in_drawer(request) and action not in CLOSES:
        response = show(request, visible_alert(request, row.pk))
    else:
        response = HttpResponse(status=204)
        events["drawer:close"] = {}
    response["HX-Trigger"] = json.dumps(events)
    return response


def refused(request: HttpRequest, row: Alert, refusal: DomainError) -> HttpResponse:
    """Somebody was first, or the role does not allow it: say so and show how things stand now."""
    status = 403 if isinstance(refusal, NotAllowed) else 409 if isinstance(refusal, Conflict) else 422
    said = str(wording.REFUSALS.get(refusal.code, wording.REFUSALS[""]))
    if not request.htmx:  # type: ignore[attr-defined]
        messages.error(request, said)
        return redirect("dashboard:alert", alert_id=row.pk)
    fresh = visible_alert(request, row.pk)
    response = show(request, fresh, status=409) if in_drawer(request) else HttpResponse(status=status)
    response["HX-Trigger"] = json.dumps({"alerts": {}, "toast": {"text": said, "kind": "bad"}})
    response["HX-Reswap"] = "innerHTML" if in_drawer(request) else "none"
    return response


def in_drawer(request: HttpRequest) -> bool:
    return bool(request.htmx) and request.htmx.target == IN_DRAWER  # type: ignore[attr-defined]
