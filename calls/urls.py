"""The telephone network's addresses: signed, never logged in."""

from django.urls import path

from calls import views

urlpatterns = [
    path("voice", views.voice, name="voice"),
    path("voice/status", views.status, name="voice-status"),
    path("voice/amd", views.amd, name="voice-amd"),
    path("voice/ended", views.ended, name="voice-ended"),
    path("voice/stream-status", views.stream_status, name="voice-stream-status"),
    path("voice/questionnaire", views.questionnaire, name="voice-questionnaire"),
    path("voice/nurse", views.nurse, name="voice-nurse"),
    path("voice/nurse-result", views.nurse_result, name="voice-nurse-result"),
]
