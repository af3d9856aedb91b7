"""Something valid and dull of every model: a test states only what matters to it.

Days are fixed: the first infusion is planned for Tuesday 14 January 2025, and nothing reads the clock.
"""

import hashlib
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import factory
from factory.django import DjangoModelFactory

from coordination.base.choices import Item, Owner, Role
from coordination.base.models import (
    ApiClient,
    AuditEvent,
    AuditSeal,
    AuthenticatorApp,
    Heartbeat,
    IdempotencyKey,
    KeptForm,
    Practice,
    RecoveryCode,
    SignInTries,
    Site,
    SiteClosure,
    SiteSettings,
    User,
    UserSession,
)
from coordination.models import (
    BatchLetter,
    CalendarFeed,
    ContactPoint,
    Document,
    DocumentBatch,
    DocumentSending,
    DocumentVersion,
    HandoverNote,
    Invitation,
    MessageDelivery,
    MessageTemplate,
    ReleaseRule,
    Reminder,
    ReminderTimetable,
    ResultRelease,
    SavedFilter,
)
from labs.models import LabReport, LabResult, ReviewItem, SenderMapEntry
from patients.models import (
    Authorization,
    CareTeamMember,
    Consent,
    Diagnosis,
    Education,
    EligibilityEvidence,
    Patient,
    PatientIdentifier,
    PriorTherapy,
    Referral,
    ReferralPaper,
    ResponseAssessment,
    Responsibility,
    TumorBoardDecision,
)
from scheduling.models import (
    Action,
    AdverseEvent,
    AdverseEventInquiry,
    Attribution,
    BaselinePin,
    ChairBooking,
    Confirmation,
    ConflictNotice,
    ConflictOverride,
    ContactLog,
    Course,
    CourseConflict,
    Cycle,
    DoseOrder,
    Draw,
    DueItem,
    InfusionGiven,
    Injection,
    OrderAhead,
    PregnancyTest,
    Proposal,
    Scan,
    Signature,
    Transfusion,
    Weight,
)

FIRST_INFUSION_ON = date(2025, 1, 14)
NOW = datetime(2025, 1, 7, 17, 0, tzinfo=UTC)  # noon in New York
MRN_SYSTEM = "urn:oid:2.16.840.1.113883.3.9999.1"
PASSWORD = "four infusions, eight weeks apart"
DIGEST = hashlib.sha256(b"dull").hexdigest()


class PracticeFactory(DjangoModelFactory[Practice]):
    class Meta:
        model = Practice

    name = factory.Sequence(lambda n: f"Oncology Practice {n}")
    phone = "555-0100"


class SiteFactory(DjangoModelFactory[Site]):
    class Meta:
        model = Site

    key = factory.Sequence(lambda n: f"site-{n}")
    name = factory.Sequence(lambda n: f"Site {n}")


class SiteSettingsFactory(DjangoModelFactory[SiteSettings]):
    class Meta:
        model = SiteSettings

    site = factory.SubFactory(SiteFactory)


class SiteClosureFactory(DjangoModelFactory[SiteClosure]):
    class Meta:
        model = SiteClosure

    site = factory.SubFactory(SiteFactory)
    on = date(2025, 1, 20)
    reason = "holiday"


