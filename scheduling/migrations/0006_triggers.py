"""What is signed, ordered and told is kept, and rests on what it must rest on, whoever writes.

A trigger goes with its function.
"""

from django.db import migrations

from coordination.base.constraints import only_added
from coordination.base.schema import sql_file


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0005_due_items_and_bookings")]

    operations = [
        only_added("scheduling_proposal", "superseded_at"),
        only_added("scheduling_signature", "withdrawn_at", "withdrawn_by_id", "withdrawn_because"),
        only_added("scheduling_conflictnotice"),
        sql_file(__file__, "only_a_prescriber_signs", "DROP FUNCTION only_a_prescriber_signs() CASCADE"),
        sql_file(
            __file__,
            "only_the_current_proposal_is_signed",
            "DROP FUNCTION only_the_current_proposal_is_signed() CASCADE",
        ),
        sql_file(
            __file__,
            "only_a_prescriber_orders_ahead",
            "DROP FUNCTION only_a_prescriber_orders_ahead() CASCADE",
        ),
        sql_file(__file__, "order_rests_on_a_decision", "DROP FUNCTION order_rests_on_a_decision() CASCADE"),
        sql_file(
            __file__,
            "decision_waits_for_the_assessment",
            "DROP FUNCTION decision_waits_for_the_assessment() CASCADE",
        ),
        sql_file(
            __file__,
            "no_cancelling_of_a_dose_that_was_given",
            "DROP FUNCTION no_cancelling_of_a_dose_that_was_given() CASCADE",
        ),
        sql_file(
            __file__,
            "course_has_an_accepted_referral",
            "DROP FUNCTION course_has_an_accepted_referral() CASCADE",
        ),
    ]
