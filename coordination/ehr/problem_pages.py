"""What each problem code means and what its receiver does: a page for each, under /problems/.

A test holds the codes that the doors raise against this table.
"""

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@dataclass(frozen=True, slots=True)
class Meaning:
    title: str
    means: str
    do: str
    status: str = ""  # of the whole answer; empty where it is about one result


KEPT = "The message was kept, and staff were asked to look at it."

OF_THE_MESSAGE: dict[str, Meaning] = {
    "some-refused": Meaning(
        "Stored in part",
        "Some results or reports were stored and others were not. Each one that was not has its own entry in"
        f" errors, with the place in the message and the reason. {KEPT}",
        "Correct what the errors name and send it under a new Idempotency-Key. What was already stored may be"
        " sent again: it is answered as unchanged.",
        "207",
    ),
    "none-stored": Meaning(
        "No result stored",
        f"The message could be read, but none of its results can be stored as a result. {KEPT}",
        "Correct what the errors name and send it under a new Idempotency-Key.",
        "422",
    ),
    "malformed": Meaning(
        "Report not readable",
        "The message is JSON, but no report can be read from it: a field is missing, misspelled or of the"
        f" wrong type. {KEPT}",
        "Compare the place that errors names with the description of the call, and send it again.",
        "400",
    ),
    "too-many-results": Meaning(
        "Too many results",
        f"One message holds at most 500 results. Nothing of it was stored as a result. {KEPT}",
        "Send it in parts.",
        "422",
    ),
    "patient-unknown": Meaning(
        "Unknown patient",
        "No patient with this number is known at the sites of this API client, or it may not use numbers of"
        f" this assigning authority. {KEPT}",
        "Check the number and its system. Once the patient is registered, send the same message again, under"
        " the same Idempotency-Key or a new one; or leave it to the staff, who can assign the message.",
        "422",
    ),
    "identity-mismatch": Meaning(
        "Patient identity mismatch",
        "A patient with this number is known, but the birth date or family name differs from the record."
        f" Nothing was stored for that patient. {KEPT}",
        "Check whose result it is. If the record is wrong, staff correct it; then send it again.",
        "409",
    ),
    "idempotency-key-missing": Meaning(
        "Idempotency-Key missing",
        f"Every message needs its own Idempotency-Key, so that it is not stored twice. {KEPT}",
        "Send the header, with a new value for each message and the same value when you try again.",
        "400",
    ),
    "idempotency-key-invalid": Meaning(
        "Idempotency-Key invalid",
        f"The key is longer than 200 characters or holds something other than visible ASCII. {KEPT}",
        "Use a UUID, for example.",
        "400",
    ),
    "idempotency-key-reused": Meaning(
        "Idempotency-Key used before",
        f"Another message came under this key in the last seven days, so this one was not processed. {KEPT}",
        "Send this message under a key of its own.",
        "422",
    ),
    "in-progress": Meaning(
        "Being processed",
        "The same call is being answered at this moment.",
        "Wait as long as Retry-After says and send it again under the same key.",
        "409",
    ),
    "body-missing": Meaning(
        "Empty message", "The call came without a body.", "Send the report as JSON.", "400"
    ),
    "body-incomplete": Meaning(
        "Message incomplete",
        "The connection ended before the whole message had arrived. Nothing was kept.",
        "Send it again under the same Idempotency-Key.",
        "400",
    ),
    "body-unreadable": Meaning(
        "Not JSON",
        "The message is not valid JSON in UTF-8, names a key twice in one object, is nested deeper than 32"
        f" levels, or holds the zero character. {KEPT}",
        "The detail names the place. Correct it and send it again.",
        "400",
    ),
    "length-required": Meaning(
        "Length required",
        "The server in front of Fourfold does not accept chunked messages.",
        "Send a Content-Length.",
        "411",
    ),
    "too-large": Meaning(
        "Message too large",
        "A message may have 2 MB. Only the beginning of this one was kept, and staff were asked to look.",
        "Send it in parts.",
        "413",
    ),
    "not-json": Meaning(
        "Not sent as JSON",
        f"The Content-Type of the message is not application/json. {KEPT}",
        "Send Content-Type: application/json.",
        "415",
    ),
    "compressed": Meaning(
        "Compressed message",
        f"The message came with a Content-Encoding. {KEPT}",
        "Send it uncompressed.",
        "415",
    ),
    "identifier-invalid": Meaning(
        "Identifier not readable",
        "A patient is found by one identifier, written SYSTEM|VALUE.",
        "Send identifier once, with both parts.",
        "400",
    ),
    "unknown-parameter": Meaning(
        "Unknown parameter",
        "The address holds a parameter that this call does not know.",
        "Remove it: it would have no effect, and you may think it has.",
        "400",
    ),
    "token-missing": Meaning(
        "Token missing",
        "The call came without a token.",
        "Send Authorization: Bearer TOKEN.",
        "401",
    ),
    "not-authenticated": Meaning(
        "Not authenticated",
        "The call came without a token.",
        "Send Authorization: Bearer TOKEN.",
        "401",
    ),
    "token-unknown": Meaning(
        "Unknown token",
        "No API client has this token: it is misspelled, was replaced, or its client was ended.",
        "Ask the administrator of the center for a new one.",
        "401",
    ),
    "token-expired": Meaning(
        "Token expired",
        "The last day of this token is over.",
        "Ask the administrator of the center to rotate it.",
        "401",
    ),
    "scope-missing": Meaning(
        "Scope missing",
        "This API client may not make this call. The detail names the scope that it lacks.",
        "Ask the administrator of the center for the scope.",
        "403",
    ),
    "not-allowed": Meaning(
        "Not allowed", "This API client may not do this.", "Ask the administrator of the center.", "403"
    ),
    "forbidden": Meaning(
        "Forbidden", "This token or role may not do this.", "Ask the administrator of the center.", "403"
    ),
    "not-found": Meaning(
        "Not found",
        "There is nothing at this address, or it belongs to a patient of another site.",
        "Check the address. A patient's addresses are in the answer of GET /api/v1/patients.",
        "404",
    ),
    "method-not-allowed": Meaning(
        "Method not allowed", "This address takes other methods.", "See the header Allow.", "405"
    ),
    "out-of-date": Meaning(
        "Changed meanwhile",
        "Somebody else changed it after you read it.",
        "Read it again, and then decide.",
        "409",
    ),
    "refused": Meaning(
        "Refused", "A rule of the center stands against it. The detail says which.", "See the detail.", "422"
    ),
    "too-many-requests": Meaning(
        "Too many calls",
        "This API client made more calls in a minute than it may.",
        "Wait as long as Retry-After says.",
        "429",
    ),
    "bad-request": Meaning("Bad request", "The call could not be read.", "Check the address.", "400"),
    "internal-error": Meaning(
        "Internal error",
        "Fourfold failed. Nothing of the call was stored.",
        "Send it again under the same Idempotency-Key. If it happens again, give the center the request id.",
        "500",
    ),
}

