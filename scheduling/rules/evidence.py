"""What each row of the dose-modification table finds in one interval, point by point.

A point is one day's finding of one arm: it fires, it does not, or nobody can tell. Two results of one day
that disagree are one point that nobody can tell. Whether the points make an episode, and in which state
the row is, says `dose_table`. Source: RULES.md section 4 [H22 t3, PI18, PI24].
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from decimal import ROUND_DOWN, Decimal
from itertools import product

from msgspec import Struct
from msgspec.structs import replace

from labs.rules.analytes import Analyte
from labs.rules.ctcae import worst_grade_of
from labs.rules.numbers import EXACT, all_of, any_of
from labs.rules.reading import Reading, above, at_least_base, at_most_base, at_most_high, below, over_high
from labs.rules.renal import Clearance
from scheduling.rules.facts import AdverseEvent
from scheduling.rules.timeline import Observed, Timeline
from scheduling.rules.words import analyte_words, day_words, figure_words, grades_words, within

SEVERE = 3  # CTCAE grade 3
MOST_DIGITS_SHOWN = 4


class Point(Struct, frozen=True, gc=False):
    """One day's finding of one arm."""

    subject: str  # the analyte that fell ("hemoglobin" for a transfusion), or "event"
    on: date
    fires: bool | None
    is_newest: bool  # nothing newer says otherwise about this subject
    is_back: bool  # if it does not fire, the next dose may follow as far as this point goes
    is_lab: bool = True
    because: tuple[str, ...] = ()
    words: str = ""
    doubt: str = ""
    worth: str = ""  # what it is called, with a place for "still " or nothing: "{}grade 2"


class Stretch(Struct, frozen=True):
    """The facts of one interval that its rows read; a result without a reading stands for any value."""

    timeline: Timeline
    interval: int
    results: dict[Analyte, list[Observed]]

    def of(self, analyte: Analyte) -> list[Observed]:
        return self.results.get(analyte, [])

    def everywhere(self, analyte: Analyte) -> list[Observed]:
        """All that were ever drawn: what belongs together may lie on both sides of an infusion."""
        outside = [result for result in self.timeline.of(analyte) if result.interval != self.interval]
        return outside + self.of(analyte)

    @property
    def transfused_on(self) -> list[date]:
        return [on for on, interval in self.timeline.red_cells if interval == self.interval]

    @property
    def events(self) -> list[AdverseEvent]:
        return self.timeline.events_in(self.interval)


ROW_ANALYTES: dict[str, tuple[Analyte, ...]] = {
    "thrombocytopenia": (Analyte.PLATELETS,),
    "anemia-neutropenia": (Analyte.HEMOGLOBIN, Analyte.NEUTROPHILS),
    "renal": (Analyte.CREATININE,),
    "hepatic": (Analyte.BILIRUBIN, Analyte.ALBUMIN, Analyte.INR, Analyte.PROTHROMBIN_ACTIVITY),
    "hypersensitivity": (),
    "other": (Analyte.AST, Analyte.ALT, Analyte.ALP, Analyte.GGT, Analyte.WBC),
}
GRADED_ANALYTES: dict[str, tuple[Analyte, ...]] = {
    "thrombocytopenia": (Analyte.PLATELETS,),
    "anemia-neutropenia": (Analyte.HEMOGLOBIN, Analyte.NEUTROPHILS),
    "other": (Analyte.AST, Analyte.ALT),
}


def points_of(row: str, stretch: Stretch) -> list[Point]:
    return _READERS[row](stretch)


# --- by the day ------------------------------------------------------------------------------------


class Finding(Struct, frozen=True, gc=False):
    """What one result says; the words are made only where somebody will read them."""

    fires: bool | None
    is_back: bool = True
    also: tuple[str, ...] = ()
    words: str = ""
    doubt: str = ""
    worth: str = ""


_NOTHING = Finding(False)