class UserFactory(DjangoModelFactory[User]):
    """A navigator who can sign in with PASSWORD; `sites=[site]` lets them see something."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"nurse{n}")
    full_name = factory.Sequence(lambda n: f"Nurse {n}")
    role = Role.NAVIGATOR

    class Params:
        prescriber = factory.Trait(role=Role.PRESCRIBER)
        referrer = factory.Trait(role=Role.REFERRER, practice=factory.SubFactory(PracticeFactory))

    @classmethod
    def _create(cls, model_class: type[User], *args: object, **kwargs: object) -> User:
        password = kwargs.pop("password", None)
        return model_class.objects.create_user(*args, password=password, **kwargs)

    @factory.post_generation
    def sites(self, create: bool, sites: list[Site] | None, **_: object) -> None:
        if create and sites:
            self.sites.set(sites)


class PrescriberFactory(UserFactory):
    username = factory.Sequence(lambda n: f"doctor{n}")
    full_name = factory.Sequence(lambda n: f"Doctor {n}")
    role = Role.PRESCRIBER


class ApiClientFactory(DjangoModelFactory[ApiClient]):
    class Meta:
        model = ApiClient
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"EHR {n}")
    token_hash = factory.LazyAttribute(lambda client: hashlib.sha256(client.name.encode()).hexdigest())

    @factory.post_generation
    def sites(self, create: bool, sites: list[Site] | None, **_: object) -> None:
        if create and sites:
            self.sites.set(sites)


class IdempotencyKeyFactory(DjangoModelFactory[IdempotencyKey]):
    class Meta:
        model = IdempotencyKey

    client = factory.SubFactory(ApiClientFactory)
    key = factory.Sequence(lambda n: f"key-{n}")
    body_hash = DIGEST


class AuthenticatorAppFactory(DjangoModelFactory[AuthenticatorApp]):
    class Meta:
        model = AuthenticatorApp

    user = factory.SubFactory(UserFactory)
    sealed_seed = "not a seed"


class RecoveryCodeFactory(DjangoModelFactory[RecoveryCode]):
    class Meta:
        model = RecoveryCode

    user = factory.SubFactory(UserFactory)
    code_hash = DIGEST


class UserSessionFactory(DjangoModelFactory[UserSession]):
    class Meta:
        model = UserSession

    session_key = factory.Sequence(lambda n: f"session{n}")
    session_data = "nothing"
    expire_date = NOW + timedelta(hours=12)
    user = factory.SubFactory(UserFactory)


class KeptFormFactory(DjangoModelFactory[KeptForm]):
    class Meta:
        model = KeptForm

    user = factory.SubFactory(UserFactory)
    page = "/patients/"
    sealed = "nothing"


class SignInTriesFactory(DjangoModelFactory[SignInTries]):
    class Meta:
        model = SignInTries

    key = factory.Sequence(lambda n: f"account:{n}")
    at = NOW
    waits_until = NOW


class HeartbeatFactory(DjangoModelFactory[Heartbeat]):
    class Meta:
        model = Heartbeat

    name = factory.Sequence(lambda n: f"loop-{n}")
    at = NOW


class AuditEventFactory(DjangoModelFactory[AuditEvent]):
    class Meta:
        model = AuditEvent

    at = NOW
    kind = AuditEvent.Kind.VIEW
    user = factory.SubFactory(UserFactory)
    view = "patient"


class AuditSealFactory(DjangoModelFactory[AuditSeal]):
    class Meta:
        model = AuditSeal

    number = factory.Sequence(lambda number: number + 1)
    last_id = factory.SelfAttribute("number")
    row_count = 1
    columns = ["id"]
    sealed_at = NOW
    digest = "d" * 64
    key_name = "k" * 16
    mac = "f" * 64


class PatientFactory(DjangoModelFactory[Patient]):
    class Meta:
        model = Patient

    site = factory.SubFactory(SiteFactory)
    family_name = factory.Sequence(lambda n: f"Example{n}")
    given_name = "Patient"
    birth_date = date(1960, 5, 4)
    sex = Patient.Sex.MALE
    phone = "555-0199"
    referred_by = factory.SubFactory(PracticeFactory)


class PatientIdentifierFactory(DjangoModelFactory[PatientIdentifier]):
    class Meta:
        model = PatientIdentifier

    patient = factory.SubFactory(PatientFactory)
    system = MRN_SYSTEM
    value = factory.Sequence(lambda n: f"MRN{n:05}")


class CareTeamMemberFactory(DjangoModelFactory[CareTeamMember]):
    class Meta:
        model = CareTeamMember

    patient = factory.SubFactory(PatientFactory)
    name = "Referring Oncologist"
    part = CareTeamMember.Part.REFERRING_ONCOLOGIST


class ResponsibilityFactory(DjangoModelFactory[Responsibility]):
    class Meta:
        model = Responsibility

    patient = factory.SubFactory(PatientFactory)
    item = Item.PRE_DOSE_LABS
    owner = Owner.REFERRING_PRACTICE


class ReferralFactory(DjangoModelFactory[Referral]):
    class Meta:
        model = Referral

    patient = factory.SubFactory(PatientFactory)
    practice = factory.SelfAttribute("patient.referred_by")
    received_on = date(2024, 11, 20)

    class Params:
        accepted = factory.Trait(
            state=Referral.State.ACCEPTED,
            decided_at=datetime(2024, 12, 3, 15, tzinfo=UTC),
            decided_by=factory.SubFactory(UserFactory),
        )


class ReferralPaperFactory(DjangoModelFactory[ReferralPaper]):
    class Meta:
        model = ReferralPaper

    referral = factory.SubFactory(ReferralFactory)
    kind = ReferralPaper.Kind.PATHOLOGY_REPORT
    received_on = date(2024, 11, 20)


class EligibilityEvidenceFactory(DjangoModelFactory[EligibilityEvidence]):
    class Meta:
        model = EligibilityEvidence

    patient = factory.SubFactory(PatientFactory)
    criterion = "platelets"
    answer = EligibilityEvidence.Answer.MET
    evidence_on = date(2024, 11, 20)


class TumorBoardDecisionFactory(DjangoModelFactory[TumorBoardDecision]):
    class Meta:
        model = TumorBoardDecision

    patient = factory.SubFactory(PatientFactory)
    met_on = date(2024, 12, 3)
    outcome = TumorBoardDecision.Outcome.OFFER
    attendees = factory.LazyFunction(lambda: ["Oncology", "Nuclear medicine", "Surgery"])


class DiagnosisFactory(DjangoModelFactory[Diagnosis]):
    class Meta:
        model = Diagnosis

    patient = factory.SubFactory(PatientFactory)
    primary_site = "ileum"
    ki67_percent = Decimal(5)
    grade = Diagnosis.Grade.G2
    grading_scheme = "WHO 2022"
    diagnosed_on = date(2022, 6, 1)


class PriorTherapyFactory(DjangoModelFactory[PriorTherapy]):
    class Meta:
        model = PriorTherapy

    patient = factory.SubFactory(PatientFactory)
    kind = PriorTherapy.Kind.SSA
    on = date(2022, 7, 1)


class AuthorizationFactory(DjangoModelFactory[Authorization]):
    class Meta:
        model = Authorization

    patient = factory.SubFactory(PatientFactory)
    payer = "Payer"
    starts_on = date(2024, 12, 20)
    ends_on = date(2025, 12, 19)
    doses = 4


def evidence_for_the_first_dose(patient: Patient) -> None:
    """What a person has to say before it is proposed to give it; results say the rest."""
    for criterion in ("sstr-positive", "grade", "need", "extent", "karnofsky"):
        EligibilityEvidenceFactory(
            patient=patient,
            referral=None,
            criterion=criterion,
            evidence_on=date(2024, 12, 20),
            recorded_at=datetime(2024, 12, 20, 15, tzinfo=UTC),
        )


class ConsentFactory(DjangoModelFactory[Consent]):
    class Meta:
        model = Consent

    patient = factory.SubFactory(PatientFactory)
    given_on = date(2024, 12, 20)


class EducationFactory(DjangoModelFactory[Education]):
    class Meta:
        model = Education

    patient = factory.SubFactory(PatientFactory)
    on = date(2024, 12, 20)


class ResponseAssessmentFactory(DjangoModelFactory[ResponseAssessment]):
    class Meta:
        model = ResponseAssessment

    patient = factory.SubFactory(PatientFactory)
    on = date(2025, 10, 1)
    outcome = ResponseAssessment.Outcome.STABLE


class LabReportFactory(DjangoModelFactory[LabReport]):
    class Meta:
        model = LabReport

    site = factory.SelfAttribute("patient.site")
    patient = factory.SubFactory(PatientFactory)
    source = "lab"
    message_key = factory.Sequence(lambda n: f"message-{n}")
    body_hash = DIGEST
    received_at = NOW
    next_try_at = NOW


class LabResultFactory(DjangoModelFactory[LabResult]):
    """A final platelet count of 210, usable."""

    class Meta:
        model = LabResult

    report = factory.SubFactory(LabReportFactory)
    patient = factory.SelfAttribute("report.patient")
    source = factory.SelfAttribute("report.source")
    source_id = factory.Sequence(lambda n: f"LAB{n}.777-3")
    loinc = "777-3"
    value = "210"
    unit = "10*9/L"
    low = "150"
    high = "400"
    status = "final"
    collected_at = NOW - timedelta(hours=5)
    received_at = NOW
    analyte = "platelets"
    used_value = Decimal(210)
    used_text = "210"
    used_unit = "10*9/L"
    usable = True

    class Params:
        unusable = factory.Trait(usable=False, used_value=None, used_text="", used_unit=None)


class SenderMapEntryFactory(DjangoModelFactory[SenderMapEntry]):
    """This sender's PLT is 777-3."""

    class Meta:
        model = SenderMapEntry

    client = factory.SubFactory(ApiClientFactory)
    kind = "code"
    sent = "urn:local:L|PLT"
    means = "777-3"
    made_at = NOW
    made_by = factory.SubFactory(UserFactory)


