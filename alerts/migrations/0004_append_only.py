from django.db import migrations

from heartvoice.shared.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("alerts", "0003_initial")]

    operations = [append_only("alerts_alertevent")]
