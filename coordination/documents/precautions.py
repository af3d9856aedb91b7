"""What a patient keeps to after an infusion, and until when.

Source: RULES 9 [H22 t2]: seven days each unless the site says otherwise (`SiteSettings.precaution_days`, by
these keys). Contraception and breast-feeding: US label of April 2024, section 8 [PI24]. The marked words are
translated where they are said.
"""

from collections.abc import Mapping
from datetime import date, timedelta

from django.utils.translation import gettext_noop as said_later

from scheduling.rules.days import add_months

PRECAUTIONS: Mapping[str, str] = {
    "separate-bed": said_later("Sleep in a separate bed."),
    "distance": said_later("Keep about 6 feet (2 meters) away from others as far as you can."),
    "car-and-table": said_later("Sit in the back seat of the car, and across the table from others."),
    "children-and-pregnant": said_later(
        "Limit your contact with small children and with anyone who is pregnant."
    ),
    "wash-hands": said_later("Wash your hands with soap and water for a full minute after using the toilet."),
    "flush-twice": said_later("Flush the toilet twice."),
    "body-fluids": said_later("Let nobody touch your urine, stool, blood or vomit."),
    "no-intercourse": said_later("Have no sexual intercourse."),
    "spills": said_later("Clean up spills at once, with gloves, and keep others away from them."),
    "soiled-items": said_later(
        "Flush soiled tissue down the toilet, or put it in a plastic bag in the household trash."
    ),
    "laundry": said_later("Wash your clothes, sheets and towels separately."),
    "shower": said_later("Take a shower every day."),
    "no-routine-blood": said_later("Have no blood drawn for routine tests."),
}

CONTRACEPTION_MONTHS = {"female": 7, "male": 4}
BREAST_FEEDING_MONTHS, BREAST_FEEDING_DAYS = 2, 15  # two and a half months
HALF_LIVES_ON_THE_CARD = 10  # a thousandth is left: nothing a detector should still notice


def precaution_days(key: str, site_days: Mapping[str, object], default: int) -> int:
    """The days of one precaution: the site's own, else the protocol's."""
    own = site_days.get(key)
    return own if isinstance(own, int) and not isinstance(own, bool) and own >= 0 else default


def end_of(key: str, infused_on: date, site_days: Mapping[str, object], default: int) -> date:
    """The last day on which it is kept to."""
    return infused_on + timedelta(days=precaution_days(key, site_days, default))


def contraception_ends_on(infused_on: date, sex: str) -> date | None:
    """The last day of contraception after an infusion; None where sex says neither."""
    months = CONTRACEPTION_MONTHS.get(sex)
    return add_months(infused_on, months) if months else None


def breast_feeding_ends_on(infused_on: date) -> date:
    return add_months(infused_on, BREAST_FEEDING_MONTHS) + timedelta(days=BREAST_FEEDING_DAYS)
