"""Nothing is signed, ordered or confirmed while what came in waits to be assessed.

The guard of orders also looks at one that is confirmed. Facts are stored all the same: only our own acts wait.
"""

from importlib import import_module

from django.db import migrations

before = import_module("scheduling.migrations.0011_an_order_has_a_permit")

HELD = "    IF course.held_since IS NOT NULL THEN"
WAITS = """    IF course.assess_after IS NOT NULL THEN
        RAISE EXCEPTION 'no dose is ordered or confirmed while new results are being assessed'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'no_order_while_the_course_waits_to_be_assessed';
    END IF;
"""
ANOTHER_ACTIVITY = "        OR OLD.activity_gbq <> NEW.activity_gbq\n"
CONFIRMED = "        OR OLD.confirmed_at IS NULL AND NEW.confirmed_at IS NOT NULL\n"
ORDER_WAITS = before.ORDER_HAS_A_PERMIT.replace(HELD, WAITS + HELD).replace(
    ANOTHER_ACTIVITY, ANOTHER_ACTIVITY + CONFIRMED
)

DECISION_WAITS = """
CREATE FUNCTION decision_waits_for_the_assessment() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    waits_since timestamptz;
BEGIN
    IF TG_TABLE_NAME = 'scheduling_signature' THEN
        SELECT assess_after INTO STRICT waits_since FROM scheduling_course
            WHERE id = (SELECT course_id FROM scheduling_proposal WHERE id = NEW.proposal_id) FOR UPDATE;
    ELSE
        SELECT assess_after INTO STRICT waits_since FROM scheduling_course
            WHERE id = (SELECT course_id FROM scheduling_cycle WHERE id = NEW.cycle_id) FOR UPDATE;
    END IF;
    IF waits_since IS NOT NULL THEN
        RAISE EXCEPTION 'nothing is decided while new results are being assessed'
            USING ERRCODE = 'check_violation',
                CONSTRAINT = 'no_decision_while_the_course_waits_to_be_assessed';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER decision_waits_for_the_assessment BEFORE INSERT ON scheduling_signature
FOR EACH ROW EXECUTE FUNCTION decision_waits_for_the_assessment();
CREATE TRIGGER decision_waits_for_the_assessment BEFORE INSERT ON scheduling_orderahead
FOR EACH ROW EXECUTE FUNCTION decision_waits_for_the_assessment();
"""
DECISION_WAITS_FOR_NOTHING = """
DROP TRIGGER decision_waits_for_the_assessment ON scheduling_signature;
DROP TRIGGER decision_waits_for_the_assessment ON scheduling_orderahead;
DROP FUNCTION decision_waits_for_the_assessment();
"""


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0012_start_without_an_accepted_referral")]

    operations = [
        migrations.RunSQL(before.earlier.ORDER_RESTS_ON_NOTHING, before.ORDER_HAS_A_PERMIT),
        migrations.RunSQL(ORDER_WAITS, before.earlier.ORDER_RESTS_ON_NOTHING),
        migrations.RunSQL(DECISION_WAITS, DECISION_WAITS_FOR_NOTHING),
    ]
