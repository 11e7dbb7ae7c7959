"""Code that nothing uses: vulture over the application, with what templates and settings name read as uses.

What only a test uses counts as unused. Fields and constants are not judged: models, forms and serializers declare them for
the frameworks. Run as `python -m scripts.unused`; the lint does.
"""

import ast
import re
import sys
from collections.abc import Iterator
from keyword import iskeyword
from pathlib import Path

from vulture import Vulture

ROOT = Path(__file__).resolve().parent.parent
CODE = (
    *("miyun_kpi", "evaluation", "disclosure", "safety", "finance_policy", "farmland", "water", "postdoc", "personnel"),
    *("scripts", "manage.py"),
)
JUDGED = {"function", "method", "class", "property", "import", "unreachable_code"}
# What a framework calls by its name, and nobody else.
NAMES = [
    # Django: an app, a command, options of a model
    *("*Config", "Command", "handle", "add_arguments", "Meta"),
    # Django: a form's or a serializer's own check of a field
    *("clean_*", "validate_*"),
    # Django: hooks of middleware
    *("process_view", "process_exception"),
    # Django: a field between Python and the database, a cache backend
    *("from_db_value", "get_prep_value", "get_lookup", "value_to_string", "as_sql", "get_db_converters"),
    *("get_many", "has_key", "incr", "set_many", "delete_many"),
    # REST framework: the method of a request
    "patch",
    # Django: what a password validator may hear
    "password_changed",
    # logging: what a handler does with a line that did not go out
    "handleError",
    # drf-spectacular finds an extension by its base class
    *("TokenScheme", "get_security_definition"),
    # knox: who a token is
    "authenticate_credentials",
    # openpyxl: the cells of a row
    "_values_to_row",
    # kombu: a transport
    *("_get", "_queue_bind", "_delete"),
    # Python: what a Protocol asks of others
    "__getitem__",
]
# What a decorator has put where it is found: tags and filters, checks, tasks of the queue.
DECORATORS = ["@register", "@register.*", "@shared_task", "@job_task"]
TAG = re.compile(r"\{[{%](.*?)[%}]\}", re.S)
DOTTED = re.compile(r"\w+(\.\w+)+")


def words_of_templates() -> Iterator[str]:
    """`{{ row.share_text }}` uses the property."""
    for path in (ROOT / "templates").rglob("*.html"):
        for tag in TAG.findall(path.read_text()):
            yield from re.findall(r"[A-Za-z_]\w*", tag)


def words_of_strings(files: list[Path]) -> Iterator[str]:
    """Settings name a class by its path, annotations of types that only the checker knows stand in quotes."""
    for path in files:
        for one in ast.walk(ast.parse(path.read_text())):
            if isinstance(one, ast.Constant) and isinstance(one.value, str) and DOTTED.fullmatch(one.value):
                yield one.value.rpartition(".")[2]
            annotation = getattr(one, "annotation", None) or getattr(one, "returns", None)
            for quoted in ast.walk(annotation) if annotation else ():
                if isinstance(quoted, ast.Constant) and isinstance(quoted.value, str):
                    yield from re.findall(r"[A-Za-z_]\w*", quoted.value)


def words_of_migrations(files: list[Path]) -> Iterator[str]:
    """A migration is no code to be judged, but what it imports is used."""
    for path in files:
        if path.parent.name == "migrations":
            for one in ast.walk(ast.parse(path.read_text())):
                if isinstance(one, ast.ImportFrom):
                    yield from (name.name for name in one.names)


def main() -> int:
    paths = [ROOT / one for one in CODE]
    files = [path for one in paths for path in ([one] if one.is_file() else one.rglob("*.py"))]
    judge = Vulture(ignore_names=NAMES, ignore_decorators=DECORATORS)
    judge.scavenge([str(path) for path in paths], exclude=["*/migrations/*"])
    used = sorted({*words_of_templates(), *words_of_strings(files), *words_of_migrations(files)})
    judge.scan("\n".join(f"_.{word}" for word in used if word.isidentifier() and not iskeyword(word)))
    found = [item for item in judge.get_unused_code() if item.typ in JUDGED]
    for item in found:
        print(f"{item.filename.relative_to(ROOT)}:{item.first_lineno}: nothing uses the {item.typ} {item.name}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
