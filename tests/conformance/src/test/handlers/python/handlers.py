"""Handlers that our bootstrap and AWS's client must answer and log alike. The event stands in the line above each."""

import collections
import dataclasses
import datetime
import decimal
import enum
import json
import logging
import os
import sys


# {"a":[1,2.5,"ü",null,true]}
def echo(event, context): return event

# null
def nothing(event, context): pass

# {}
def text(event, context): return "a \"text\" with ünïcode \u2028 and \ud83d\ude00"

# {}
def number(event, context): return 12345678901234567890

# {}
def floating(event, context): return [0.1, 1e300, -0.0, 1.0]

# {}
def nan(event, context): return float("nan")

# {}
def infinity(event, context): return [float("inf")]

# {}
def truth(event, context): return True

# {}
def tuples(event, context): return (1, (2, 3))

# {}
def keys(event, context): return {1: "a", 2.5: "b", True: "c", None: "d"}

# {}
def tuple_keys(event, context): return {(1, 2): 3}

# {}
def sets(event, context): return {1}

# {}
def raw_bytes(event, context): return b"raw"

# {}
def exact(event, context): return decimal.Decimal("1.10")

# {}
def moment(event, context): return datetime.datetime(2026, 1, 1)

# {}
def circular(event, context):
    a = []
    a.append(a)
    return a

# {}
def deep(event, context):
    value = None
    for _ in range(100): value = [value]
    return value

# {}
def too_deep(event, context):
    value = None
    for _ in range(100000): value = [value]
    return value

# {}
def named(event, context): return collections.namedtuple("Point", "x y")(1, 2)

# {}
def data(event, context):
    @dataclasses.dataclass
    class Point: x: int = 1
    return Point()

# {}
def enumerated(event, context): return enum.IntEnum("Colour", "RED GREEN").GREEN

# {}
def ordered(event, context): return collections.OrderedDict(b=1, a=2)

# {}
def surrogate(event, context): return "\ud800"

# {}
def raises(event, context): raise ValueError("no good")

# {}
def raises_bare(event, context): raise KeyError

# {}
def raises_key(event, context): return {}["missing"]

# {}
def raises_unicode(event, context): raise RuntimeError("ü\nline 2")

# {}
def raises_chain(event, context):
    try: 1 / 0
    except ZeroDivisionError as e: raise ValueError("chained") from e

class Own(Exception):
    def __str__(self): return "own text"

# {}
def raises_own(event, context): raise Own("unseen")

# {}
def raises_deep(event, context):
    def down(n): return down(n - 1) if n else 1 / 0
    return down(5)

# {}
def recursion(event, context): return recursion(event, context)

# {}
def syntax(event, context): return eval("1 +")

# {}
def imports(event, context): import nowhere

# {}
def exits(event, context): sys.exit(4)

# {}
def exits_text(event, context): sys.exit("leaving")

# {}
def hard_exit(event, context): os._exit(5)

# {}
def interrupts(event, context): raise KeyboardInterrupt

# {}
def attributes(event, context):
    return [context.function_name, context.function_version, context.memory_limit_in_mb, context.log_group_name,
            context.invoked_function_arn, str(context.client_context), context.identity.cognito_identity_id,
            type(context).__name__]

# {}
def missing_attribute(event, context): return context.nothing

# {"n":1e400,"s":"\u00e9","big":123456789012345678901234567890}
def odd_numbers(event, context): return [str(event["n"]), event["s"], event["big"]]

# "just a string"
def plain(event, context): return [type(event).__name__, event]

# {}
def dumped(event, context): return json.dumps({"already": "text"})

def written():
    print("printed", 1, "ünïcode")
    print("several\nlines")
    print("to standard error", file=sys.stderr)
    logging.getLogger().setLevel(logging.INFO)
    logging.info("text %s", "a")
    logging.getLogger("own").warning("several\nlines", extra={"more": {"a": 1}})
    logging.debug("unseen")
    try: raise Own("seen")
    except Own: logging.exception("with a trace")

# {}
def logs_text(event, context): written()

# {}
def logs_json(event, context): written()

# {}
def logs_json_warn(event, context): written()

# {}
def raises_json(event, context): raise Own("unseen")

# {}
def generator(event, context): return (n for n in range(3))

# {}
async def coroutine(event, context): return 1

not_callable = 3
