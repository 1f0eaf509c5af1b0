"""The life of a function, through boto3 or the AWS command line. Prints a line of JSON for each step.

usage: life.py boto3|aws-cli PACKAGES NAME [STEP...]; the endpoint and the credentials come from the environment.
PACKAGES holds one.zip, two.zip and layer.zip.
"""

import json
import sys
import traceback

import function_steps  # noqa: F401  (its steps first)
import resource_steps  # noqa: F401
from common import client, client_name, steps

only = sys.argv[4:]

for title, function in steps:
    if only and title not in only:
        continue
    client.operations.clear()
    try:
        absent = function()
        ok, detail = absent is None, absent or ""
    except Exception as failure:  # every failure is this step's, and is told
        lines = traceback.format_exc().splitlines()
        ok, detail = False, f"{failure}"[:3000] + " <- " + " ".join(line.strip() for line in lines if "_steps.py" in line)[-300:]
    operations = sorted(set(client.operations))
    outcome = {"client": client_name, "step": title, "operations": operations, "ok": ok, "detail": detail}
    if function.__name__ == "invoke_with_a_streamed_answer" and detail.startswith("the client has"):
        outcome["absent"] = True
    print(json.dumps(outcome), flush=True)
