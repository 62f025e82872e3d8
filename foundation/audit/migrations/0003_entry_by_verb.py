"""What administrators did is found by its kind."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_chain")]

    operations = [
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(
                condition=models.Q(("case_id__isnull", True)),
                fields=["partnership", "verb", "at"],
                name="audit_entry_by_verb",
            ),
        ),
    ]
