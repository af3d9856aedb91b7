"""Views and APIs reach patient data through `request.scope`, never through a model's own manager."""

import ast
from pathlib import Path

import pytest
from django.apps import apps
from django.db.models import Model

from coordination.base.access import PATHS_TO_PATIENT

ROOT = Path(__file__).parents[2]
APPS = ("coordination", "patients", "labs", "scheduling")
DOORS = ("coordination/pages", "coordination/ehr", "coordination/portal")
# The forms of acts: a view hands them the patient that it has found in the scope.
FORMS_OF_ACTS = "coordination/pages/records/forms/"
MANAGERS = {"objects", "_default_manager", "_base_manager", "history"}


def _entry_points() -> list[Path]:
    files = (path for door in DOORS for path in (ROOT / door).rglob("*.py"))
    return sorted(path for path in files if FORMS_OF_ACTS not in path.as_posix())


def _models_about_patients() -> set[str]:
    return {label.split(".")[1] for label in PATHS_TO_PATIENT}


def _other_doors(source: str) -> list[str]:
    """Return each `Patient.objects`, `Course._default_manager`, … in this code."""
    models = _models_about_patients()
    return [
        f"line {node.lineno}: {node.value.id}.{node.attr}"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Attribute)
        and node.attr in MANAGERS
        and isinstance(node.value, ast.Name)
        and node.value.id in models
    ]


def test_the_doors_are_found() -> None:
    """Whoever moves them moves the list above."""
    found = {path.relative_to(ROOT).as_posix() for path in _entry_points()}
    assert {f"{door}/__init__.py" for door in DOORS} <= found
    assert len(found) > 60


@pytest.mark.parametrize("path", _entry_points(), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_view_reads_patients_but_through_the_scope(path: Path) -> None:
    assert _other_doors(path.read_text()) == []


def test_the_search_finds_another_door() -> None:
    assert _other_doors("def view(request):\n    return Patient.objects.all()") == ["line 2: Patient.objects"]


def _points_at_a_patient(model: type[Model]) -> bool:
    related = (field.related_model for field in model._meta.fields if field.is_relation)
    return any(other._meta.label in PATHS_TO_PATIENT for other in related)


def test_every_model_about_a_patient_has_its_path() -> None:
    """Whatever points at a patient, or at something about a patient, says by which path it is reached."""
    ours = (model for model in apps.get_models() if model._meta.app_label in {*APPS, "base"})
    kept = (model for model in ours if not model.__name__.startswith("Historical"))
    assert {model._meta.label for model in kept if _points_at_a_patient(model)} <= set(PATHS_TO_PATIENT)


@pytest.mark.parametrize("label", sorted(PATHS_TO_PATIENT))
def test_every_path_ends_at_a_patient(label: str) -> None:
    model = apps.get_model(label)
    for step in filter(None, PATHS_TO_PATIENT[label].split("__")):
        model = model._meta.get_field(step).related_model
    assert model._meta.label == "patients.Patient"
