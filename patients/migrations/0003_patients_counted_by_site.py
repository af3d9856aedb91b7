from django.db import migrations, models


class Migration(migrations.Migration):
    """Counting the patients of a site reads this index alone."""

    dependencies = [("patients", "0002_patients_by_name_and_number")]

    operations = [
        migrations.RemoveIndex(model_name="patient", name="patient_by_site"),
        migrations.AddIndex(
            model_name="patient",
            index=models.Index(fields=["site"], condition=models.Q(merged_into=None), name="patient_by_site"),
        ),
    ]
