"""Lists of people are sorted and searched by name, last name and e-mail address, byte by byte."""

from django.db import migrations, models

from foundation.accounts import keys


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_invitations_wall")]

    operations = [
        migrations.AddIndex("user", models.Index(keys.NAME, name="user_by_name")),
        migrations.AddIndex("user", models.Index(keys.LAST_NAME, name="user_by_last_name")),
        migrations.AddIndex("user", models.Index(keys.EMAIL, name="user_by_email")),
    ]
