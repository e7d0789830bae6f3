"""What carries a call, and which limits of the month's budget have been told."""

import uuid

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("calls", "0004_staff_calls")]

    operations = [
        migrations.AddField(
            model_name="call",
            name="mode",
            field=models.CharField(
                choices=[
                    ("assistant", "Maya"),
                    ("small_model", "Maya on the small model"),
                    ("questionnaire", "questionnaire by keys and voice"),
                ],
                default="assistant",
                max_length=14,
            ),
        ),
        migrations.CreateModel(
            name="BudgetWarning",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("month", models.DateField(help_text="its first day")),
                ("percent", models.PositiveSmallIntegerField()),
                ("spent_usd", models.DecimalField(decimal_places=2, max_digits=12)),
                ("budget_usd", models.DecimalField(decimal_places=2, max_digits=12)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("month", "percent"), name="budget_warning_once_a_month")
                ],
            },
        ),
    ]
