"""One alert: its evidence, its history, and what a nurse does about it."""

from __future__ import annotations

import json
import re
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from alerts import lifecycle
from alerts.models import Alert
from heartvoice.dashboard import wording
from heartvoice.dashboard.alert_actions import DONE, SERVICES, carry_out, offered, seen_mark
from heartvoice.dashboard.answers import refused as refused_in_words
from heartvoice.dashboard.answers import said
from heartvoice.dashboard.evidence import evidence_list
from heartvoice.dashboard.forms import FORMS, ActionForm, BulkForm, NoteForm
from heartvoice.dashboard.looks import look_record
from heartvoice.dashboard.screens import screens_of
from heartvoice.dashboard.staff import staff_of, staff_page, user_of
from heartvoice.shared.errors import Conflict, DomainError, NotAllowed

IN_DRAWER = "drawer-body"
ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
BULK_MOST = 50
BULK_SEVERITIES = ("medium", "low")
# What may be taken back with one key, by what, and how it is called. Each is an event of its own on the alert.
UNDO: dict[lifecycle.Action, tuple[lifecycle.Action, Any, dict[str, str]]] = {
    lifecycle.Action.ACKNOWLEDGE: (lifecycle.Action.RELEASE, _lazy("Give back"), {}),
    lifecycle.Action.SNOOZE: (lifecycle.Action.START, _lazy("Wake it"), {}),
    lifecycle.Action.RESOLVE: (lifecycle.Action.REOPEN, _lazy("Reopen"), {"reason": "undone"}),
}
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
        carry_out(
            wanted,
            alert=row,
            user=user_of(request),
            details=form.details(),
            seen=request.POST.get("seen", ""),
        )
    except DomainError as refusal:
        return refused(request, row, refusal, typed=(action, form))
    return done(request, row, wanted)


@sensitive_post_parameters()
@require_POST
@staff_page
def bulk(request: HttpRequest) -> HttpResponse:
    """Claims or snoozes the chosen alerts, each by itself: medium and low ones only, and nothing is resolved."""
    ids = [each for each in request.POST.getlist("alert") if ID.fullmatch(each)][:BULK_MOST]
    form = BulkForm(request.POST)
    back = "dashboard:worklist"
    if not ids or not form.is_valid():
        return refused_in_words(request, DomainError("nothing chosen", code="bulk_incomplete"), back=back)
    rows = list(
        Alert.objects.visible_to(request.user)
        .filter(pk__in=ids, severity__in=BULK_SEVERITIES)
        .exclude(alert_type="emergency")
        .select_related("patient")
    )
    look_record(
        request,
        action="change",
        resource="alerts",
        patient_ids={row.patient_id for row in rows},
        row_count=len(rows),
    )
    action, details = form.step()
    changed = sum(_each(request, row, action, details) for row in rows)
    text = ngettext("%(n)d alert changed.", "%(n)d alerts changed.", changed) % {"n": changed}
    if left := len(ids) - changed:
        text += " " + ngettext("%(n)d stayed as it is.", "%(n)d stayed as they are.", left) % {"n": left}
    return said(request, text, back=back, events=("alerts", "alerts-changed"))


def _each(request: HttpRequest, row: Alert, action: lifecycle.Action, details: dict[str, Any]) -> bool:
    """Whether this one could be changed: somebody may have been first."""
    try:
        carry_out(action, alert=row, user=user_of(request), details=details)
    except DomainError:
        return False
    return True


def visible_alert(request: HttpRequest, alert_id: UUID) -> Alert:
    """The alert of a patient of the person's teams. Raises Http404."""
    visible = Alert.objects.visible_to(request.user).select_related("patient", "owner", "call")
    return get_object_or_404(visible, pk=alert_id)


def show(
    request: HttpRequest, row: Alert, *, asked: str = "", bound: ActionForm | None = None, status: int = 200
) -> HttpResponse:
    """The alert with the actions that are possible now; one of them open when it was asked for.

    Words that were typed for an action that is possible no more are offered as a note: nobody writes them twice.
    """
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
    if (
        bound is not None
        and asked not in forms
        and lifecycle.Action.NOTE in forms
        and (words := bound.words())
    ):
        asked = lifecycle.Action.NOTE
        forms[asked] = NoteForm(initial={"text": words}, auto_id=f"{asked}-%s")
    context = {
        "alert": row,
        "seen": seen_mark(row),
        "patient": row.patient,
        "actions": actions,
        "forms": forms,
        "asked": asked,
        "evidence": evidence_list(row.evidence, call_id=row.call_id),
        "events": row.events.select_related("actor"),
        "screens": screens_of(row.call_id),
        "siblings": siblings,
        "wording": wording,
    }
    template = "dashboard/_alert.html" if in_drawer(request) else "dashboard/alert.html"
    return render(request, template, context, status=status)


def done(request: HttpRequest, row: Alert, action: lifecycle.Action) -> HttpResponse:
    """After an action: the list refreshes itself, the drawer shows the new state or closes."""
    words = str(DONE[action])
    if not request.htmx:  # type: ignore[attr-defined]
        messages.success(request, words)
        back = request.POST.get("next", "")
        is_ours = back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None)
        return redirect(back) if is_ours else redirect("dashboard:alert", alert_id=row.pk)
    toast: dict[str, Any] = {"text": words, "kind": "ok"}
    if (back_step := UNDO.get(action)) is not None:
        undone, label, fields = back_step
        url = resolve_url("dashboard:alert_act", alert_id=row.pk, action=undone)
        toast["undo"] = {"url": url, "label": str(label), "fields": fields}
    events: dict[str, Any] = {"alerts": {}, "alerts-changed": {}, "toast": toast}
    if in_drawer(request) and action not in CLOSES:
        response = show(request, visible_alert(request, row.pk))
    else:
        response = HttpResponse(status=204)
        events["drawer:close"] = {}
    response["HX-Trigger"] = json.dumps(events)
    return response


def refused(
    request: HttpRequest, row: Alert, refusal: DomainError, *, typed: tuple[str, ActionForm]
) -> HttpResponse:
    """Somebody was first, or the role does not allow it: say so and show how things stand now, with what was typed."""
    asked, form = typed
    status = 403 if isinstance(refusal, NotAllowed) else 409 if isinstance(refusal, Conflict) else 422
    words = str(wording.REFUSALS.get(refusal.code, wording.REFUSALS[""]))
    if not request.htmx:  # type: ignore[attr-defined]
        messages.error(request, words)
        if form.words():
            return show(request, visible_alert(request, row.pk), asked=asked, bound=form, status=409)
        return redirect("dashboard:alert", alert_id=row.pk)
    fresh = visible_alert(request, row.pk)
    response = (
        show(request, fresh, asked=asked, bound=form, status=409)
        if in_drawer(request)
        else HttpResponse(status=status)
    )
    response["HX-Trigger"] = json.dumps({"alerts": {}, "toast": {"text": words, "kind": "bad"}})
    response["HX-Reswap"] = "innerHTML" if in_drawer(request) else "none"
    return response


def in_drawer(request: HttpRequest) -> bool:
    return bool(request.htmx) and request.htmx.target == IN_DRAWER  # type: ignore[attr-defined]