def _by_day(results: list[Observed], read: Callable[[Observed], Finding]) -> Iterator[Point]:
    """One point a day; two results of one day that give different answers are one that cannot be told.

    A quiet day that is not the newest says nothing to anyone, and most days are: it has no point.
    """
    if not results:
        return
    newest, index, count = results[-1].on, 0, len(results)
    while index < count:
        result, first = results[index], index
        on, is_newest = result.on, result.on == newest
        index += 1
        while index < count and results[index].on == on:
            index += 1
        if index - first == 1:
            finding = read(result)
            if is_newest or finding.fires is not False:
                yield _single(result, finding, is_newest=is_newest)
        else:
            day = results[first:index]
            point = _several(day, [read(result) for result in day], is_newest=is_newest)
            if is_newest or point.fires is not False:
                yield point


def _single(result: Observed, finding: Finding, *, is_newest: bool) -> Point:
    because = (result.id, *finding.also) if finding.fires else ()
    return Point(
        result.analyte or "",
        result.on,
        finding.fires,
        is_newest,
        finding.is_back,
        True,
        because,
        finding.words,
        finding.doubt,
        finding.worth,
    )


def _several(day: list[Observed], findings: list[Finding], *, is_newest: bool) -> Point:
    answers = {finding.fires for finding in findings}
    agreed = answers.pop() if len(answers) == 1 else None
    firing = [(result, finding) for result, finding in zip(day, findings, strict=True) if finding.fires]
    doubts = [finding.doubt for finding in findings if finding.doubt]
    return Point(
        subject=day[0].analyte or "",
        on=day[0].on,
        fires=agreed,
        is_newest=is_newest,
        is_back=all(finding.is_back for finding in findings),
        because=tuple(i for result, finding in firing for i in (result.id, *finding.also)) if agreed else (),
        words=firing[-1][1].words if firing else "",
        worth=firing[-1][1].worth if firing else "",
        doubt=doubts[0] if doubts else _disagreement(day) if agreed is None else "",
    )


def _disagreement(day: list[Observed]) -> str:
    return f"conflicting results for {_name(day[0])} on {day_words(day[0].on)}"


def _unknown(result: Observed) -> Finding:
    said = f"latest {_name(result)} result ({day_words(result.on)}) is not usable"
    return Finding(None, is_back=False, doubt=said)


def _name(result: Observed) -> str:
    return analyte_words(result.analyte) if result.analyte else "result"


def value_words(result: Observed) -> str:
    return _name(result) if result.reading is None else f"{_name(result)} {_figure(result.reading)}"


def _figure(reading: Reading) -> str:
    """In the canonical unit; what a conversion makes long, as it was sent: 7.9997 must not read 8.0."""
    if len(reading.display_value.replace(".", "").lstrip("0")) <= MOST_DIGITS_SHOWN or reading.sent is None:
        return figure_words(reading.shown, reading.unit)
    return figure_words(f"{reading.comparator}{reading.sent:f}", reading.unit_sent)


def _graded(stretch: Stretch, analyte: Analyte, at_least: int) -> Iterable[Point]:
    results = stretch.of(analyte)
    if all(_is_certainly_under(result, at_least) for result in results):
        return _quiet(results)

    def read(result: Observed) -> Finding:
        if result.reading is None:
            return _unknown(result)
        grades = result.grades
        if grades is None or grades.highest < at_least:
            return _NOTHING
        said = f"{value_words(result)} on {day_words(result.on)}"
        if grades.lowest >= at_least:
            worth = f"grade {grades.grade}" if grades.grade is not None else f"grade {at_least} or higher"
            return Finding(True, words=said, worth=f"{{}}{worth}")
        return Finding(None, doubt=f"{said} could be {grades_words(grades.lowest, grades.highest)}")

    return _by_day(results, read)


def _is_certainly_under(result: Observed, grade: int) -> bool:
    return result.reading is not None and (result.grades is None or result.grades.highest < grade)


def _quiet(results: list[Observed]) -> list[Point]:
    """What `_by_day` makes of results that all find nothing, as those of most intervals do."""
    return [_single(results[-1], _NOTHING, is_newest=True)] if results else []


