"""`/fhir/r4/…`"""

from django.urls import path

from heartvoice.fhir import views

urlpatterns = [
    path("metadata", views.MetadataView.as_view(), name="fhir-metadata"),
    path("Patient", views.PatientSearchView.as_view(), name="fhir-patients"),
    path("Patient/_search", views.PatientPostView.as_view(), name="fhir-patients-search"),
    path("Patient/<str:patient_id>", views.PatientView.as_view(), name="fhir-patient"),
    path("Observation", views.ObservationSearchView.as_view(), name="fhir-observations"),
    path("Observation/_search", views.ObservationPostView.as_view(), name="fhir-observations-search"),
    path("Observation/<str:observation_id>", views.ObservationView.as_view(), name="fhir-observation"),
    path("<path:rest>", views.NothingHereView.as_view(), name="fhir-nothing"),
]
