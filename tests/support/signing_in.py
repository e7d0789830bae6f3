"""A browser of somebody who has just proved who they are: what is asked again after ten minutes is not asked yet."""

from __future__ import annotations

import time

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.account.internal.flows import login as allauth_login
from django.contrib.auth import SESSION_KEY
from django.test import Client


def prove(client: Client, *, seconds_ago: float = 5) -> Client:
    """The signed-in person of this client gave the password so long ago, as a log-in through the page records it."""
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "password", "at": time.time() - seconds_ago}]
    session[allauth_login._AUTHENTICATION_METHODS_USER_SESSION_KEY] = session[SESSION_KEY]
    session.save()
    return client
