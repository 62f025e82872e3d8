"""When somebody got a role is told by the product's own clock, as every other moment is."""

from django.db import migrations, models

from foundation.common import clock


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_people_found_by_name")]

    operations = [
        migrations.AlterField("membership", "created_at", models.DateTimeField(default=clock.now, editable=False)),
        migrations.AlterField("membershipevent", "created_at", models.DateTimeField(default=clock.now, editable=False)),
    ]
