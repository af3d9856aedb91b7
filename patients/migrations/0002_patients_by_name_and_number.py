from django.db import migrations, models

from coordination.base.search import Searchable


class Migration(migrations.Migration):
    dependencies = [("patients", "0001_patients")]

    operations = [
        migrations.AddIndex(
            model_name="patient",
            index=models.Index(
                Searchable("family_name"), Searchable("given_name"), "id", name="patient_in_name_order"
            ),
        ),
        migrations.AddIndex(
            model_name="patientidentifier",
            index=models.Index(fields=["value"], name="identifier_by_number"),
        ),
    ]
