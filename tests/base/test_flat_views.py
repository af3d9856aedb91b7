"""No view hides its steps in functions within functions: a step is a method, or a function of its own."""

import ast
from collections.abc import Iterator
from pathlib import Path
from textwrap import indent

import pytest

PAGES = Path(__file__).parents[2] / "coordination" / "pages"
ANY_FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


def _functions_of(source: str) -> Iterator[ast.FunctionDef]:
    """The functions of a module and the methods of its classes; not what stands within them."""
    tree = ast.parse(source)
    owners = [tree, *(node for node in ast.walk(tree) if isinstance(node, ast.ClassDef))]
    for owner in owners:
        yield from (node for node in owner.body if isinstance(node, ast.FunctionDef))


def _is_about_a_request(function: ast.FunctionDef) -> bool:
    """A view, what a view calls, or a step of an act; the guard of a decorator takes none itself."""
    return any(argument.arg in {"request", "self"} for argument in function.args.args)


def _within(node: ast.AST) -> list[ast.AST]:
    return [inner for inner in ast.walk(node) if isinstance(inner, ANY_FUNCTION) and inner is not node]


def nested_twice(source: str) -> list[str]:
    """The views and steps in which a function stands within a function within them."""
    return [
        f"line {function.lineno}: {function.name}"
        for function in _functions_of(source)
        if _is_about_a_request(function) and any(_within(inner) for inner in _within(function))
    ]


@pytest.mark.parametrize("path", sorted(PAGES.rglob("*.py")), ids=lambda path: str(path.relative_to(PAGES)))
def test_no_view_nests_functions_twice(path: Path) -> None:
    assert nested_twice(path.read_text(encoding="utf-8")) == []


def test_the_pages_are_found() -> None:
    views = [
        function
        for path in PAGES.rglob("*.py")
        for function in _functions_of(path.read_text(encoding="utf-8"))
        if _is_about_a_request(function)
    ]
    assert len(views) > 300


@pytest.mark.parametrize(
    "inner",
    ["def act():\n  flow(lambda: store())", "act = lambda: flow(lambda: store())"],
    ids=["def", "lambda"],
)
def test_the_search_finds_a_nest(inner: str) -> None:
    view = "def view(request):\n" + indent(inner, " ")
    step = "class Page:\n def store(self):\n" + indent(inner, "  ")
    assert nested_twice(view) == ["line 1: view"]
    assert nested_twice(step) == ["line 2: store"]


def test_one_nest_is_allowed() -> None:
    assert nested_twice("def view(request):\n return sorted(rows, key=lambda row: row.on)") == []