class ReviewItemFactory(DjangoModelFactory[ReviewItem]):
    class Meta:
        model = ReviewItem

    report = factory.SubFactory(LabReportFactory)
    patient = factory.SelfAttribute("report.patient")
    kind = ReviewItem.Kind.UNIT_UNKNOWN
    opened_at = NOW


class CourseFactory(DjangoModelFactory[Course]):
    class Meta:
        model = Course

    patient = factory.SubFactory(PatientFactory)
    protocol_key = "lutathera-us-2024"
    protocol_version = "1"
    started_anyway_because = "Transferred under treatment"
    started_at = datetime(2024, 12, 10, 15, tzinfo=UTC)


class CycleFactory(DjangoModelFactory[Cycle]):
    class Meta:
        model = Cycle

    course = factory.SubFactory(CourseFactory)
    number = 1
    planned_on = factory.LazyAttribute(
        lambda cycle: FIRST_INFUSION_ON + timedelta(days=56 * (cycle.number - 1))
    )


class ProposalFactory(DjangoModelFactory[Proposal]):
    """Give 7.4 GBq for the first cycle."""

    class Meta:
        model = Proposal

    course = factory.SubFactory(CourseFactory)
    cycle_number = 1
    action = Action.GIVE
    activity_gbq = Decimal("7.4")
    protocol_key = "lutathera-us-2024"
    protocol_version = "1"
    ctcae = "5.0"
    document = factory.LazyFunction(lambda: {"next_dose": {}})
    facts = factory.LazyFunction(lambda: {"format": "prrt-course/1"})
    digest = DIGEST
    as_of = NOW
    made_at = NOW


