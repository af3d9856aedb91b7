"""The page for those at home and for health-care workers elsewhere."""

from django.utils.translation import gettext as _

from coordination.documents import precautions
from coordination.documents.content import Content, Pairs, Points, section, sections
from coordination.documents.sheets.contact import whom_to_call
from coordination.documents.sheets.infusion_day import about_analogs, infusion_of, precaution_days_of
from coordination.documents.source import DocumentChart
from coordination.wording.bilingual import activity, day, long_day


def family_page(source: DocumentChart) -> Content:
    """Two halves: for those at home, and for doctors, nurses and dentists elsewhere."""
    number, on, given = infusion_of(source)
    if on is None:
        return Content(title=_("For family and other health-care workers"))
    default, site_days = precaution_days_of(source), source.settings.precaution_days

    def until(key: str) -> str:
        return day(precautions.end_of(key, on, site_days, default))

    about = next((each for each in source.given if each.number == number), None)
    half_life = f"{source.protocol.order.half_life_hours / 24:.1f}"
    state = (
        _("Infusion %(number)s was given on %(day)s.")
        if given
        else _("Infusion %(number)s is planned for %(day)s.")
    )
    return Content(
        title=_("For family and other health-care workers"),
        signs=_("Given out by"),
        free_text_title=_("For you"),
        lead=(
            state % {"number": number, "day": long_day(on)},
            _(
                "The treatment is a medicine with a little radioactivity. With a few simple steps nobody "
                "is harmed."
            ),
        ),
        sections=sections(
            section(
                "family",
                _("For those at home"),
                Points(
                    (
                        _("Keep about 6 feet (2 meters) apart as far as you can, through %(day)s.")
                        % {"day": until("distance")},
                        _("Sleep in separate beds through %(day)s.") % {"day": until("separate-bed")},
                        _("Small children and anyone pregnant keep their distance through %(day)s.")
                        % {"day": until("children-and-pregnant")},
                        _("Touch no urine, stool, blood or vomit; wear gloves to clean, through %(day)s.")
                        % {"day": until("body-fluids")},
                        _("Wash the patient's laundry separately through %(day)s.")
                        % {"day": until("laundry")},
                        _("A visit at that distance is fine."),
                    )
                ),
                always=True,
            ),
            section(
                "workers",
                _("For doctors, nurses, dentists and ambulance crews"),
                Pairs(
                    (
                        (_("Medicine"), source.protocol.product.label),
                        (_("Day"), day(on)),
                        (
                            _("Activity"),
                            _("%(activity)s, half-life %(days)s days")
                            % {"activity": activity(about.infusion.administered_gbq), "days": half_life},
                        )
                        if about
                        else (_("Half-life"), _("%(days)s days") % {"days": half_life}),
                    )
                ),
                Points(
                    (
                        _("Emergencies come first: radiation delays no treatment and no urgent blood draw."),
                        _("No routine blood tests through %(day)s.") % {"day": until("no-routine-blood")},
                        _(
                            "Standard gloves and gown are enough. Urine and blood are radioactive in the "
                            "first days."
                        ),
                        _("Staff who are pregnant let somebody else do the care through %(day)s.")
                        % {"day": until("children-and-pregnant")},
                        *about_analogs(source),
                        _("Avoid repeated high-dose glucocorticoids; call us if they are needed."),
                        _(
                            "Sudden flushing, wheezing or low blood pressure: think of a hormonal crisis and "
                            "treat it as one."
                        ),
                    )
                ),
                always=True,
            ),
            whom_to_call(source),
        ),
    )
