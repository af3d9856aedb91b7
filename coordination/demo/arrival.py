"""From the referral to everything that the first infusion needs but its blood tests."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from coordination.demo.addresses import give_address_of
from coordination.demo.days import ONE_DAY, weekday_from, weekday_within
from coordination.demo.sites_and_people import MRN_SYSTEM
from coordination.demo.steps import Act, Steps
from coordination.flows import referral
from patients import actions as patients
from patients.models import (
    Authorization,
    CareTeamMember,
    Consent,
    PriorTherapy,
    ReferralPaper,
    TumorBoardDecision,
)
from scheduling import actions
from scheduling.models import (
    Scan,
)

PAPERS = tuple(kind for kind in ReferralPaper.Kind if kind != ReferralPaper.Kind.OTHER)


class Arrival(Steps):
    """A patient comes to the center."""

    # --- referral ---------------------------------------------------------------------------------

    def referred(
        self,
        on: date,
        *,
        lacking: Sequence[str] = (),
        uptake: str = "above-liver",
        sstr_on: date | None = None,
        differentiation: str = "well",
    ) -> None:
        """Registered, referred, with papers, history and the practice's blood tests.

        `lacking` names papers that did not come, and fields of the diagnosis that the report leaves out.
        """
        person, by = self.person, self.navigator
        now = self.at(on, "09:20")
        self._patient = patients.register_patient(
            site=self.site,
            family_name=person.family,
            given_name=person.given,
            birth_date=person.born,
            sex=person.sex,
            by=by,
            now=now,
            identifiers=[(MRN_SYSTEM, self.mrn)],
            phone=f"212-555-01{int(self.mrn[-2:]):02}",
            language=person.language,
            pregnancy_possible=person.pregnancy_possible,
            anticoagulated=person.anticoagulated,
            allergies=person.allergies,
            referred_by=self.practice,
        )
        self._join_care_team(on)
        self._referral = referral.receive_referral(
            self.patient,
            practice=self.practice,
            received_on=on,
            by=by,
            referred_by_name=f"Oncologist at {self.practice.name}",
            came_through="fax",
            reason="Progression on a long-acting somatostatin analog",
        )
        self.visit(
            on,
            "10:05",
            self._papers(on, lacking),
            self._diagnosis(on, lacking, differentiation),
            self._history(on, lacking),
            self._imaging(on, lacking, uptake, sstr_on or on - timedelta(20)),
            self._performance(on),
            self._weight(on - ONE_DAY),
        )
        if "labs" not in lacking:
            self.labs(on, clock="13:30", drawn_on=weekday_within(on - timedelta(4), on - ONE_DAY))

    def _join_care_team(self, on: date) -> None:
        part = CareTeamMember.Part
        for name, of_part, practice in (
            (f"Oncologist at {self.practice.name}", part.REFERRING_ONCOLOGIST, self.practice),
            (self.navigator.full_name, part.NAVIGATOR, None),
            (self.prescriber.full_name, part.NUCLEAR_MEDICINE, None),
        ):
            patients.join_care_team(
                self.patient,
                name=name,
                part=of_part,
                by=self.navigator,
                practice=practice,
                phone=self.practice.phone if practice else self.site.phone,
                since=on,
            )

    def _papers(self, on: date, lacking: Sequence[str]) -> Act:
        def act(now: datetime) -> None:
            for kind in PAPERS:
                if kind not in lacking:
                    patients.receive_paper(
                        self.referral,
                        kind=kind,
                        received_on=on,
                        dated_on=on - timedelta(20),
                        by=self.navigator,
                        now=now,
                    )

        return act

    def _diagnosis(self, on: date, lacking: Sequence[str], differentiation: str) -> Act:
        stated = {
            "t_stage": "T3",
            "n_stage": "N1",
            "m_stage": "M1",
            "stage_group": "IV",
            "metastases": "liver, lymph nodes",
            "functioning": "no",
            "differentiation": differentiation,
            "mitoses_per_2mm2": Decimal(3),
            "ki67_percent": Decimal(self.person.ki67),
            "markers": "chromogranin A, synaptophysin positive",
            "grading_scheme": "WHO 2022",
            "pathology_on": on - timedelta(400),
            "diagnosed_on": on - timedelta(400),
        }
        told = {name: value for name, value in stated.items() if name not in lacking}
        return lambda now: patients.record_diagnosis(
            self.patient, primary_site=self.person.primary, by=self.navigator, now=now, **told
        )

    def _history(self, on: date, lacking: Sequence[str]) -> Act:
        def act(now: datetime) -> None:
            patients.record_therapy(
                self.patient,
                kind=PriorTherapy.Kind.SSA,
                name="Octreotide LAR 30 mg monthly",
                on=on - timedelta(380),
                progressed=True,
                details="liver metastases grew on CT",
                by=self.navigator,
                now=now,
            )
            if "last-injection" not in lacking:
                self._lar(now, on - timedelta(15))

        return act

    def _imaging(self, on: date, lacking: Sequence[str], uptake: str, sstr_on: date) -> Act:
        def act(now: datetime) -> None:
            for kind, day, modality, seen in (
                (Scan.Kind.SSTR_PET, sstr_on, "Ga-68 DOTATATE PET/CT", uptake),
                (Scan.Kind.CT_MRI, on - timedelta(18), "CT with contrast", None),
            ):
                if kind not in lacking:
                    actions.record_scan(
                        self.patient,
                        kind=kind,
                        on=day,
                        modality=modality,
                        uptake=seen,
                        by=self.navigator,
                        now=now,
                    )

        return act

    def _performance(self, on: date) -> Act:
        def act(now: datetime) -> None:
            for criterion, value, evidence in (
                ("karnofsky", "80", "clinic note of the referring practice"),
                ("extent", "", "imaging: neither liver nor bone extensively involved"),
            ):
                patients.record_evidence(
                    self.patient,
                    referral=self.referral,
                    criterion=criterion,
                    answer="met",
                    value=value,
                    evidence=evidence,
                    evidence_on=on - timedelta(10),
                    by=self.navigator,
                    now=now,
                )

        return act

    def checked(self, on: date) -> None:
        self.at(on, "14:10")
        referral.check_referral(self.referral, by=self.navigator)

    def discussed(self, on: date, outcome: str = TumorBoardDecision.Outcome.OFFER, **said: Any) -> None:
        attendees = ["Oncology", "Nuclear medicine", "Surgery", "Radiology", "Pathology"]
        self.visit(
            on,
            "16:00",
            lambda now: patients.decide_at_board(
                self.patient,
                referral=self.referral,
                met_on=on,
                outcome=outcome,
                attendees=attendees,
                by=self.prescriber,
                now=now,
                **{"rationale": "SSTR-positive, progressing on first-line SSA"} | said,
            ),
        )

    def accepted(self, on: date, first_on: date | None = None, protocol: str = "") -> None:
        self._course = referral.accept_referral(
            self.referral,
            by=self.prescriber,
            now=self.at(on, "16:40"),
            first_on=first_on,
            protocol_key=protocol,
        )

    # --- before the first infusion ----------------------------------------------------------------

    def begun(
        self,
        first_on: date,
        *,
        protocol: str = "",
        sstr_on: date | None = None,
        authorized_until: date | None = None,
    ) -> None:
        """From the referral to everything that the first infusion needs but its blood tests."""
        on = weekday_from(first_on - timedelta(44))
        self.referred(on, sstr_on=sstr_on)
        self.checked(weekday_from(on + ONE_DAY))
        self.discussed(weekday_from(on + timedelta(5)))
        self.accepted(weekday_from(on + timedelta(7)), first_on, protocol)
        prepared_on = weekday_within(first_on - timedelta(21), first_on - timedelta(18))
        self.visit(prepared_on, "10:30", *self._paperwork(prepared_on, first_on, authorized_until))

    def _paperwork(self, on: date, first_on: date, authorized_until: date | None) -> tuple[Act, ...]:
        year = timedelta(365)
        return (
            lambda now: patients.record_authorization(
                self.patient,
                state=Authorization.State.GRANTED,
                starts_on=first_on - timedelta(20),
                ends_on=authorized_until or first_on + year,
                payer="Example Health Plan",
                number=f"AUTH-{self.mrn[-5:]}",
                doses=4,
                by=self.navigator,
                now=now,
            ),
            lambda now: patients.give_consent(
                self.patient, given_on=on, form_version="2026-1", by=self.prescriber, now=now
            ),
            lambda now: patients.give_consent(
                self.patient, given_on=on, kind=Consent.Kind.MESSAGES, by=self.navigator, now=now
            ),
            lambda now: give_address_of(self.patient, mrn=self.mrn, by=self.navigator, now=now),
            lambda now: patients.teach(
                self.patient,
                on=on,
                language=self.person.language,
                taught_by=self.navigator.full_name,
                understood=True,
                by=self.navigator,
                now=now,
            ),
            lambda now: self._lar(now, weekday_within(first_on - timedelta(34), first_on - timedelta(31))),
        )