class SignatureFactory(DjangoModelFactory[Signature]):
    class Meta:
        model = Signature

    proposal = factory.SubFactory(ProposalFactory)
    signed_by = factory.SubFactory(PrescriberFactory)
    signed_at = NOW
    decision = Signature.Decision.ACCEPT
    action = factory.SelfAttribute("proposal.action")
    activity_gbq = factory.SelfAttribute("proposal.activity_gbq")
    document = factory.LazyFunction(lambda: {"next_dose": {}})


class ChairBookingFactory(DjangoModelFactory[ChairBooking]):
    class Meta:
        model = ChairBooking

    cycle = factory.SubFactory(CycleFactory)
    starts_at = NOW
    ends_at = NOW + timedelta(hours=5)
    chair = "Chair 1"
    people = factory.LazyFunction(lambda: ["Nurse Vance"])
    booked_at = NOW
    booked_by = factory.SubFactory(UserFactory)


class OrderAheadFactory(DjangoModelFactory[OrderAhead]):
    class Meta:
        model = OrderAhead

    cycle = factory.SubFactory(CycleFactory)
    activity_gbq = Decimal("7.4")
    allowed_at = NOW
    allowed_by = factory.SubFactory(PrescriberFactory)


class DoseOrderFactory(DjangoModelFactory[DoseOrder]):
    """An order that rests on a standing signature for its own cycle."""

    class Meta:
        model = DoseOrder

    cycle = factory.SubFactory(CycleFactory)
    signature = factory.SubFactory(
        SignatureFactory,
        proposal__course=factory.SelfAttribute("...cycle.course"),
        proposal__cycle_number=factory.SelfAttribute("...cycle.number"),
    )
    activity_gbq = Decimal("7.4")
    calibration_on = factory.SelfAttribute("cycle.planned_on")
    ordered_at = NOW
    ordered_by = factory.SubFactory(UserFactory)


