"""The wall behind the portal: a role that may read its practice's rows, and write nothing at all.

Row-level security binds this role alone: the owner of the tables passes. A table or column that is not named
here does not exist for the portal. docs/decisions/portal.md says why; docs/operations.md what a plain database
owner needs.
"""

from django.db import migrations

from coordination.base.schema import sql_file

ROLE = "fourfold_portal"

PATIENT = "patient_id IN (SELECT id FROM patients_patient)"
COURSE = "course_id IN (SELECT id FROM scheduling_course)"
CYCLE = "cycle_id IN (SELECT id FROM scheduling_cycle)"

# Table: which of its rows belong to the practice.
ROWS = {
    "patients_patient": "referred_by_id = portal_practice()",
    "patients_patientidentifier": PATIENT,
    "patients_careteammember": PATIENT,
    "patients_responsibility": PATIENT,
    "patients_referral": PATIENT,
    "patients_referralpaper": "referral_id IN (SELECT id FROM patients_referral)",
    "patients_diagnosis": PATIENT,
    "patients_priortherapy": PATIENT,
    "patients_eligibilityevidence": PATIENT,
    "patients_tumorboarddecision": PATIENT,
    "labs_labresult": PATIENT,
    "scheduling_course": PATIENT,
    "scheduling_cycle": COURSE,
    "scheduling_infusiongiven": CYCLE,
    "scheduling_injection": PATIENT,
    "scheduling_scan": PATIENT,
    "scheduling_weight": PATIENT,
    "scheduling_adverseevent": PATIENT,
    "scheduling_adverseeventinquiry": CYCLE,
    "scheduling_dueitem": COURSE,
    "scheduling_proposal": COURSE,
    "scheduling_signature": "proposal_id IN (SELECT id FROM scheduling_proposal)",
    "coordination_resultrelease": "result_id IN (SELECT id FROM labs_labresult)",
    "coordination_document": "id IN (SELECT document_id FROM portal_papers())",
    "coordination_documentversion": "id IN (SELECT version_id FROM portal_papers())",
    "coordination_documentsending": (
        "channel IN ('portal', 'mail-link') AND version_id IN (SELECT version_id FROM portal_papers())"
    ),
    # One's own, and those that share in the care of one's patients.
    "base_practice": (
        "id = portal_practice()"
        " OR id IN (SELECT practice_id FROM patients_careteammember)"
        " OR id IN (SELECT practice_id FROM patients_responsibility)"
        " OR id IN (SELECT practice_id FROM scheduling_dueitem)"
    ),
}

# What is not about a patient.
OPEN = ("base_site", "coordination_releaserule")

# Where a table holds more than the portal may know: these columns and no others.
COLUMNS = {
    "base_user": "id, full_name",
    # Not what is written for a next version that nobody has signed.
    "coordination_document": (
        "id, public_id, kind, site_id, patient_id, course_id, cycle_number, practice_id, language, created_at"
    ),
    "patients_tumorboarddecision": (
        "id, public_id, patient_id, referral_id, met_on, outcome, conditions, deferred_for, "
        "comes_back_on, recorded_at, recorded_in_error_at"
    ),
    "scheduling_proposal": "id, public_id, course_id, cycle_number, action, activity_gbq, made_at, superseded_at",
    "scheduling_signature": (
        "id, public_id, proposal_id, signed_by_id, signed_at, decision, action, activity_gbq, "
        "override_code, withdrawn_at, withdrawn_because"
    ),
}


def _rights() -> list[str]:
    grants = [f"GRANT SELECT ON {table} TO {ROLE}" for table in (*OPEN, *ROWS) if table not in COLUMNS]
    some = [f"GRANT SELECT ({columns}) ON {table} TO {ROLE}" for table, columns in COLUMNS.items()]
    secured = [f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY" for table in ROWS]
    policies = [
        f"CREATE POLICY portal_reads_its_practice ON {table} FOR SELECT TO {ROLE} USING ({rows})"
        for table, rows in ROWS.items()
    ]
    return [*grants, *some, *secured, *policies]


def _no_rights() -> list[str]:
    named = dict.fromkeys((*OPEN, *ROWS, *COLUMNS))
    return [
        *(f"DROP POLICY portal_reads_its_practice ON {table}" for table in ROWS),
        *(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY" for table in ROWS),
        *(f"REVOKE ALL ON {table} FROM {ROLE}" for table in named),
    ]


class Migration(migrations.Migration):
    dependencies = [("coordination", "0005_triggers")]

    operations = [
        sql_file(
            __file__, "portal_role", migrations.RunSQL.noop
        ),  # another database of the server may use it
        sql_file(__file__, "portal_practice", "DROP FUNCTION portal_practice()"),
        sql_file(__file__, "portal_papers", "DROP FUNCTION portal_papers()"),
        migrations.RunSQL([*_rights()], [*_no_rights()]),
    ]
