"""The telephone network's addresses: signed, never logged in."""

from django.urls import path

from calls import staff_views, views

urlpatterns = [
    path("voice", views.voice, name="voice"),
    path("voice/status", views.status, name="voice-status"),
    path("voice/amd", views.amd, name="voice-amd"),
    path("voice/ended", views.ended, name="voice-ended"),
    path("voice/stream-status", views.stream_status, name="voice-stream-status"),
    path("voice/questionnaire", views.questionnaire, name="voice-questionnaire"),
    path("voice/contact", views.contact, name="voice-contact"),
    path("voice/nurse", views.nurse, name="voice-nurse"),
    path("voice/nurse-result", views.nurse_result, name="voice-nurse-result"),
    path("voice/staff/whisper", staff_views.whisper, name="voice-staff-whisper"),
    path("voice/staff/take-over", staff_views.take_over, name="voice-staff-take-over"),
    path("voice/staff/call", staff_views.staff_call, name="voice-staff-call"),
    path("voice/staff/result", staff_views.result, name="voice-staff-result"),
    path("voice/staff/status", staff_views.status, name="voice-staff-status"),
]