class InfusionGivenFactory(DjangoModelFactory[InfusionGiven]):
    class Meta:
        model = InfusionGiven

    cycle = factory.SubFactory(CycleFactory)
    started_at = datetime(2025, 1, 14, 15, tzinfo=UTC)
    ended_at = datetime(2025, 1, 14, 15, 40, tzinfo=UTC)
    activity_gbq = Decimal("7.4")
    signed_gbq = Decimal("7.4")


class InjectionFactory(DjangoModelFactory[Injection]):
    class Meta:
        model = Injection

    patient = factory.SubFactory(PatientFactory)
    drug = Injection.Drug.OCTREOTIDE_LAR
    dose_mg = Decimal(30)
    given_at = datetime(2025, 1, 14, 21, tzinfo=UTC)


class ScanFactory(DjangoModelFactory[Scan]):
    class Meta:
        model = Scan

    patient = factory.SubFactory(PatientFactory)
    kind = Scan.Kind.SSTR_PET
    on = date(2024, 12, 1)


class AdverseEventFactory(DjangoModelFactory[AdverseEvent]):
    class Meta:
        model = AdverseEvent

    patient = factory.SubFactory(PatientFactory)
    term = "Nausea"
    on = date(2025, 1, 15)
    grade = 1


class AdverseEventInquiryFactory(DjangoModelFactory[AdverseEventInquiry]):
    class Meta:
        model = AdverseEventInquiry

    cycle = factory.SubFactory(CycleFactory)
    asked = AdverseEventInquiry.Asked.PATIENT
    asked_on = date(2025, 1, 13)
    asked_by = factory.SubFactory(UserFactory)
    answer = AdverseEventInquiry.Answer.NONE


class TransfusionFactory(DjangoModelFactory[Transfusion]):
    class Meta:
        model = Transfusion

    patient = factory.SubFactory(PatientFactory)
    product = Transfusion.Product.RED_CELLS
    on = date(2025, 2, 20)


class WeightFactory(DjangoModelFactory[Weight]):
    class Meta:
        model = Weight

    patient = factory.SubFactory(PatientFactory)
    kg = Decimal(75)
    on = date(2025, 1, 7)


class PregnancyTestFactory(DjangoModelFactory[PregnancyTest]):
    class Meta:
        model = PregnancyTest

    patient = factory.SubFactory(PatientFactory)
    on = date(2025, 1, 10)
    result = PregnancyTest.Result.NEGATIVE


class DrawFactory(DjangoModelFactory[Draw]):
    class Meta:
        model = Draw

    patient = factory.SubFactory(PatientFactory)
    at = datetime(2025, 2, 25, 14, tzinfo=UTC)


class AttributionFactory(DjangoModelFactory[Attribution]):
    class Meta:
        model = Attribution

    course = factory.SubFactory(CourseFactory)
    row = "other"
    cycle_number = 1
    related = False
    reason = "amino acids"
    recorded_by = factory.SubFactory(PrescriberFactory)


class ConfirmationFactory(DjangoModelFactory[Confirmation]):
    class Meta:
        model = Confirmation

    course = factory.SubFactory(CourseFactory)
    row = "renal"
    on = date(2025, 3, 4)
    resolved = True
    recorded_by = factory.SubFactory(PrescriberFactory)


