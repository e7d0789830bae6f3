from django.db import migrations

from heartvoice.shared.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("patients", "0001_initial"), ("auditlog", "__first__")]

    operations = [
        append_only("patients_phiaccess"),
        append_only("patients_phiaccessseal"),
    ]
