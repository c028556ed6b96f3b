"""The only place where text of a diagram runs: straight-line Python of a small, bounded kind.

Every expression of scripts, conditions, timers, DMN cells and correlations passes ``SafeEnvironment``. The syntax tree is checked against
an allow-list, then every operation that can grow a value is rewritten into a guarded call that measures before it makes.
There is no loop but one comprehension, and all expressions of an engine step share one budget of work.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from functools import lru_cache
from types import CodeType
from typing import Any

from SpiffWorkflow.bpmn.script_engine import BasePythonScriptEngineEnvironment

from bpmn.engine.guards import GUARDS, ScriptStopped, Work
from bpmn.engine.ports import EngineError

MAX_EXPRESSION_CHARS = 2_000
MAX_SCRIPT_CHARS = 10_000
MAX_CONSTANT_CHARS = 1_000
MAX_NODES = 1_000
MAX_SYNTAX_DEPTH = 60  # a fixed limit: how deep Python itself can go depends on who calls
NODES_PER_PART = 8
FUNCTIONS = frozenset(name.removeprefix("_call_") for name in GUARDS if name.startswith("_call_"))
METHODS = frozenset({"endswith", "get", "items", "join", "keys", "lower", "split", "startswith", "strip", "upper", "values"})

_ALLOWED = (
    ast.Expression, ast.Module, ast.Expr, ast.Load, ast.Store, ast.Name, ast.Constant, ast.BoolOp, ast.And, ast.Or, ast.UnaryOp, ast.Not,
    ast.USub, ast.BinOp, ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Compare, ast.Eq, ast.NotEq, ast.Lt, ast.LtE,
    ast.Gt, ast.GtE, ast.In, ast.NotIn, ast.Is, ast.IsNot, ast.IfExp, ast.Subscript, ast.Slice, ast.List, ast.Tuple, ast.Dict, ast.Set,
    ast.Call, ast.Assign, ast.AugAssign, ast.If, ast.JoinedStr, ast.FormattedValue, ast.ListComp, ast.comprehension, ast.Pass,
)  # fmt: skip
_FAULTS = (TypeError, ValueError, LookupError, NameError, ArithmeticError, AttributeError, RecursionError, MemoryError)
_ARITHMETIC = {ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.Div: "div", ast.FloorDiv: "floordiv", ast.Mod: "mod"}


class ScriptRefused(EngineError):
    """This text may not run: it is not an expression of the allowed kind."""


__all__ = ["SafeEnvironment", "ScriptRefused", "ScriptStopped", "check_expression"]


class SafeEnvironment(BasePythonScriptEngineEnvironment):  # type: ignore[misc]  # SpiffWorkflow is untyped
    """The expressions of one engine step, with one budget for all of them.

    The check is here and not in the script engine, because correlations and ad-hoc conditions come here directly.
    """

    def __init__(self) -> None:
        super().__init__()
        self.work = Work()

    def evaluate(self, expression: str, context: Mapping[str, Any], external_context: Mapping[str, Any] | None = None) -> Any:
        """Raises ScriptRefused, ScriptStopped."""
        return evaluate(expression, {**(external_context or {}), **context}, work=self.work)

    def execute(self, script: str, context: dict[str, Any], external_context: Mapping[str, Any] | None = None) -> bool:
        """Run assignments; what they assign lands in ``context``. Nothing is changed if one fails. Raises ScriptRefused, ScriptStopped."""
        code = _compiled(script, "exec")
        self.work.spend(1)
        names = {**(external_context or {}), **context, **GUARDS, **_BUILTINS, "_work": self.work}
        try:
            exec(code, names)  # noqa: S102 - checked and rewritten
        except _FAULTS as error:
            raise ScriptStopped(_told(error)) from error
        context.update({name: names[name] for name in assigned_names(script) if name in names})
        return True


def evaluate(expression: str, names: Mapping[str, Any], *, work: Work | None = None) -> Any:
    """The value of one expression over plain values. Without ``work`` it has a budget of its own. Raises ScriptRefused, ScriptStopped."""
    code = _compiled(expression, "eval")
    work = work or Work()
    work.spend(1)
    try:
        return eval(code, {**names, **GUARDS, **_BUILTINS, "_work": work})  # noqa: S307 - checked and rewritten
    except _FAULTS as error:
        raise ScriptStopped(_told(error)) from error


def check_expression(source: str, mode: str) -> None:
    """Say now what would be refused at run time. ``mode``: "eval" for an expression, "exec" for a script. Raises ScriptRefused."""
    _compiled(source, mode)


@lru_cache(4096)
def _compiled(source: str, mode: str) -> CodeType:
    limit = MAX_SCRIPT_CHARS if mode == "exec" else MAX_EXPRESSION_CHARS
    if len(source) > limit:
        raise ScriptRefused(f"longer than {limit} characters")
    text = source.strip()
    if not text:
        raise ScriptRefused("empty")
    try:
        tree = ast.parse(text, mode=mode)
        _refuse_size(tree)
        checked = ast.fix_missing_locations(_Guarding(tree).visit(tree))
        return compile(checked, "<diagram>", mode)
    except SyntaxError as error:
        raise ScriptRefused(f"not readable: {error.msg}") from error
    except (RecursionError, MemoryError, ValueError) as error:
        raise ScriptRefused("too deeply nested or not readable") from error


@lru_cache(4096)
def assigned_names(script: str) -> tuple[str, ...]:
    """Targets of assignments; the name of a comprehension is its own."""
    statements = [node for node in ast.walk(ast.parse(script.strip())) if isinstance(node, ast.Assign | ast.AugAssign)]
    targets = [target for node in statements for target in (node.targets if isinstance(node, ast.Assign) else [node.target])]
    return tuple({target.id for target in targets if isinstance(target, ast.Name)})


def _refuse_size(tree: ast.AST) -> None:
    level, seen, depth = [tree], 0, 0
    while level:
        seen, depth = seen + len(level), depth + 1
        if seen > MAX_NODES or depth > MAX_SYNTAX_DEPTH:
            raise ScriptRefused(f"more than {MAX_NODES} parts or {MAX_SYNTAX_DEPTH} levels")
        level = [child for node in level for child in ast.iter_child_nodes(node)]


class _Guarding(ast.NodeTransformer):
    """Refuses what is not allowed and turns what may grow into guarded calls."""

    def __init__(self, tree: ast.AST) -> None:
        if sum(isinstance(node, ast.comprehension) for node in ast.walk(tree)) > 1:
            raise ScriptRefused("more than one `for`")

    def generic_visit(self, node: ast.AST) -> ast.AST:
        if not isinstance(node, _ALLOWED):
            raise ScriptRefused(f"{type(node).__name__} is not allowed")
        return super().generic_visit(node)

    def visit_Name(self, node: ast.Name) -> ast.AST:
        if node.id.startswith("_") or (isinstance(node.ctx, ast.Store) and node.id in FUNCTIONS):
            raise ScriptRefused(f"the name {node.id} is not allowed")
        return node

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        if not isinstance(node.value, str | int | float | bool | None) or len(str(node.value)) > MAX_CONSTANT_CHARS:
            raise ScriptRefused("this constant is not allowed")
        return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        return _guard(_ARITHMETIC[type(node.op)], [node.left, node.right])

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        """``a += b`` changes a list that ancestors of the task share; ``a = a + b`` makes a new one."""
        if not isinstance(node.target, ast.Name) or type(node.op) not in _ARITHMETIC:
            raise ScriptRefused("only names can be added to")
        self.visit_Name(node.target)
        read = ast.Name(node.target.id, ast.Load())
        return ast.Assign([node.target], _guard(_ARITHMETIC[type(node.op)], [read, self.visit(node.value)]))

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        if not all(isinstance(target, ast.Name) for target in node.targets):
            raise ScriptRefused("only plain names can be assigned")
        self.generic_visit(node)
        return ast.Assign(node.targets, _guard("kept", [node.value]))

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        """Comparing with a constant is cheap; comparing or searching two values is work."""
        operands = [node.left, *node.comparators]
        is_search = any(
            isinstance(op, ast.In | ast.NotIn) and not _is_constant(other) for op, other in zip(node.ops, node.comparators, strict=True)
        )
        varying = [not _is_constant(operand) for operand in operands]
        self.generic_visit(node)
        if sum(varying) > 1 or is_search:
            guarded = [
                _guard("measured", [operand]) if varies else operand
                for operand, varies in zip([node.left, *node.comparators], varying, strict=True)
            ]
            node.left, node.comparators = guarded[0], guarded[1:]
        return node

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        self.generic_visit(node)
        return _guard("measured", [node]) if isinstance(node.slice, ast.Slice) else node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        if node.keywords or any(isinstance(argument, ast.Starred) for argument in node.args):
            raise ScriptRefused("only plain arguments are allowed")
        arguments = [self.visit(argument) for argument in node.args]
        if isinstance(node.func, ast.Name) and node.func.id in FUNCTIONS:
            return _guard(f"call_{node.func.id}", arguments)
        if isinstance(node.func, ast.Attribute) and node.func.attr in METHODS:
            return _guard("method", [self.visit(node.func.value), ast.Constant(node.func.attr), *arguments])
        raise ScriptRefused("only the listed functions and methods may be called")

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        raise ScriptRefused(f'.{node.attr} is not allowed, write x["{node.attr}"]')

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        parts = [self.visit(part.value) if isinstance(part, ast.FormattedValue) else self.visit(part) for part in node.values]
        if any(isinstance(p, ast.FormattedValue) and (p.format_spec is not None or p.conversion != -1) for p in node.values):
            raise ScriptRefused("format specifications are not allowed")
        return _guard("text", parts)

    def visit_ListComp(self, node: ast.ListComp) -> ast.AST:
        one = node.generators[0]
        if one.is_async or not isinstance(one.target, ast.Name):
            raise ScriptRefused("only `for name in list` is allowed")
        parts = sum(1 for _ in ast.walk(node)) // NODES_PER_PART + 1
        self.generic_visit(node)
        one.iter = _guard("turns", [one.iter, ast.Constant(parts)])
        return _guard("measured", [node])

    def visit_List(self, node: ast.List) -> ast.AST:
        is_constant = _is_constant(node)
        self.generic_visit(node)
        return node if is_constant else _guard("measured", [node])

    visit_Tuple = visit_Set = visit_Dict = visit_List  # type: ignore[assignment]  # noqa: N815 - names of ast.NodeVisitor


def _guard(name: str, arguments: list[ast.expr]) -> ast.Call:
    return ast.Call(ast.Name(f"_{name}", ast.Load()), [ast.Name("_work", ast.Load()), *arguments], [])


def _is_constant(node: ast.AST) -> bool:
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        return all(isinstance(part, ast.Constant) for part in node.elts)
    return isinstance(node, ast.Constant) or (isinstance(node, ast.UnaryOp) and isinstance(node.operand, ast.Constant))


def _told(error: BaseException) -> str:
    if isinstance(error, KeyError):
        return f"there is no entry {error.args[0]!r}"[:200]
    return (str(error) or type(error).__name__)[:200]


_BUILTINS: dict[str, Any] = {"__builtins__": {}}
