"""From a BIND frame to a callable handler: environment, folders, module path, import."""

import importlib
import os
import sys
import time

from .errors import RuntimeFault


def enter(binding, droppable):
    """Makes the process the function's: its variables, time zone, working folder and module path."""
    environment = binding["environment"]
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    code = binding["code"]
    os.chdir(code)
    sys.path[:] = module_path(code, environment.get("PYTHONPATH", ""), sys.path)
    sys.path_importer_cache.pop(code, None)
    _uncover(code, droppable)
    sys.argv = ["bootstrap"]


def module_path(code, python_path, inherited):
    """The function's folder first, then the layers', then what the interpreter had, without the runtime's own folder."""
    own = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    library = "/opt/python/lib/python%d.%d/site-packages" % sys.version_info[:2]
    path = [code, library, "/opt/python"]
    path += [entry for entry in python_path.split(":") if entry and entry not in path]
    path += [entry for entry in inherited if entry and os.path.abspath(entry) != own and entry not in path]
    return path


def _uncover(code, droppable):
    """Forgets modules that were imported ahead of time where the function brings one of that name."""
    for entry in os.listdir(code):
        name = entry.partition(".")[0]
        if name in droppable:
            for module in [m for m in sys.modules if m == name or m.startswith(name + ".")]:
                del sys.modules[module]


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
