"""What no single key of a protocol can say: the order of days, known rows and analytes, numbers in bounds."""

from dataclasses import fields, is_dataclass

from labs.rules.analytes import Analyte
from scheduling.rules.protocol import Protocol, ProtocolError
from scheduling.rules.rows import ROWS


def check_sense(protocol: Protocol, name: str) -> None:
    """What no single key can say: order of days, known rows, two signatures."""
    if protocol.status == "approved" and len({approval.by for approval in protocol.approvals}) < 2:
        raise ProtocolError(f"{name}: status is approved, so approvals must name two people")
    if protocol.key != name.removesuffix(".toml"):
        raise ProtocolError(f"{name}: key must be the file's name, not {protocol.key!r}")
    for row in protocol.rows.names:
        if row not in ROWS:
            raise ProtocolError(f"{name}: rows.names holds {row!r}, which is no row of the dose table")
    if len(set(protocol.rows.names)) != len(protocol.rows.names):
        raise ProtocolError(f"{name}: rows.names holds a row twice")
    interval = protocol.interval
    if not 0 < interval.earliest <= interval.target <= interval.latest <= interval.limit:
        raise ProtocolError(f"{name}: interval must rise from earliest over target and latest to limit")
    doses = protocol.doses
    if not 1 <= doses.infusions <= 10:
        raise ProtocolError(f"{name}: doses.infusions must be from 1 to 10, not {doses.infusions}")
    if not 0 < doses.reduced_gbq < doses.full_gbq:
        raise ProtocolError(f"{name}: doses.reduced_gbq must lie between 0 and doses.full_gbq")
    if protocol.conflicts.site_opens >= protocol.conflicts.site_closes:
        raise ProtocolError(f"{name}: conflicts.site_opens must be before conflicts.site_closes")
    for analyte in (*protocol.panel.analytes, *protocol.panel.asked_for):
        if analyte not in list(Analyte):
            raise ProtocolError(f"{name}: panel names {analyte!r}, which is no analyte")
    if not (protocol.labs.follow_up_then_months and protocol.scans.ct_every_months):
        raise ProtocolError(f"{name}: labs.follow_up_then_months, scans.ct_every_months must be above zero")
    _check_spans(protocol, name)


MOST = 9999  # days, weeks or months: no date leaves the calendar


def _check_spans(protocol: Protocol, name: str) -> None:
    for table in (getattr(protocol, field.name) for field in fields(protocol)):
        for key in (field.name for field in fields(table)) if is_dataclass(table) else ():
            value = getattr(table, key)
            numbers = value if isinstance(value, tuple) else (value,)
            if not key.endswith("_usd") and any(isinstance(n, int) and n > MOST for n in numbers):
                raise ProtocolError(f"{name}: {key} must be at most {MOST}, not {value}")
