"""Files to take along. All need a log-in; patients' files a fresh one."""

from django.urls import path

from heartvoice.reports import views

app_name = "reports"

urlpatterns = [
    path("reports/weekly.json", views.weekly_json_view, name="weekly_json"),
    path("reports/weekly.pdf", views.weekly_pdf_view, name="weekly_pdf"),
    path("patients/<uuid:patient_id>/export.csv", views.patient_csv_view, name="patient_csv"),
    path("patients/<uuid:patient_id>/summary.pdf", views.patient_pdf_view, name="patient_pdf"),
]
