"""The contract as a document and as a page, for signed-in staff and for API clients."""

from collections.abc import Callable
from functools import cache, wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer
from rest_framework.exceptions import AuthenticationFailed

from coordination.base.access import STAFF, roles
from coordination.base.choices import Role
from coordination.ehr.problems import Problem, json_response
from coordination.ehr.tokens import REALM, let_in

View = Callable[[HttpRequest], HttpResponseBase]


def staff_or_client(view: View) -> View:
    """A token where one is shown, else a signed-in person of the center."""
    for_staff = roles(*STAFF, Role.ADMIN)(view)

    @wraps(view)
    def opened(request: HttpRequest) -> HttpResponseBase:
        shown = request.headers.get("Authorization")
        if shown is None:
            return for_staff(request)
        try:
            let_in(request, shown)
        except AuthenticationFailed as error:
            problem = Problem(401, str(error.get_codes()), str(error.detail))
            response = json_response(problem.document(request), status=401)
            response.headers["WWW-Authenticate"] = REALM
            return response
        return view(request)

    return opened


@staff_or_client
@require_safe
def schema(request: HttpRequest) -> HttpResponse:
    """Return the OpenAPI document, as JSON."""
    body = OpenApiJsonRenderer().render(_document())
    return HttpResponse(body, content_type="application/vnd.oai.openapi+json")


@staff_or_client
@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """Show the same document as a page: each call, what it takes and answers, and the parts it is made of."""
    document = _document()
    calls = [
        {
            "method": method.upper(),
            "path": path,
            "summary": call["summary"],
            "parameters": call.get("parameters", []),
            "takes": _shown_body(call.get("requestBody", {})),
            "answers": [
                {"status": status, "shapes": _shown_body(answer)}
                for status, answer in call["responses"].items()
            ],
        }
        for path, calls in document["paths"].items()
        for method, call in calls.items()
    ]
    parts = [_part(name, part) for name, part in document["components"]["schemas"].items()]
    return render(request, "api/docs.html", {"calls": calls, "parts": parts})


@cache
def _document() -> dict[str, Any]:
    document: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return document


def _shown_body(body: dict[str, Any]) -> list[str]:
    return [_shape(content["schema"]) for content in body.get("content", {}).values()]


def _part(name: str, part: dict[str, Any]) -> dict[str, Any]:
    required = part.get("required", [])
    fields = [
        {
            "name": key,
            "shape": _shape(field),
            "is_needed": key in required,
            "about": field.get("description", ""),
        }
        for key, field in part.get("properties", {}).items()
    ]
    return {"name": name, "fields": fields, "shape": "" if fields else _shape(part)}


def _shape(schema: dict[str, Any]) -> str:
    """Say a JSON schema in a few words."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "allOf" in schema:
        return " with ".join(map(_shape, schema["allOf"]))
    if "oneOf" in schema:
        return " or ".join(map(_shape, schema["oneOf"]))
    if "enum" in schema:
        return ", ".join(str(value) for value in schema["enum"] if value is not None)
    if schema.get("type") == "array":
        return f"list of {_shape(schema['items'])}"
    if properties := schema.get("properties"):
        return "{" + ", ".join(f"{key}: {_shape(field)}" for key, field in properties.items()) + "}"
    return str(schema.get("format") or {"string": "text"}.get(schema["type"], schema["type"]))