# --- the rows --------------------------------------------------------------------------------------


def _thrombocytopenia(stretch: Stretch) -> list[Point]:
    return list(_graded(stretch, Analyte.PLATELETS, 2))


def _anemia_neutropenia(stretch: Stretch) -> list[Point]:
    points = [*_hemoglobin(stretch), *_graded(stretch, Analyte.NEUTROPHILS, SEVERE)]
    return points + list(_transfusions(stretch))


def _hemoglobin(stretch: Stretch) -> Iterable[Point]:
    """For 14 days after red cells a hemoglobin that does not fire proves nothing."""
    transfused = _newest_transfusion(stretch)
    blind_days = stretch.timeline.protocol.hematology.transfusion_blinds_days
    for point in _graded(stretch, Analyte.HEMOGLOBIN, SEVERE):
        if transfused and 0 <= (point.on - transfused).days <= blind_days:
            said = f"within {blind_days} days of the red cell transfusion on {day_words(transfused)}"
            yield replace(point, is_back=False, doubt=f"hemoglobin {said} does not count")
        else:
            yield point


def _newest_transfusion(stretch: Stretch) -> date | None:
    """Of this interval or an earlier one: red cells blind the count on both sides of an infusion."""
    days = (on for on, interval in stretch.timeline.red_cells if interval <= stretch.interval)
    return max(days, default=None)


def _transfusions(stretch: Stretch) -> Iterable[Point]:
    """Red cells are grade 3 anemia, and open until a hemoglobin is drawn on that day or later."""
    drawn = [result.on for result in stretch.of(Analyte.HEMOGLOBIN)]
    for on in stretch.transfused_on:
        yield Point(
            subject=Analyte.HEMOGLOBIN,
            on=on,
            fires=True,
            is_newest=not any(day >= on for day in drawn),
            is_back=True,
            is_lab=False,
            words=f"red cells transfused on {day_words(on)}",
            worth="{}grade 3",
        )


def _renal(stretch: Stretch) -> list[Point]:
    timeline = stretch.timeline
    results = stretch.of(Analyte.CREATININE)
    base = timeline.baseline(Analyte.CREATININE)
    base_clearances = timeline.clearances_of(base) if base else ()

    def read(result: Observed) -> Finding:
        if result.reading is None:
            return _unknown(result)
        is_newest = result.on == results[-1].on
        return _read_kidneys(timeline, result, result.reading, base, base_clearances, is_newest=is_newest)

    return list(_by_day(results, read))


def _read_kidneys(
    timeline: Timeline,
    result: Observed,
    creatinine: Reading,
    base: Observed | None,
    base_clearances: tuple[Clearance, ...],
    *,
    is_newest: bool,
) -> Finding:
    """Whether they are back is asked of the newest day only."""
    limits = timeline.protocol.renal
    clearances = timeline.clearances_of(result)
    base_reading = base.reading if base else None
    low = _in_every_reading(_is_newly_low(one, base_clearances, limits.crcl_below) for one in clearances)
    rise = at_least_base(creatinine, base_reading, limits.creatinine_rise) if base_reading else None
    fall = _in_every_reading(
        one.at_most_of(before, limits.crcl_fall) for one, before in product(clearances, base_clearances)
    )
    fires = any_of(low, rise, fall)
    is_back = (
        is_newest
        and fires is not True
        and _kidneys_are_back(timeline, creatinine, clearances, base_reading, base_clearances)
    )
    if fires is False:
        return Finding(False, is_back)
    if fires is None:
        return Finding(None, is_back, doubt=_kidney_doubt(timeline, result, base_reading, clearances))
    said = _kidney_words(result, clearances, base_reading, limits.crcl_below)
    return Finding(True, is_back, words=said, worth="kidney function {}reduced")


