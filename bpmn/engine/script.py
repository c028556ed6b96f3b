"""AST allow-list script engine for SpiffWorkflow: expressions and straight-line assignment scripts only."""
import ast, functools
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine, BasePythonScriptEngineEnvironment
ALLOWED = {ast.Expression, ast.Module, ast.Expr, ast.Load, ast.Store, ast.Name, ast.Constant, ast.BoolOp, ast.And, ast.Or, ast.UnaryOp, ast.Not, ast.USub,
  ast.BinOp, ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Compare, ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.In, ast.NotIn, ast.Is, ast.IsNot,
  ast.IfExp, ast.Subscript, ast.Slice, ast.List, ast.Tuple, ast.Dict, ast.Set, ast.Call, ast.keyword, ast.Attribute, ast.Assign, ast.AugAssign, ast.If, ast.JoinedStr, ast.FormattedValue,
  ast.ListComp, ast.GeneratorExp, ast.comprehension, ast.Pass}
METHODS = {'get', 'append', 'keys', 'values', 'items', 'lower', 'upper', 'strip', 'startswith', 'endswith', 'isoformat', 'split', 'join'}   # only as a call target
def _range(*a):
    r = range(*a)
    if len(r) > 10_000: raise ValueError('range too long')
    return r
def _mul(a, b):
    for x, y in ((a, b), (b, a)):
        if isinstance(x, (str, list, tuple, bytes)) and isinstance(y, int) and len(x) * y > 100_000: raise ValueError('result too large')
    if isinstance(a, int) and isinstance(b, int) and a.bit_length() + b.bit_length() > 4096: raise ValueError('result too large')
    return a * b
def _mod(a, b):
    if isinstance(a, (str, bytes)): raise ValueError('string formatting with % is not allowed')
    return a % b
FUNCS = {'len': len, 'min': min, 'max': max, 'sum': sum, 'abs': abs, 'round': round, 'str': str, 'int': int, 'float': float, 'bool': bool, 'any': any, 'all': all, 'sorted': sorted, 'range': _range, 'list': list, 'dict': dict, 'set': set}
class Unsafe(Exception): pass
class _Check(ast.NodeTransformer):
    def generic_visit(self, n):
        if type(n) not in ALLOWED: raise Unsafe(f'{type(n).__name__} is not allowed')
        return super().generic_visit(n)
    def visit_Name(self, n):
        if n.id.startswith('_'): raise Unsafe(f'name {n.id} is not allowed')
        if isinstance(n.ctx, ast.Store) and n.id in FUNCS: raise Unsafe(f'cannot assign to {n.id}')
        return n
    def visit_Attribute(self, n):
        raise Unsafe(f'attribute .{n.attr} is not allowed (use x["{n.attr}"])')
    def visit_Call(self, n):
        f = n.func
        if isinstance(f, ast.Attribute) and f.attr in METHODS: f.value = self.visit(f.value)
        elif isinstance(f, ast.Name) and f.id in FUNCS: pass
        else: raise Unsafe('only listed functions and methods may be called')
        n.args = [self.visit(a) for a in n.args]; n.keywords = [self.visit(k) for k in n.keywords]
        return n
    def visit_BinOp(self, n):
        self.generic_visit(n)
        fn = {ast.Mult: '_mul', ast.Mod: '_mod'}.get(type(n.op))
        return ast.copy_location(ast.Call(ast.Name(fn, ast.Load()), [n.left, n.right], []), n) if fn else n
    def visit_AugAssign(self, n):
        if not isinstance(n.op, (ast.Add, ast.Sub)): raise Unsafe('only += and -=')
        return self.generic_visit(n)
    def visit_FormattedValue(self, n):
        if n.format_spec is not None: raise Unsafe('format specs are not allowed')
        return self.generic_visit(n)
    def visit_Constant(self, n):
        if isinstance(n.value, (str, bytes)) and len(n.value) > 10_000: raise Unsafe('constant too long')
        return n
GLB = {'__builtins__': {}, '_mul': _mul, '_mod': _mod, **FUNCS}
@functools.lru_cache(4096)
def compiled(src, mode):
    if len(src) > 20_000: raise Unsafe('source too long')
    t = ast.parse(src.strip(), mode=mode); t = ast.fix_missing_locations(_Check().visit(t))
    return compile(t, '<string>', mode)
class SafeEnvironment(BasePythonScriptEngineEnvironment):
    def evaluate(self, expression, context, external_context=None):
        return eval(compiled(expression, 'eval'), {**(external_context or {}), **context, **GLB})
    def execute(self, script, context, external_context=None):
        work = dict(context)
        g = {**(external_context or {}), **work, **GLB}
        keep = set(GLB) | set(external_context or {})
        exec(compiled(script, 'exec'), g)
        for k, v in g.items():
            if k not in keep: context[k] = v
        return True
class SafeScriptEngine(PythonScriptEngine):
    def __init__(self): super().__init__(SafeEnvironment())
    def validate(self, e): compiled(e, 'exec')
