"""Write into each partnership's row which version of its pathway policy counts: the newest."""

from django.db import migrations

from foundation.tenancy.operations import InEachPartnership


class Migration(migrations.Migration):
    dependencies = [("partnership", "0002_wall"), ("tenancy", "0005_pathway_version")]

    operations = [
        InEachPartnership(
            """
            UPDATE tenancy_partnership p SET pathway_version = newest.version
            FROM (SELECT partnership_id, max(version) AS version FROM partnership_pathwaypolicy GROUP BY 1) newest
            WHERE p.id = newest.partnership_id
            """,
            touches="SELECT count(DISTINCT partnership_id) FROM partnership_pathwaypolicy",
        ),
    ]
