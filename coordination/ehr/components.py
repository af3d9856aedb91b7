"""The parts of the OpenAPI document: what goes in and what comes out, in JSON schema."""

from typing import Any

Schema = dict[str, Any]


def ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def text(description: str = "", **more: Any) -> Schema:
    return {"type": "string"} | ({"description": description} if description else {}) | more


def nullable(schema: Schema) -> Schema:
    return schema | {"nullable": True}


def array_of(items: Schema, **more: Any) -> Schema:
    return {"type": "array", "items": items} | more


def thing(required: tuple[str, ...] = (), *, is_open: bool = False, **properties: Schema) -> Schema:
    written: Schema = {"type": "object", "properties": properties, "additionalProperties": is_open}
    return written | ({"required": list(required)} if required else {})


FIGURE: Schema = {
    "description": "A decimal: as text, so that nothing rounds it, or as a JSON number, taken exactly.",
    "oneOf": [{"type": "string", "maxLength": 1000}, {"type": "number"}],
    "nullable": True,
}
INSTANT = text("With its offset from UTC.", format="date-time")
MOMENT_OR_DAY: Schema = {
    "description": "With its offset from UTC; or a day alone: that day at the patient's center.",
    "oneOf": [{"type": "string", "format": "date-time"}, {"type": "string", "format": "date"}],
    "nullable": True,
}
STATES = ["created", "updated", "unchanged", "superseded", "review", "refused"]

COMPONENTS: dict[str, dict[str, Schema]] = {
    "schemas": {
        "Problem": thing(
            ("type", "title", "status", "detail", "code"),
            is_open=True,
            type=text("The page that says what the code means.", format="uri"),
            title=text(),
            status={"type": "integer"},
            detail=text(),
            code=text("The kind of problem, in a word that stays."),
            instance=text("The request, by its X-Request-Id."),
            errors=array_of(thing(("pointer", "code", "detail"), pointer=text(), code=text(), detail=text())),
        ),
        "IncomingResult": thing(
            ("id", "status"),
            id=text("The sender's own id of the result; the same in every correction.", maxLength=255),
            code=thing(
                ("system", "code"),
                system=text("http://loinc.org; another system goes to review."),
                code=text(maxLength=60),
                text=text(maxLength=200),
            ),
            value=FIGURE,
            comparator=nullable(text(enum=["<", "<=", ">", ">=", None])),
            unit=nullable(text("As the laboratory writes it.", maxLength=60)),
            low=FIGURE,
            high=FIGURE,
            range_text=nullable(text(maxLength=200)),
            status=text(
                enum=[
                    "registered",
                    "preliminary",
                    "final",
                    "amended",
                    "corrected",
                    "cancelled",
                    "entered-in-error",
                    "unknown",
                ]
            ),
            absent_reason=nullable(text(maxLength=60)),
            note=nullable(text(maxLength=10_000)),
            collected_at=MOMENT_OR_DAY,
            replaces=nullable(text("An earlier result of another id that this one replaces.")),
        ),
        "IncomingReport": thing(
            ("patient", "results"),
            patient=thing(
                ("system", "value"),
                system=text("The assigning authority.", maxLength=200),
                value=text("The number.", maxLength=100),
                birth_date=nullable(text("Checked against the record when sent.", format="date")),
                family_name=nullable(text("Checked against the record when sent.")),
            ),
            order=thing(placer=nullable(text(maxLength=100)), filler=nullable(text(maxLength=100))),
            collected_at=MOMENT_OR_DAY,
            reported_at=nullable(INSTANT),
            results=array_of(ref("IncomingResult"), minItems=1, maxItems=500),
        ),
        "ResultOutcome": thing(
            ("id", "state"),
            id=nullable(text()),
            state=text(enum=STATES),
            usable={"type": "boolean", "description": "False: stored, and no rule uses it."},
            canonical=thing(
                value=text(), unit=nullable(text()), comparator=text(enum=["<", "<=", ">", ">="])
            ),
            reason=text("Why it was refused, or why no rule uses it."),
            type=text("The page that says what the reason means, when refused.", format="uri"),
            pointer=text("Where in the body, when refused."),
            detail=text(),
        ),
        "ReportOutcome": thing(
            is_open=True,
            status={"type": "integer", "description": "In a batch: what it would have been alone."},
            accepted={"type": "integer"},
            items=array_of(ref("ResultOutcome")),
            assessment=thing(state=text(enum=["queued", "unchanged", "no-course"]), gate=text()),
            parked=text("Kept for a person: nobody knows whose it is.", enum=["patient-unknown"]),
            reports=array_of({"type": "object"}),
        ),
        "ReportProblem": {"allOf": [ref("Problem"), ref("ReportOutcome")]},
        "Patient": thing(
            id=text(format="uuid"),
            identifiers=array_of(thing(system=text(), value=text())),
            family_name=text(),
            given_name=text(),
            birth_date=nullable(text(format="date")),
            sex=text(),
            died_on=nullable(text(format="date")),
            site=text(),
            gate=text(),
            course_file=text(),
        ),
        "Signature": thing(
            ("state",),
            state=text(enum=["unsigned", "signed", "withdrawn"]),
            by=text(),
            at=text(format="date-time"),
            decision=text(enum=["accept", "override"]),
            action=text(enum=["give", "hold", "stop"]),
            activity_gbq=nullable(text()),
            reason=nullable(text()),
            withdrawn_at=nullable(text(format="date-time")),
            withdrawn_because=text(),
        ),
        "Gate": thing(
            ("next_dose", "signature"),
            is_open=True,
            next_dose=thing(is_open=True, action=text(), cycle=nullable({"type": "integer"})),
            signature=ref("Signature"),
            course=thing(id=text(format="uuid"), state=text(), because=text()),
            waiting=array_of(
                thing(
                    ("text",),
                    analyte=nullable(text()),
                    name=text(),
                    collected_at=nullable(text(format="date-time")),
                    reason=text(),
                    text=text(),
                )
            ),
        ),
    }
}
COMPONENTS["schemas"]["IncomingReports"] = {
    "oneOf": [
        ref("IncomingReport"),
        array_of(ref("IncomingReport"), minItems=1),
        thing(("reports",), reports=array_of(ref("IncomingReport"), minItems=1)),
    ]
}
