"""Before a course: what arrives, what is asked for, what is decided."""

from datetime import date
from decimal import Decimal

from coordination.demo.person import DemoPatient
from coordination.demo.story import DemoStory
from coordination.demo.walk import Walk
from coordination.documents.delivery_channels import DeliveryChannel
from coordination.flows import referral
from patients.models import ReferralPaper, TumorBoardDecision
from scheduling.models import ContactLog

Paper = ReferralPaper.Kind


def _received(walk: Walk) -> None:
    walk.referred(walk.days.ago(1), lacking=(Paper.PATHOLOGY_REPORT, Paper.SSTR_IMAGES, "labs"))


def _information_needed(walk: Walk) -> None:
    missing = (Paper.CT_MRI_IMAGES, Paper.PATHOLOGY_REPORT, "ki67_percent", "pathology_on", "last-injection")
    walk.referred(walk.days.ago(13), lacking=missing)
    walk.checked(walk.days.ago(12))
    walk.wrote("please-send", walk.days.ago(12), way=DeliveryChannel.MAIL_LINK)
    walk.called(walk.days.ago(8), ContactLog.Outcome.LEFT_MESSAGE, "asked for the pathology report")
    walk.called(walk.days.ago(3), ContactLog.Outcome.REACHED, "images will come on a disc this week")


def _before_the_board(walk: Walk) -> None:
    walk.referred(walk.days.ago(9))
    walk.checked(walk.days.ago(8))


def _deferred(walk: Walk) -> None:
    walk.referred(walk.days.ago(24))
    walk.checked(walk.days.ago(23))
    walk.discussed(
        walk.days.ago(6),
        TumorBoardDecision.Outcome.DEFER,
        rationale="Two lesions show little uptake",
        deferred_for="Are the two FDG-avid liver lesions biopsied?",
        comes_back_on=walk.days.open_at(8, 9, 7),
        bad_berka_score=Decimal("6"),
        bad_berka_components={"Karnofsky": 2, "SSTR uptake": 2, "tumor burden": 2},
    )


def _accepted(walk: Walk) -> None:
    walk.referred(walk.days.ago(20))
    walk.checked(walk.days.ago(19))
    walk.discussed(walk.days.ago(6))
    walk.accepted(walk.days.ago(4))


def _declined(walk: Walk) -> None:
    walk.referred(walk.days.ago(30), differentiation="poor")
    walk.checked(walk.days.ago(29))
    walk.discussed(
        walk.days.ago(20),
        TumorBoardDecision.Outcome.DECLINE,
        rationale="Poorly differentiated carcinoma, Ki-67 70 %: chemotherapy first",
    )
    referral.decline_referral(
        walk.referral,
        by=walk.prescriber,
        now=walk.at(walk.days.ago(19), "09:30"),
        because="Poorly differentiated carcinoma (Ki-67 70 %): chemotherapy is advised first.",
    )


STORIES = (
    DemoStory(
        "referral-received",
        "Referral received yesterday; papers not yet checked",
        DemoPatient("Amara", "Baobab", "female", date(1958, 3, 9), practice="riverside"),
        _received,
    ),
    DemoStory(
        "information-needed",
        "Referral waits for pathology with Ki-67, CT images and the last injection",
        DemoPatient("Tomasz", "Jesion", "male", date(1951, 11, 2), practice="maple", laboratory="community"),
        _information_needed,
    ),
    DemoStory(
        "before-the-board",
        "Referral complete, waiting for the tumor board",
        DemoPatient(
            "Ingrid", "Birkelund", "female", date(1963, 6, 17), practice="northfield", primary="pancreas"
        ),
        _before_the_board,
    ),
    DemoStory(
        "board-deferred",
        "Tumor board deferred for a question; comes back by itself",
        DemoPatient("Wei", "Bamboo", "male", date(1969, 1, 25), practice="riverside", ki67="12"),
        _deferred,
    ),
    DemoStory(
        "accepted",
        "Accepted, first infusion not scheduled yet",
        DemoPatient("Lucía", "Jacaranda", "female", date(1972, 8, 30), practice="maple", language="es"),
        _accepted,
    ),
    DemoStory(
        "declined",
        "Declined: poorly differentiated carcinoma, Ki-67 70 %",
        DemoPatient("Gordon", "Blackthorn", "male", date(1949, 4, 12), practice="northfield", ki67="70"),
        _declined,
    ),
)
