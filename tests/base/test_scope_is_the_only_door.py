"""Views and APIs reach patient data through `request.scope`, never through a model's own manager."""

import ast
from pathlib import Path

import pytest
from django.apps import apps

from coordination.base.access import PATHS_TO_PATIENT

ROOT = Path(__file__).parents[2]
APPS = ("coordination", "patients", "labs", "scheduling")
DOORS = ("views", "api", "portal")  # views.py, api.py, files of views/ and api/, and everything under portal/
MANAGERS = {"objects", "_default_manager", "_base_manager", "history"}


def _entry_points() -> list[Path]:
    files = (path for app in APPS for path in (ROOT / app).rglob("*.py"))
    return sorted(path for path in files if path.stem in DOORS or set(path.relative_to(ROOT).parts) & set(DOORS))


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


@pytest.mark.parametrize("path", _entry_points(), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_view_reads_patients_but_through_the_scope(path: Path) -> None:
    assert _other_doors(path.read_text()) == []


def test_the_search_finds_another_door() -> None:
    assert _other_doors("def view(request):\n    return Patient.objects.all()") == ["line 2: Patient.objects"]


def test_every_model_about_a_patient_has_its_path() -> None:
    """A model with a foreign key, of however many steps, to a patient must say which path counts."""
    named = set(PATHS_TO_PATIENT)
    about = set()
    for model in apps.get_models():
        if model._meta.app_label not in {"patients", "labs", "scheduling", "coordination"}:
            continue
        if not model.__name__.startswith("Historical"):
            about.add(model._meta.label)
    missing = {
        label
        for label in about - named
        if any(
            field.is_relation and field.related_model and field.related_model._meta.label in named
            for field in apps.get_model(label)._meta.get_fields()
        )
    }
    assert missing == set()


@pytest.mark.parametrize("label", sorted(PATHS_TO_PATIENT))
def test_every_path_ends_at_a_patient(label: str) -> None:
    model = apps.get_model(label)
    for step in filter(None, PATHS_TO_PATIENT[label].split("__")):
        model = model._meta.get_field(step).related_model
    assert model._meta.label == "patients.Patient"
