"""An order has a signature to give the dose, or an order ahead; a dose that was given is not cancelled.

As before, the guard locks the course and the permit, so that a stop, a withdrawal and an order cannot pass
each other.
"""

from importlib import import_module

from django.db import migrations

from coordination.base.constraints import only_added

earlier = import_module("scheduling.migrations.0002_decisions_are_kept_and_guard_orders")

SIGNED = """    IF NOT FOUND THEN
        RAISE EXCEPTION 'no dose is ordered without a standing signed decision to give it'"""
SIGNED_OR_AHEAD = """    IF NOT FOUND THEN
        PERFORM 1 FROM scheduling_orderahead ahead
            WHERE ahead.id = NEW.ahead_id
                AND ahead.cycle_id = NEW.cycle_id
                AND ahead.activity_gbq = NEW.activity_gbq
                AND ahead.ended_at IS NULL
            FOR SHARE;
    END IF;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no dose is ordered without a standing signed decision to give it'"""
ORDER_HAS_A_PERMIT = earlier.ORDER_RESTS_ON_A_DECISION.replace(SIGNED, SIGNED_OR_AHEAD).replace(
    "OR OLD.signature_id <> NEW.signature_id",
    "OR OLD.signature_id IS DISTINCT FROM NEW.signature_id\n"
    "        OR OLD.ahead_id IS DISTINCT FROM NEW.ahead_id",
)

ONLY_A_PRESCRIBER_ORDERS_AHEAD = """
CREATE FUNCTION only_a_prescriber_orders_ahead() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM base_user WHERE id = NEW.allowed_by_id AND role = 'prescriber' AND is_active;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'only an active prescriber orders ahead'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'only_a_prescriber_orders_ahead';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER only_a_prescriber_orders_ahead BEFORE INSERT ON scheduling_orderahead
FOR EACH ROW EXECUTE FUNCTION only_a_prescriber_orders_ahead();
"""
ANYBODY_ORDERS_AHEAD = """
DROP TRIGGER only_a_prescriber_orders_ahead ON scheduling_orderahead;
DROP FUNCTION only_a_prescriber_orders_ahead();
"""

# An infusion given elsewhere did not use our dose.
NO_CANCELLING_OF_A_DOSE_THAT_WAS_GIVEN = """
CREATE FUNCTION no_cancelling_of_a_dose_that_was_given() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM scheduling_infusiongiven
        WHERE cycle_id = NEW.cycle_id AND recorded_in_error_at IS NULL AND NOT elsewhere;
    IF FOUND THEN
        RAISE EXCEPTION 'the infusion was given, so its dose is not cancelled'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'no_cancelling_of_a_dose_that_was_given';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER no_cancelling_of_a_dose_that_was_given BEFORE UPDATE ON scheduling_doseorder
FOR EACH ROW WHEN (OLD.cancelled_at IS NULL AND NEW.cancelled_at IS NOT NULL)
EXECUTE FUNCTION no_cancelling_of_a_dose_that_was_given();
"""
ANY_DOSE_IS_CANCELLED = """
DROP TRIGGER no_cancelling_of_a_dose_that_was_given ON scheduling_doseorder;
DROP FUNCTION no_cancelling_of_a_dose_that_was_given();
"""


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0010_the_first_dose_and_its_day")]

    operations = [
        migrations.RunSQL(earlier.ORDER_RESTS_ON_NOTHING, earlier.ORDER_RESTS_ON_A_DECISION),
        migrations.RunSQL(ORDER_HAS_A_PERMIT, earlier.ORDER_RESTS_ON_NOTHING),
        migrations.RunSQL(ONLY_A_PRESCRIBER_ORDERS_AHEAD, ANYBODY_ORDERS_AHEAD),
        migrations.RunSQL(NO_CANCELLING_OF_A_DOSE_THAT_WAS_GIVEN, ANY_DOSE_IS_CANCELLED),
        only_added("scheduling_conflictnotice"),
    ]