class BaselinePinFactory(DjangoModelFactory[BaselinePin]):
    class Meta:
        model = BaselinePin

    course = factory.SubFactory(CourseFactory)
    analyte = "platelets"
    result = factory.SubFactory(LabResultFactory, report__patient=factory.SelfAttribute("...course.patient"))
    reason = "the later one was hemolyzed"
    recorded_by = factory.SubFactory(PrescriberFactory)


class DueItemFactory(DjangoModelFactory[DueItem]):
    class Meta:
        model = DueItem

    course = factory.SubFactory(CourseFactory)
    item = Item.BASELINE_LABS
    cycle_number = 1
    opens_on = date(2024, 12, 31)
    target_on = date(2025, 1, 2)
    closes_on = date(2025, 1, 3)
    owner = Owner.REFERRING_PRACTICE


class ContactLogFactory(DjangoModelFactory[ContactLog]):
    class Meta:
        model = ContactLog

    patient = factory.SubFactory(PatientFactory)
    at = NOW
    channel = ContactLog.Channel.PHONE
    with_whom = "practice nurse"
    outcome = ContactLog.Outcome.REACHED


class CourseConflictFactory(DjangoModelFactory[CourseConflict]):
    class Meta:
        model = CourseConflict

    course = factory.SubFactory(CourseFactory)
    code = "interval-short"
    cycle_number = 2
    severity = CourseConflict.Severity.BLOCK
    text = "Infusion 2 is planned 48 days after infusion 1; at least 49 are needed."
    digest = DIGEST
    found_at = NOW


class ConflictNoticeFactory(DjangoModelFactory[ConflictNotice]):
    class Meta:
        model = ConflictNotice

    conflict = factory.SubFactory(CourseConflictFactory)
    user = factory.SubFactory(UserFactory)
    told_at = NOW


class ConflictOverrideFactory(DjangoModelFactory[ConflictOverride]):
    class Meta:
        model = ConflictOverride

    course = factory.SubFactory(CourseFactory)
    code = "interval-short"
    cycle_number = 2
    digest = DIGEST
    reason = "holiday; agreed with the prescriber"
    recorded_by = factory.SubFactory(UserFactory)


class HandoverNoteFactory(DjangoModelFactory[HandoverNote]):
    class Meta:
        model = HandoverNote

    site = factory.SubFactory(SiteFactory)
    text = "Call back"
    written_by = factory.SubFactory(UserFactory)
    written_at = NOW
    expires_at = NOW + timedelta(hours=12)


class SavedFilterFactory(DjangoModelFactory[SavedFilter]):
    class Meta:
        model = SavedFilter

    owner = factory.SubFactory(UserFactory)
    name = factory.Sequence(lambda n: f"View {n}")
    query = factory.LazyFunction(lambda: {"group": ["overdue"]})


class ContactPointFactory(DjangoModelFactory[ContactPoint]):
    """The e-mail address of a practice, verified and agreed to."""

    class Meta:
        model = ContactPoint

    practice = factory.SubFactory(PracticeFactory)
    channel = "email"
    address = factory.Sequence(lambda n: f"desk{n}@practice.example")
    verified_at = NOW - timedelta(days=30)
    verified_how = "confirmed by the receiver"
    agreed_at = NOW - timedelta(days=30)
    agreed_how = "by phone"

    class Params:
        of_user = factory.Trait(practice=None, user=factory.SubFactory(UserFactory))
        of_patient = factory.Trait(practice=None, patient=factory.SubFactory(PatientFactory))


class MessageTemplateFactory(DjangoModelFactory[MessageTemplate]):
    class Meta:
        model = MessageTemplate

    site = factory.SubFactory(SiteFactory)
    kind = "practice-ahead"
    channel = "email"
    language = "en"
    subject = "Something is needed by $until"
    body = "For $initials: $link $stop"


class ReminderTimetableFactory(DjangoModelFactory[ReminderTimetable]):
    class Meta:
        model = ReminderTimetable

    site = factory.SubFactory(SiteFactory)