def _kidney_words(
    result: Observed, clearances: tuple[Clearance, ...], base: Reading | None, bound: Decimal
) -> str:
    said = f"{value_words(result)} on {day_words(result.on)}"
    if clearances and clearances[0].display is not None:
        said += f", CrCl {_clearance_words(clearances[0], bound)}"
    return f"{said}, baseline {_figure(base)}" if base else said


def _clearance_words(one: Clearance, bound: Decimal) -> str:
    """To one decimal; one just below the bound that would round up to it, to two, downward."""
    if one.below(bound) and one.display == bound:
        exact = EXACT.divide(one.numerator, one.denominator)
        return f"{exact.quantize(Decimal('0.01'), ROUND_DOWN)} mL/min"
    return f"{one.display} mL/min"


def _in_every_reading(answers: Iterable[bool | None]) -> bool | None:
    """The answer if every possible weight gives the same, else None; None where there is no weight."""
    different = set(answers)
    return different.pop() if len(different) == 1 else None


def _is_newly_low(one: Clearance, before: tuple[Clearance, ...], bound: Decimal) -> bool | None:
    """One that was, or may have been, that low before the first infusion is not told by this arm."""
    low = one.below(bound)
    return None if low and any(other.below(bound) is not False for other in before) else low


def _kidneys_are_back(
    timeline: Timeline,
    creatinine: Reading,
    clearances: tuple[Clearance, ...],
    base: Reading | None,
    base_clearances: tuple[Clearance, ...],
) -> bool:
    limits = timeline.protocol.renal
    if base is None:
        return False
    back = _in_every_reading(
        one.at_least_of(before, limits.crcl_back_within)
        for one, before in product(clearances, base_clearances)
    )
    return bool(all_of(at_most_base(creatinine, base, limits.creatinine_back_within), back))


def _kidney_doubt(
    timeline: Timeline, result: Observed, base: Reading | None, clearances: tuple[Clearance, ...]
) -> str:
    if base is None:
        return "no baseline creatinine"
    if len(clearances) > 1:
        return f"more than one weight could apply to the creatinine on {day_words(result.on)}"
    if clearances:
        return "CrCl was already low before treatment, or a result has no exact value"
    if not timeline.weights_for(result.on):
        days = timeline.protocol.renal.weight_within_days
        return f"no usable weight within {days} days of the creatinine on {day_words(result.on)}"
    return "Cockcroft-Gault is not validated for this patient (under 18, or sex or date of birth unknown)"


def _hepatic(stretch: Stretch) -> list[Point]:
    timeline = stretch.timeline
    base = timeline.baseline(Analyte.BILIRUBIN)
    base_reading = base.reading if base else None
    bilirubin = _by_day(
        stretch.of(Analyte.BILIRUBIN),
        lambda result: (
            _unknown(result)
            if result.reading is None
            else _read_bilirubin(timeline, result, result.reading, base_reading)
        ),
    )
    albumin = _by_day(
        stretch.of(Analyte.ALBUMIN),
        lambda result: read_albumin(stretch, result, timeline.protocol.hepatic.albumin_below),
    )
    return [*bilirubin, *albumin]


def _read_bilirubin(timeline: Timeline, result: Observed, reading: Reading, base: Reading | None) -> Finding:
    limits = timeline.protocol.hepatic
    fires = over_high(reading, limits.bilirubin_over_uln)
    back = any_of(
        at_most_high(reading),
        at_most_base(reading, base, limits.bilirubin_back_within) if base else None,
    )
    if fires is False:
        return Finding(False, bool(back))
    said = f"{value_words(result)} on {day_words(result.on)}"
    if fires and base and base.high is not None and over_high(base) is not False:
        return Finding(None, bool(back), doubt=f"{said}, but baseline was already above normal")
    if fires is None:
        why = "upper limit of normal" if reading.high is None else "exact value"
        return Finding(None, bool(back), doubt=f"{said} has no {why}")
    worth = f"bilirubin {{}}above {limits.bilirubin_over_uln} × ULN"
    return Finding(True, bool(back), words=said, worth=worth)


