"""Bodies in chunks, through the web server as the demo and compose run it."""

import json
import socket
from collections.abc import Iterator
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import pytest

from labs.models import LabReport, LabResult
from tests import factories as make
from tests.api import gunicorn
from tests.api.conftest import MRN, Ehr, a_report, new_ehr

MEGABYTE = b" " * 1024 * 1024


@pytest.fixture
def ehr(transactional_db: None) -> Ehr:
    number = make.PatientIdentifierFactory(value=MRN)
    make.CourseFactory(patient=number.patient)
    return new_ehr(number.patient.site)


@pytest.fixture
def address(ehr: Ehr) -> Iterator[str]:
    with gunicorn.running() as url:
        yield urlsplit(url).netloc


def send(address: str, ehr: Ehr, chunks: list[bytes], key: str) -> tuple[int, Any]:
    server = HTTPConnection(address, timeout=30)
    headers = {**ehr.headers, "Content-Type": "application/json", "Idempotency-Key": key}
    server.request("POST", "/api/v1/lab-results", iter(chunks), headers, encode_chunked=True)
    answer = server.getresponse()
    told = json.loads(answer.read())
    server.close()
    return answer.status, told


def test_a_body_in_chunks_is_read_to_its_end_and_no_further_than_the_limit(address: str, ehr: Ehr) -> None:
    body = json.dumps(a_report()).encode()
    status, told = send(address, ehr, [body[:7], body[7:100], body[100:]], "one")
    assert (status, told["accepted"]) == (200, 1)
    assert LabResult.objects.get().value == "210"
    assert LabReport.objects.get().body == body.decode()

    status, told = send(address, ehr, [body, MEGABYTE], "two")
    assert (status, told["items"][0]["state"]) == (200, "unchanged")

    status, told = send(address, ehr, [body, *[MEGABYTE] * 3], "three")
    assert (status, told["code"]) == (413, "too-large")
    assert len(LabReport.objects.get(state="refused").body) == 64 * 1024

    status, told = send(address, ehr, [b"{", b"\xff"], "four")
    assert (status, told["code"]) == (400, "body-unreadable")


def test_chunks_that_are_none_are_told_as_a_problem(address: str, ehr: Ehr) -> None:
    head = [
        "POST /api/v1/lab-results HTTP/1.1",
        f"Host: {address}",
        f"Authorization: {ehr.headers['authorization']}",
        "Content-Type: application/json",
        "Idempotency-Key: broken",
        "Transfer-Encoding: chunked",
        "\r\n",
    ]
    host, port = address.split(":")
    with socket.create_connection((host, int(port)), timeout=30) as line:
        line.sendall("\r\n".join(head).encode() + b"zz\r\n{}\r\n0\r\n\r\n")
        said = line.makefile("rb").readline()

    assert b" 400 " in said
    assert not LabReport.objects.exists()
