"""Who is written to, who is in charge of what, and whom to call."""

from coordination.base.choices import Item, Owner
from coordination.documents.content import MaybeSection, Pairs, Points, Table, section
from coordination.documents.source import DocumentChart
from coordination.wording.bilingual import day, listed_in_language, lower
from coordination.wording.clinical import item_word, owner_word
from patients.models import Patient


def spoken_name_of(patient: Patient) -> str:
    return patient.spoken_name


def addressee(source: DocumentChart) -> tuple[str, ...]:
    practice = source.addressee
    if practice is None:
        return ()
    by = source.referral.referred_by_name if source.referral else ""
    is_theirs = practice.pk == source.patient.referred_by_id
    lines = [practice.name, f"Attention: {by}" if by and is_theirs else "", *practice.address.split("\n")]
    if practice.fax:
        lines.append(f"Fax {practice.fax}")
    return tuple(line for line in lines if line.strip())


def lead_section(source: DocumentChart) -> tuple[str, ...]:
    """The first lines: the patient comes back, and who stays in charge (RULES 9)."""
    name, here = spoken_name_of(source.patient), source.site.name
    if source.patient.died_on:
        return (f"{name} died on {day(source.patient.died_on)}. Nothing more is to be done on this plan.",)
    if source.is_over:
        return (
            f"{name} returns to you: you are in charge of the care from now on.",
            f"We remain available for every question{phone_in_brackets(source)}, "
            f"and take {name} back at any time.",
        )
    if source.course is None:
        return (
            f"{name} remains your patient and returns to you after treatment.",
            f"You stay in charge of the care. {here} decides with its tumor board whether to offer "
            "treatment, and changes nothing without telling you.",
        )
    return (
        f"{name} remains your patient and returns to you about five weeks after the last infusion.",
        f"Until then {here} is in charge of the infusions, their doses and radiation safety; "
        f"you stay in charge of {_owned(source)}everything else in the patient's care.",
    )


def _owned(source: DocumentChart) -> str:
    """What the addressee does within the plan, in few words."""
    practice = source.addressee.name if source.addressee else ""
    items = {task.item for task in source.tasks if task.practice and task.practice == practice}
    if center_draws(source):
        items -= {Item.PRE_DOSE_LABS, Item.NADIR_LABS}
    groups = (
        ("blood tests", {Item.PRE_DOSE_LABS, Item.NADIR_LABS}),
        ("scans", {Item.CT_MRI, Item.SSTR_PET}),
        ("the monthly somatostatin analog", {Item.MAINTENANCE_LAR, Item.LAR_LAST_BEFORE}),
    )
    owned = [word for word, names in groups if names & items]
    return f"{', '.join(owned)} and " if owned else ""


def center_draws(source: DocumentChart) -> bool:
    """Whether the blood tests before the next infusion are the center's: always while a toxicity is open."""
    return any(
        row.item == Item.PRE_DOSE_LABS
        and row.cycle_number == source.next_number
        and row.owner == Owner.CENTER
        for row in source.practice_of.values()
    )


def phone_in_brackets(source: DocumentChart) -> str:
    return f" ({source.site.phone})" if source.site.phone else ""


def until_then(source: DocumentChart) -> MaybeSection:
    return section(
        "until-then",
        "Until we write",
        Points(
            (
                "Go on with the treatment you think right, the somatostatin analog too.",
                "Tell us of any new treatment, above all of the liver, and when the patient's state changes.",
                "You can ask us before anything is decided: a call is enough.",
            )
        ),
    )


def who_does_what(source: DocumentChart) -> MaybeSection:
    """The matrix agreed with everybody [H22], owner by owner."""
    shown: dict[str, list[str]] = {}
    for task in source.tasks:
        if task.item != Item.INTERIM_SSA:
            shown.setdefault(owner_word(task.owner, task.practice), []).append(item_word(task.item))
    here = {owner_word(Owner.CENTER): source.site.name}
    rows = tuple(
        (here.get(owner, owner), listed_in_language([items[0], *(lower(item) for item in items[1:])]))
        for owner, items in shown.items()
    )
    return section("who", "Who does what", Table("Who does what", ("Who", "What"), rows))


def contact(source: DocumentChart) -> MaybeSection:
    site, navigator = source.site, source.navigator
    who = navigator.name if navigator else "The nurse navigator"
    phone = (navigator.phone if navigator else "") or site.phone
    doctors = [
        f"{member.name} ({member.get_part_display()})"
        for member in source.care_team
        if member.part in ("nuclear-medicine", "net-specialist")
    ]
    return section(
        "contact",
        "Whom to call",
        Pairs(
            (
                ("Any question", f"{who}, {site.name}{f', {phone}' if phone else ''}"),
                *((("Physicians", listed_in_language(doctors)),) if doctors else ()),
            )
        ),
        always=True,
    )
