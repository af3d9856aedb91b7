"""The wall behind the portal: a role that may read its practice's rows, and write nothing at all.

The role owns nothing, cannot sign in and is taken on for one request (coordination/portal/database_role.py). Row-level
security binds it alone: the owner of the tables passes. A table or model that is not named here does not
exist for the portal. docs/decisions/portal.md says why; docs/operations.md what a plain database owner needs.
"""

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

ROLE = "fourfold_portal"

TAKE_ROLE = f"""
DO $$
DECLARE
    may_become text := CASE WHEN current_setting('server_version_num')::int >= 160000 THEN 'SET' ELSE 'MEMBER' END;
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{ROLE}') THEN
        BEGIN
            CREATE ROLE {ROLE} NOLOGIN NOINHERIT;
        EXCEPTION
            WHEN duplicate_object OR unique_violation THEN NULL;
        END;
    END IF;
    IF NOT pg_has_role(current_user, '{ROLE}', may_become) THEN
        EXECUTE format('GRANT {ROLE} TO %I', current_user);
    END IF;
EXCEPTION
    WHEN insufficient_privilege THEN
        RAISE EXCEPTION 'The database user % may not make the role of the portal.', current_user
        USING ERRCODE = 'insufficient_privilege',
        HINT = format('An administrator of the database runs once: CREATE ROLE {ROLE} NOLOGIN NOINHERIT; '
                      'GRANT {ROLE} TO %I; then migrate again.', current_user);
END $$;
"""

PRACTICE = """
CREATE FUNCTION portal_practice() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT nullif(current_setting('fourfold.practice', true), '')::bigint $$
"""

# Which versions were sent to the practice: letters to it and sheets for patients, never a paper of the center.
# It reads as the owner of the tables, for the policies of the three tables would otherwise ask one another.
PAPERS = """
CREATE FUNCTION portal_papers() RETURNS TABLE (document_id bigint, version_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
    SELECT version.document_id, version.id
    FROM coordination_documentversion version
    JOIN coordination_document document ON document.id = version.document_id
    JOIN patients_patient patient ON patient.id = document.patient_id
    WHERE patient.referred_by_id = portal_practice()
      AND (document.practice_id IS NULL OR document.practice_id = portal_practice())
      AND document.kind IN (
          'acknowledgement', 'please-send', 'plan', 'after-cycle', 'hold', 'stop', 'hand-back',
          'radiation-sheet', 'treatment-calendar', 'travel-card', 'family-page'
      )
      AND EXISTS (
          SELECT FROM coordination_documentsending sending
          WHERE sending.version_id = version.id AND sending.channel IN ('portal', 'mail-link')
      )
$$
"""

PATIENT = "patient_id IN (SELECT id FROM patients_patient)"
COURSE = "course_id IN (SELECT id FROM scheduling_course)"
CYCLE = "cycle_id IN (SELECT id FROM scheduling_cycle)"

ONLY_THE_PORTAL = f"""
REVOKE EXECUTE ON FUNCTION portal_papers() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION portal_papers() TO {ROLE}
"""

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


def _build() -> list[str]:
    grants = [f"GRANT SELECT ON {table} TO {ROLE}" for table in (*OPEN, *ROWS) if table not in COLUMNS]
    some = [f"GRANT SELECT ({columns}) ON {table} TO {ROLE}" for table, columns in COLUMNS.items()]
    secured = [f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY" for table in ROWS]
    policies = [
        f"CREATE POLICY portal_reads_its_practice ON {table} FOR SELECT TO {ROLE} USING ({rows})"
        for table, rows in ROWS.items()
    ]
    return [TAKE_ROLE, PRACTICE, PAPERS, ONLY_THE_PORTAL, *grants, *some, *secured, *policies]


def _take_down() -> list[str]:
    """The role itself stays: it belongs to the whole server."""
    named = dict.fromkeys((*OPEN, *ROWS, *COLUMNS))
    return [
        *(f"DROP POLICY portal_reads_its_practice ON {table}" for table in ROWS),
        *(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY" for table in ROWS),
        *(f"REVOKE ALL ON {table} FROM {ROLE}" for table in named),
        "DROP FUNCTION portal_papers()",
        "DROP FUNCTION portal_practice()",
    ]


class Migration(migrations.Migration):
    dependencies: ClassVar[list[tuple[str, str]]] = [
        ("base", "0003_audit_is_only_added"),
        ("coordination", "0004_portal"),
        ("labs", "0002_results_are_only_added"),
        ("patients", "0001_patients"),
        ("scheduling", "0003_sign_ahead_of_the_panel"),
    ]

    operations: ClassVar[list[Operation]] = [migrations.RunSQL([*_build()], [*_take_down()])]