def read_albumin(stretch: Stretch, result: Observed, bound: Decimal) -> Finding:
    """Albumin below the bound (g/L) counts only together with the coagulation test nearest to it."""
    low = below(result.reading, bound) if result.reading else None
    if low is False:
        return _NOTHING
    test, clots_badly, doubt = _coagulation_near(stretch, result)
    fires = all_of(low, clots_badly)
    said = f"{value_words(result)} on {day_words(result.on)}"
    if test:
        said += f" with {value_words(test)}"
    if fires is None and not doubt:
        doubt = f"{said} has no exact value" if result.reading else _unknown(result).doubt
    return Finding(
        fires,
        also=(test.id,) if test else (),
        words=said,
        doubt=doubt if fires is None else "",
        worth="albumin {}low with abnormal coagulation",
    )


def _coagulation_near(stretch: Stretch, albumin: Observed) -> tuple[Observed | None, bool | None, str]:
    """The protocol's own test within 7 days of the albumin; the other one where that is absent."""
    timeline = stretch.timeline
    own = Analyte(timeline.protocol.hepatic.coagulation)
    other = Analyte.PROTHROMBIN_ACTIVITY if own is Analyte.INR else Analyte.INR
    days = timeline.protocol.hepatic.coagulation_within_days
    for analyte in (own, other):
        near = [test for test in stretch.everywhere(analyte) if _is_near(test, albumin, days)]
        if near:
            nearest = min(near, key=lambda test: (abs(test.at - albumin.at), -test.at.timestamp()))
            return _judge_coagulation(stretch, nearest, near)
    return (
        None,
        None,
        f"low albumin on {day_words(albumin.on)} and no coagulation test within {days} days",
    )


def _is_near(test: Observed, albumin: Observed, days: int) -> bool:
    return abs((test.on - albumin.on).days) <= days


def _judge_coagulation(
    stretch: Stretch, nearest: Observed, near: list[Observed]
) -> tuple[Observed, bool | None, str]:
    timeline = stretch.timeline
    same_day = (
        [test for test in near if test.on == nearest.on and test.interval == nearest.interval]
        if nearest.interval == stretch.interval
        else [nearest]
    )
    if any(test.reading is None for test in same_day):
        return nearest, None, f"coagulation test on {day_words(nearest.on)} is not usable"
    if nearest.analyte is Analyte.INR and timeline.facts.patient.anticoagulated:
        return nearest, None, "INR does not reflect liver function on anticoagulation"
    answers = {_clots_badly(timeline, test) for test in same_day}
    if len(answers) > 1:
        return nearest, None, f"conflicting coagulation tests on {day_words(nearest.on)}"
    return nearest, answers.pop(), ""


def _clots_badly(timeline: Timeline, test: Observed) -> bool | None:
    limits = timeline.protocol.hepatic
    if test.reading is None:
        return None
    if test.analyte is Analyte.INR:
        return above(test.reading, limits.inr_above)
    return below(test.reading, limits.prothrombin_below)


def _other(stretch: Stretch) -> list[Point]:
    points = [*_graded(stretch, Analyte.AST, SEVERE), *_graded(stretch, Analyte.ALT, SEVERE)]
    for analyte in (Analyte.ALP, Analyte.GGT, Analyte.WBC):
        points += _for_a_person(stretch, analyte)
    return points + [_event_point(stretch.timeline, event) for event in severe_events(stretch)]


def _for_a_person(stretch: Stretch, analyte: Analyte) -> Iterable[Point]:
    """ALP, GGT or WBC grade 3 never fires by itself: a fifth of trial patients had GGT grade 3-4."""
    results = stretch.of(analyte)
    version = stretch.timeline.settings.ctcae or ""
    if worst_grade_of(analyte, version) < SEVERE or all(_is_certainly_under(r, SEVERE) for r in results):
        return _quiet(results)
    return _by_day(results, lambda result: _read_for_a_person(stretch, result))