class MessageDeliveryFactory(DjangoModelFactory[MessageDelivery]):
    """A reminder to a practice that waits to be sent."""

    class Meta:
        model = MessageDelivery

    patient = factory.SubFactory(PatientFactory)
    site = factory.SelfAttribute("patient.site")
    contact = factory.SubFactory(ContactPointFactory, practice=factory.SelfAttribute("..patient.referred_by"))
    made_at = NOW
    send_after = NOW


class ReminderFactory(DjangoModelFactory[Reminder]):
    class Meta:
        model = Reminder

    due_item = factory.SubFactory(DueItemFactory)
    patient = factory.SelfAttribute("due_item.course.patient")
    delivery = factory.SubFactory(MessageDeliveryFactory, patient=factory.SelfAttribute("..patient"))
    contact = factory.SelfAttribute("delivery.contact")
    moment = "overdue"
    days = 1
    receiver = "owner"
    anchor_on = date(2025, 1, 3)
    due_at = NOW
    made_at = NOW


class InvitationFactory(DjangoModelFactory[Invitation]):
    class Meta:
        model = Invitation

    site = factory.SubFactory(SiteFactory)
    practice = factory.SubFactory(PracticeFactory)
    full_name = "Dr. Lena Moss"
    email = "moss@practice.example"
    token_hash = factory.Sequence(lambda n: hashlib.sha256(f"invitation {n}".encode()).hexdigest())
    invited_at = NOW
    invited_by = factory.SubFactory(UserFactory)
    expires_at = NOW + timedelta(days=14)


class ReleaseRuleFactory(DjangoModelFactory[ReleaseRule]):
    class Meta:
        model = ReleaseRule

    site = factory.SubFactory(SiteFactory)
    kind = ReleaseRule.Kind.TUMOR_MARKER
    release = ReleaseRule.Release.AT_ONCE


class ResultReleaseFactory(DjangoModelFactory[ResultRelease]):
    class Meta:
        model = ResultRelease

    result = factory.SubFactory(LabResultFactory)
    at = NOW
    by = factory.SubFactory(UserFactory)


class CalendarFeedFactory(DjangoModelFactory[CalendarFeed]):
    class Meta:
        model = CalendarFeed

    user = factory.SubFactory(UserFactory, referrer=True)
    made_at = NOW


class DocumentFactory(DjangoModelFactory[Document]):
    """A treatment plan that nobody has signed."""

    class Meta:
        model = Document

    kind = Document.Kind.PLAN
    patient = factory.SubFactory(PatientFactory)
    site = factory.SelfAttribute("patient.site")
    created_at = NOW
    created_by = factory.SubFactory(UserFactory)


class DocumentVersionFactory(DjangoModelFactory[DocumentVersion]):
    class Meta:
        model = DocumentVersion

    document = factory.SubFactory(DocumentFactory)
    number = 1
    made_at = NOW
    signed_by = factory.SubFactory(PrescriberFactory)
    language = factory.SelfAttribute("document.language")
    digest = DIGEST
    pdf = b"dull"
    sha256 = DIGEST


class DocumentSendingFactory(DjangoModelFactory[DocumentSending]):
    class Meta:
        model = DocumentSending

    version = factory.SubFactory(DocumentVersionFactory)
    channel = DocumentSending.Channel.PRINT
    at = NOW
    by = factory.SubFactory(UserFactory)
    to = "the patient"


class DocumentBatchFactory(DjangoModelFactory[DocumentBatch]):
    class Meta:
        model = DocumentBatch

    site = factory.SubFactory(SiteFactory)
    kind = Document.Kind.PLAN
    started_at = NOW
    started_by = factory.SubFactory(PrescriberFactory)


class BatchLetterFactory(DjangoModelFactory[BatchLetter]):
    """A letter that waits to be written."""

    class Meta:
        model = BatchLetter

    batch = factory.SubFactory(DocumentBatchFactory, site=factory.SelfAttribute("..patient.site"))
    patient = factory.SubFactory(PatientFactory)