OF_A_RESULT: dict[str, Meaning] = {
    "missing": Meaning("Missing", "A required field is missing or empty.", "Fill it."),
    "empty": Meaning("Empty list", "The list holds no report or no result.", "Send at least one."),
    "unknown-field": Meaning(
        "Unknown field",
        "A field has a name that is not known here. It is not ignored, because a misspelled field can change"
        " what a value means.",
        "Correct the name or leave the field out. The detail lists the names that are known.",
    ),
    "type": Meaning(
        "Wrong type", "The field holds another type of JSON value than it should.", "The detail says which."
    ),
    "number": Meaning(
        "Not a number",
        "A number has a sign, up to 20 digits, a decimal point and up to 20 more. A JSON number may have an"
        " exponent, as long as the result fits into these digits; text may not. NaN and Infinity are no"
        " numbers.",
        "Send the figure as the report prints it, as text.",
    ),
    "date": Meaning(
        "Not a date",
        "The date or time does not exist, or is written in another form.",
        "Write 2026-11-20T08:30:00-05:00, or 2026-11-20 for a day.",
    ),
    "time-zone": Meaning(
        "Offset missing",
        "The time says no offset from UTC, so nobody knows which moment it is.",
        "Write 2026-11-20T08:30:00-05:00.",
    ),
    "choice": Meaning("Not one of the choices", "The field knows only certain words.", "See the detail."),
    "too-long": Meaning("Too long", "The text is longer than the field allows.", "The detail says how long."),
    "id-repeated": Meaning(
        "Id used twice",
        "Two results of one report have the same id, so neither was stored: it is unclear which one counts.",
        "Give each result its own id, the same one in every correction.",
    ),
    "form": Meaning(
        "Wrong form", "The text is not in the form that is needed.", "The detail shows the form."
    ),
}
MEANINGS = OF_THE_MESSAGE | OF_A_RESULT


@require_safe
def problem(request: HttpRequest, code: str) -> HttpResponse:
    """Say what a problem means and what to do about it; anybody may read it."""
    if code not in MEANINGS:
        raise Http404
    return render(request, "api/problem.html", {"code": code, "meaning": MEANINGS[code]})


@require_safe
def problems(request: HttpRequest) -> HttpResponse:
    """List every problem code."""
    groups = [("Of a call or message", OF_THE_MESSAGE), ("Of one result", OF_A_RESULT)]
    return render(request, "api/problems.html", {"groups": groups})
