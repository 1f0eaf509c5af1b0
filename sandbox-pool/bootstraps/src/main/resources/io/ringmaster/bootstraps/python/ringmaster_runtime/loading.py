"""From a BIND frame to a callable handler: environment, folders, module path, import."""

import importlib
import json
import os
import sys
import time

from .errors import RuntimeFault


# What AWS's client has imported before function code runs: a function cannot bring its own of these, there or here.
_SHARED = frozenset(
    """__future__ __main__ abc atexit builtins codecs collections contextlib copyreg decimal encodings enum functools genericpath
    importlib io itertools json keyword linecache logging marshal math numbers operator os posix posixpath re reprlib
    ringmaster_runtime site stat string sys textwrap threading time token tokenize traceback types warnings weakref
    zipimport""".split()
)


_REHEARSAL = json.dumps(
    {"code": os.path.dirname(__file__), "environment": {"REHEARSAL_%d" % n: "an ordinary value" for n in range(32)}}
)


def clear_environment():
    """Takes away what the process inherited, of Python's view and of the C library's; answers what that was."""
    inherited = dict(os.environ)
    variables = os.environ._data
    for name in variables:
        os.unsetenv(name)
    variables.clear()
    return inherited


def enter(code, environment, layers=(), sdk=None):
    """Makes the process the function's: its variables, time zone, working folder and module path."""
    variables, put = os.environ._data, os.putenv
    for name, value in environment.items():
        name, value = name.encode("utf-8", "surrogateescape"), value.encode("utf-8", "surrogateescape")
        put(name, value)
        variables[name] = value
    time.tzset()
    os.chdir(code)
    sys.path[:] = module_path([code, *layers], environment.get("PYTHONPATH", ""), sys.path)
    if sdk and sdk not in sys.path:
        sys.path.append(sdk)  # the function's own PYTHONPATH does not name it
    _uncover(code)
    for folder in layers:
        if os.path.isdir(folder):
            _uncover(folder)
    sys.argv = ["bootstrap"]


def layer_folders(layers, runtime):
    """Where layers bring modules; by the version that the function was made for, whatever runs it."""
    return (layers + "/python/lib/" + runtime + "/site-packages", layers + "/python") if layers else ()


def module_path(functions, python_path, inherited):
    """The function's folders first, then what the interpreter had, without the runtime's own folder."""
    own = __file__[: -len("/ringmaster_runtime/loading.py")]
    path = list(functions)
    path += [entry for entry in python_path.split(":") if entry and entry not in path]
    path += [entry for entry in inherited if entry and entry != own and entry not in path]
    return path


def _uncover(code):
    """Forgets modules that were imported ahead of time where the function brings one of that name."""
    for entry in os.listdir(code):
        name = entry.partition(".")[0]
        if name in sys.modules and name not in _SHARED:
            for module in [m for m in sys.modules if m == name or m.startswith(name + ".")]:
                del sys.modules[module]


def rehearse():
    """Binds a function, whose module is one of the runtime's own, as the first of a fresh folder, and forgets it.

    Touches little else: in a forked process every object that is looked at costs the copy of a page.
    """
    path, arguments, folder = sys.path[:], sys.argv, os.getcwd()
    binding = json.loads(_REHEARSAL)
    variables = [name.encode() for name in binding["environment"]]
    inherited = {name: os.environ._data.get(name) for name in variables}
    try:
        enter(binding["code"], binding["environment"])
        load("rehearsal.handler")
    finally:
        os.chdir(folder)
        sys.path[:], sys.argv = path, arguments
        sys.path_importer_cache.pop(binding["code"], None)
        sys.modules.pop("rehearsal", None)
        for name in variables:
            os.unsetenv(name)
            del os.environ._data[name]
        for name, value in inherited.items():
            if value is not None:
                os.putenv(name, value)
                os.environ._data[name] = value
        time.tzset()


def load(handler):
    """Imports the handler.

    Raises RuntimeFault for what the runtime finds wrong, and whatever function code raises.
    """
    try:
        module_name, function_name = handler.rsplit(".", 1)
    except ValueError as e:
        raise RuntimeFault("Runtime.MalformedHandlerName", "Bad handler '{}': {}".format(handler, e)) from None
    if module_name.split(".")[0] in sys.builtin_module_names:
        raise RuntimeFault(
            "Runtime.BuiltInModuleConflict", "Cannot use built-in module {} as a handler module".format(module_name)
        )
    try:
        module = importlib.import_module(module_name.replace("/", "."))
    except ImportError as e:
        raise RuntimeFault(
            "Runtime.ImportModuleError", "Unable to import module '{}': {}".format(module_name, e)
        ) from None
    except SyntaxError as e:
        raise RuntimeFault(
            "Runtime.UserCodeSyntaxError",
            "Syntax error in module '{}': {}".format(module_name, e),
            ['  File "%s" Line %s\n    %s' % (e.filename, e.lineno, e.text)],
        ) from None
    try:
        return getattr(module, function_name)
    except AttributeError:
        raise RuntimeFault(
            "Runtime.HandlerNotFound", "Handler '{}' missing on module '{}'".format(function_name, module_name)
        ) from None
