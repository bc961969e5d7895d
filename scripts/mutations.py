"""The small changes that `make mutants` makes to a module, and the marks that tell which tests run them."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

COMPARED = {
    "<": "<=",
    "<=": "<",
    ">": ">=",
    ">=": ">",
    "==": "!=",
    "!=": "==",
    "in": "not in",
    "not in": "in",
    "is": "is not",
    "is not": "is",
}
RECKONED = {"+": "-", "-": "+", "*": "+", "/": "*", "//": "*", "%": "+", "**": "*", "|": "&", "&": "|"}
JOINED = {"and": "or", "or": "and"}
CALLED = {"min": "max", "max": "min", "any": "all", "all": "any"}
FOR_READERS = ("answers", "description", "help")
"""Arguments whose texts only documents show."""
OPERATOR = re.compile(rb"not\s+in\b|is\s+not\b|\bin\b|\bis\b|\band\b|\bor\b|\*\*|//|<=|>=|==|!=|[<>+\-*/%|&]")


class Mutation(NamedTuple):
    """One change: the bytes from `start` to `end` become `text`."""

    line: int
    start: int
    end: int
    text: str
    kind: str
    site: int | None
    """Where the innermost statement of a function begins that has the change, in bytes; None: what an import runs."""

    def apply(self, source: bytes) -> bytes:
        """Return the changed source."""
        return source[: self.start] + self.text.encode() + source[self.end :]

    def sound(self, source: bytes) -> bool:
        """Return whether the changed source is still Python."""
        try:
            ast.parse(self.apply(source))
        except SyntaxError:
            return False
        return True


class Finder(ast.NodeVisitor):
    """Walks a module and notes what could be changed in it."""

    def __init__(self, source: bytes) -> None:
        self._source = source
        self._starts = [0]
        for line in source.splitlines(keepends=True):
            self._starts.append(self._starts[-1] + len(line))
        self._site: int | None = None
        self._in_function = False
        self.found: list[Mutation] = []

    def visit(self, node: ast.AST) -> None:
        """Visit a node whose statement is known."""
        before = self._site
        if isinstance(node, ast.stmt) and self._in_function:
            self._site = self.span(node)[0]
        try:
            self._change_statement(node)
            self._change_expression(node)
            self._change_condition(node)
            super().visit(node)
        finally:
            self._site = before

    # What is not changed: annotations, imports, texts about the code, the log's lines.

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        """Visit decorators, defaults and body."""
        for part in (*node.decorator_list, *node.args.defaults, *node.args.kw_defaults):
            if part is not None:
                self.visit(part)
        before, self._in_function = self._in_function, True
        for statement in node.body:
            self.visit(statement)
        self._in_function = before

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        """Visit decorators, defaults and body."""
        self.visit_FunctionDef(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        """Visit the value."""
        if node.value is not None:
            self.visit(node.value)

    def visit_Expr(self, node: ast.Expr) -> None:
        """Visit a call; a text that stands alone is one for readers."""
        if not isinstance(node.value, ast.Constant) and not _logs(node.value):
            self.generic_visit(node)

    def visit_keyword(self, node: ast.keyword) -> None:
        """Visit an argument's value, but no text for readers."""
        if node.arg not in FOR_READERS:
            self.generic_visit(node)

    def visit_Import(self, node: ast.Import) -> None:
        """Leave it."""

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        """Leave it."""

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        """Leave it: before Python 3.12 its parts do not say where they stand."""

    def visit_Subscript(self, node: ast.Subscript) -> None:
        """Leave the parameters of a generic type; visit what is looked up."""
        if not (isinstance(node.value, ast.Name) and node.value.id[:1].isupper()):
            self.generic_visit(node)

    # What is changed.

    def _change_statement(self, node: ast.AST) -> None:
        """Leave out a call or an error, keep or return nothing, continue a loop or leave it."""
        match node:
            case ast.Return(value=ast.expr() as value) if not _is_none(value):
                self._replace(value, "None", "return")
            case ast.Assign(value=value) if self._in_function and not _is_none(value):
                self._replace(value, "None", "assignment")
            case ast.Expr(value=value) if (
                self._in_function and not isinstance(value, ast.Constant) and not _logs(value)
            ):
                self._replace(node, "pass", "statement")
            case ast.AugAssign():
                self._operator(node.target, node.value, RECKONED)
            case ast.Raise():
                self._replace(node, "pass", "raise")
            case ast.Break():
                self._replace(node, "continue", "break")
            case ast.Continue():
                self._replace(node, "break", "continue")

    def _change_expression(self, node: ast.AST) -> None:
        """Change an operator or a constant, drop `not`, call `max` instead of `min`."""
        match node:
            case ast.Compare():
                for left, right in pairwise((node.left, *node.comparators)):
                    self._operator(left, right, COMPARED)
            case ast.BoolOp():
                for left, right in pairwise(node.values):
                    self._operator(left, right, JOINED)
            case ast.BinOp() if self._in_function or not isinstance(node.op, ast.BitOr):
                self._operator(node.left, node.right, RECKONED)
            case ast.UnaryOp(op=ast.Not()):
                self._replace(node, f"({self._text(node.operand)})", "not")
            case ast.Constant():
                self._constant(node)
            case ast.Call():
                self._call(node)

    def _change_condition(self, node: ast.AST) -> None:
        """Turn a condition round that has no operator to change."""
        match node:
            case ast.If() | ast.IfExp():
                self._condition(node.test)
            case ast.comprehension():
                for test in node.ifs:
                    self._condition(test)

    def _constant(self, node: ast.Constant) -> None:
        """Turn a number into the next one, True into False, a text into another."""
        match node.value:
            case bool(value):
                self._replace(node, str(not value), "constant")
            case int(value) | float(value):
                self._replace(node, repr(value + 1), "constant")
            case str(value):
                self._replace(node, repr(f"XX{value}XX"), "text")

    def _call(self, node: ast.Call) -> None:
        """Turn `min` into `max`; leave out an argument that is given by its name."""
        if isinstance(node.func, ast.Name) and node.func.id in CALLED:
            self._replace(node.func, CALLED[node.func.id], "call")
        if self._in_function and not _logs(node):
            for keyword in node.keywords:
                if keyword.arg is not None:
                    start, end = self.span(keyword)
                    comma = re.match(rb"\s*,", self._source[end:])
                    self._note(start, end + (comma.end() if comma else 0), "", "argument")

    def _condition(self, test: ast.expr) -> None:
        if not isinstance(test, ast.Compare | ast.BoolOp | ast.UnaryOp):
            self._replace(test, f"not ({self._text(test)})", "condition")

    def _operator(self, left: ast.expr, right: ast.expr, others: dict[str, str]) -> None:
        start, end = self.span(left)[1], self.span(right)[0]
        found = OPERATOR.search(self._source, start, end)
        other = others.get(" ".join(found.group().decode().split())) if found else None
        if found and other:
            self._note(found.start(), found.end(), other, "operator")

    def span(self, node: ast.expr | ast.stmt | ast.keyword) -> tuple[int, int]:
        """Return where a node begins and ends, in bytes."""
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self._starts[node.lineno - 1] + node.col_offset, self._starts[node.end_lineno - 1] + node.end_col_offset

    def _text(self, node: ast.expr) -> str:
        start, end = self.span(node)
        return self._source[start:end].decode()

    def _replace(self, node: ast.expr | ast.stmt, text: str, kind: str) -> None:
        self._note(*self.span(node), text, kind)

    def _note(self, start: int, end: int, text: str, kind: str) -> None:
        line = self._source.count(b"\n", 0, start) + 1
        self.found.append(Mutation(line, start, end, text, kind, self._site))


