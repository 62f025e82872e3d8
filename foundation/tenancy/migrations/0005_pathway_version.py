"""Which version of its pathway policy counts stands in the partnership's own row."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0004_own_settings")]

    operations = [
        migrations.AddField(
            model_name="partnership",
            name="pathway_version",
            field=models.PositiveIntegerField(db_default=0, default=0, editable=False),
        ),
    ]
