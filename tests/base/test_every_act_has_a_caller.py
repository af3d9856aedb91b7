"""Every flow and every action is called by the product itself, or says which issue will call it.

What only the demo or a test can do is something that no installation can do.
"""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("coordination", "patients", "labs", "scheduling")
ACTS = ("coordination/flows/", "scheduling/actions/", "labs/actions/", "patients/actions/")
DEMO = "coordination/demo/"
WAITS_FOR = {
    "coordination.flows.lab_result.receive_report": "16: one report of HL7 v2 at a time",
    "coordination.flows.referral.receive_referral": "11: the referral form",
    "coordination.flows.referral.check_referral": "11: the referral form",
    "coordination.flows.referral.accept_referral": "11: the referral's decision",
    "coordination.flows.referral.decline_referral": "11: the referral's decision",
    "patients.actions.people.register_patient": "11: registration",
    "patients.actions.people.join_care_team": "11: the care team",
    "patients.actions.people.end_membership": "11: the care team",
    "patients.actions.records.record_diagnosis": "11: intake",
    "patients.actions.records.record_therapy": "11: intake",
    "patients.actions.records.decide_at_board": "11: the tumor board",
    "patients.actions.referrals.receive_paper": "11: what came with a referral",
    "scheduling.actions.orders.receive_vial": "13: the vial at the door",
}
"""Acts that no page or door calls yet, with the number of the issue that will."""


def _files() -> Iterator[tuple[str, ast.Module]]:
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            name = path.relative_to(ROOT).as_posix()
            if "/migrations/" not in name:
                yield name, ast.parse(path.read_text("utf-8"))


FILES = dict(_files())


def _module(file: str) -> str:
    return file.removesuffix(".py").replace("/", ".").removesuffix(".__init__")


MODULES = {_module(file): tree for file, tree in FILES.items()}


def _acts() -> set[str]:
    return {
        f"{_module(file)}.{node.name}"
        for file, tree in FILES.items()
        if file.startswith(ACTS)
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
    }


def _imported(tree: ast.Module) -> Mapping[str, str]:
    """What each imported name of a module means, by its full name."""
    return {
        alias.asname or alias.name: f"{node.module}.{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
    }


IMPORTED = {module: _imported(tree) for module, tree in MODULES.items()}


def _whence(full: str) -> str:
    """The name where it is defined: a package hands on what its modules define."""
    package, _, name = full.rpartition(".")
    handed_on = IMPORTED.get(package, {}).get(name, full)
    return full if handed_on == full or full in MODULES else _whence(handed_on)


def _used(module: str, tree: ast.Module) -> Iterator[str]:
    imported = IMPORTED[module]
    own = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in imported:
            yield _whence(imported[node.id])
        elif isinstance(node, ast.Name) and node.id in own:
            yield f"{module}.{node.id}"
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            base = imported.get(node.value.id, "")
            yield _whence(f"{base}.{node.attr}")


def _called() -> set[str]:
    return {
        name
        for file, tree in FILES.items()
        if not file.startswith(DEMO)
        for name in _used(_module(file), tree)
    }


def test_what_only_the_demo_can_do_says_which_issue_brings_its_page() -> None:
    assert _acts() - _called() == set(WAITS_FOR)


def test_the_search_sees_what_is_called() -> None:
    called = _called()
    assert "coordination.flows.decision.sign_proposal" in called
    assert "scheduling.actions.infusions.record_infusion" in called
    assert "coordination.flows.reassess.reassess" in called
