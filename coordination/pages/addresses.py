"""The beginnings that many addresses share. None carries a name or a number of a patient."""

PATIENT = "patients/<uuid:patient_id>"
COURSE = f"{PATIENT}/courses/<uuid:course_id>"