def _read_for_a_person(stretch: Stretch, result: Observed) -> Finding:
    if _is_lymphopenia_alone(stretch, result):
        return _NOTHING
    if result.reading is None:
        return _unknown(result)
    grades = result.grades
    if grades is None or grades.highest < SEVERE:
        return _NOTHING
    said = f"{value_words(result)} on {day_words(result.on)}"
    if grades.lowest >= SEVERE:
        more = "" if grades.grade is not None else " or higher"
        return Finding(None, doubt=f"{said} is grade {grades.lowest}{more}")
    return Finding(None, doubt=f"{said} could be {grades_words(grades.lowest, grades.highest)}")


def _is_lymphopenia_alone(stretch: Stretch, result: Observed) -> bool:
    """WBC grade 3 with neutrophils of that draw, else of that day, at grade 1 or less is nothing."""
    if result.analyte is not Analyte.WBC:
        return False
    counts = stretch.everywhere(Analyte.NEUTROPHILS)
    of_draw = [count for count in counts if count.draw == result.draw]
    beside = of_draw or [count for count in counts if count.on == result.on]
    grades = [count.grades for count in beside]
    return bool(grades) and all(grade is not None and grade.highest <= 1 for grade in grades)


# --- adverse events --------------------------------------------------------------------------------


def counts_as_other(timeline: Timeline, event: AdverseEvent) -> bool:
    """Hematologic events are judged by their counts; hypersensitivity has a row of its own from 2024 on."""
    has_own_row = event.hypersensitivity and "hypersensitivity" in timeline.protocol.rows.names
    return not event.hematologic and not has_own_row


def severe_events(stretch: Stretch) -> list[AdverseEvent]:
    return [
        event
        for event in stretch.events
        if counts_as_other(stretch.timeline, event) and _may_be_severe(stretch.timeline, event)
    ]


def lacks_grade(event: AdverseEvent) -> bool:
    """Nobody graded it at its worst: what is left of it after it resolved is not that."""
    return event.grade is None and (event.grade_now is None or event.resolved_on is not None)


def _may_be_severe(timeline: Timeline, event: AdverseEvent) -> bool:
    return lacks_grade(event) or worst_grade(timeline, event) >= SEVERE


def worst_grade(timeline: Timeline, event: AdverseEvent) -> int:
    return max(event.grade or 0, grade_today(timeline, event))


def grade_today(timeline: Timeline, event: AdverseEvent) -> int:
    """Its grade until it resolved, then what is left of it; what is known now where no end is known."""
    if event.resolved_on is None:
        return event.grade if event.grade_now is None and event.grade else event.grade_now or 0
    if event.resolved_on <= timeline.today:
        return event.grade_now or 0
    return event.grade or 0


def _event_point(timeline: Timeline, event: AdverseEvent) -> Point:
    worst = worst_grade(timeline, event)
    is_severe = worst >= SEVERE
    is_over = event.resolved_on is not None and event.resolved_on <= timeline.today
    said = event_words(event)
    return Point(
        subject="event",
        on=event.on,
        fires=True if is_severe else None,
        is_newest=grade_today(timeline, event) >= SEVERE if is_severe else not is_over,
        is_back=True,
        is_lab=False,
        because=(event.id,) if is_severe else (),
        words=said,
        doubt="" if is_severe else f"{said} has no grade",
        worth=f"{{}}grade {worst}",
    )


def event_words(event: AdverseEvent) -> str:
    return f"{within(event.term)} on {day_words(event.on)}"


def _hypersensitivity(stretch: Stretch) -> list[Point]:
    return [
        _event_point(stretch.timeline, event)
        for event in stretch.events
        if event.hypersensitivity and _may_be_severe(stretch.timeline, event)
    ]


_READERS: dict[str, Callable[[Stretch], list[Point]]] = {
    "thrombocytopenia": _thrombocytopenia,
    "anemia-neutropenia": _anemia_neutropenia,
    "renal": _renal,
    "hepatic": _hepatic,
    "hypersensitivity": _hypersensitivity,
    "other": _other,
}