def mutations(source: bytes) -> list[Mutation]:
    """Return all changes to a module in the order of its text; see `Mutation.sound`."""
    finder = Finder(source)
    finder.visit(ast.parse(source))
    return sorted(set(finder.found), key=lambda found: found[:4])


def marked(source: bytes, marks: Sequence[tuple[Mutation, int]], module: str) -> str:
    """Return a module that calls `reached(number)` of another one before it runs what a change would touch.

    What an import runs is marked in every function of the module, or at its end where it has none.
    """
    tree = ast.parse(source)
    starts = Finder(source)
    sites: dict[int | None, list[int]] = {}
    for mutation, number in marks:
        sites.setdefault(mutation.site, []).append(number)
    first = [_mark(number) for number in sites.get(None, [])]
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    for node in list(ast.walk(tree)):
        for body in _bodies(node):
            _insert(body, lambda statement: sites.get(starts.span(statement)[0], []))
    for function in functions:
        function.body[_docstring(function.body) : 0] = first
    if not functions:
        tree.body += first
    tree.body[_prologue(tree.body) : 0] = ast.parse(f"from {module} import reached as _reached").body
    return ast.unparse(ast.fix_missing_locations(tree))


def _insert(body: list[ast.stmt], numbers: Callable[[ast.stmt], list[int]]) -> None:
    for index in reversed(range(len(body))):
        if not isinstance(body[index], ast.FunctionDef | ast.AsyncFunctionDef) or numbers(body[index]):
            body[index:index] = [_mark(number) for number in numbers(body[index])]


def _bodies(node: ast.AST) -> Iterator[list[ast.stmt]]:
    for name in ("body", "orelse", "finalbody"):
        body = getattr(node, name, None)
        if isinstance(body, list) and body and isinstance(body[0], ast.stmt):
            yield body


def _mark(number: int) -> ast.stmt:
    return ast.parse(f"_reached({number})").body[0]


def _docstring(body: list[ast.stmt]) -> int:
    return int(isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant))


def _prologue(body: list[ast.stmt]) -> int:
    """Return how many statements must stay first."""
    count = _docstring(body)
    while count < len(body) and isinstance(body[count], ast.ImportFrom):
        statement = body[count]
        assert isinstance(statement, ast.ImportFrom)
        if statement.module != "__future__":
            break
        count += 1
    return count


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _logs(node: ast.expr) -> bool:
    """Return whether this is a call of the log's."""
    if isinstance(node, ast.Await):
        node = node.value
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "log"
    )
