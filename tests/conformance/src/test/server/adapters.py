"""Two of AWS's clients behind one face: boto3 as it is, and the command line, a process for each call."""

import json
import os
import re
import subprocess
import sys
import tempfile


# An access key id that is another account's number.
STRANGER = "210987654321"


class Fault(Exception):
    """An answer that the client took for an error, with the name that the client gives it."""

    def __init__(self, kind, code, text, reason=None):
        super().__init__(f"{kind} {code}: {text} {reason or ''}")
        self.kind, self.code, self.text, self.reason = kind, code, text, reason


class Boto:
    """boto3, with its own waiters, paginators and exception classes; it retries nothing here."""

    def __init__(self):
        import boto3
        from botocore.config import Config
        from botocore.exceptions import ClientError

        self.failure = ClientError
        settings = {"retries": {"max_attempts": 0}, "read_timeout": 120}
        self.client = boto3.client("lambda", config=Config(**settings))
        self.elsewhere = boto3.client("lambda", region_name="eu-west-1", config=Config(**settings))
        self.stranger = boto3.client(
            "lambda", aws_access_key_id=STRANGER, aws_secret_access_key="none", config=Config(**settings)
        )
        self.operations = []
        for client in (self.client, self.elsewhere, self.stranger):
            client.meta.events.register(
                "before-call.lambda", lambda model, **rest: self.operations.append(model.name)
            )

    def call(self, operation, away=False, strange=False, **members):
        client = self.stranger if strange else self.elsewhere if away else self.client
        try:
            answer = getattr(client, operation)(**members)
        except self.failure as failure:
            raise self.fault(failure) from None
        if "Payload" in answer:
            answer["Payload"] = answer["Payload"].read()
        return answer

    def fault(self, failure):
        answer = failure.response
        return Fault(
            type(failure).__name__,
            answer["Error"]["Code"],
            answer["Error"]["Message"],
            answer.get("Reason"),
        )

    def stream(self, **members):
        answer = self.client.invoke_with_response_stream(**members)
        payload, complete = b"", None
        for event in answer["EventStream"]:
            payload += event.get("PayloadChunk", {}).get("Payload", b"")
            complete = event.get("InvokeComplete", complete)
        return payload, complete

    def wait(self, waiter, **members):
        config = {"Delay": 1, "MaxAttempts": 60}
        self.client.get_waiter(waiter).wait(WaiterConfig=config, **members)

    def pages(self, operation, key, size, **members):
        pages = self.client.get_paginator(operation).paginate(
            PaginationConfig={"PageSize": size}, **members
        )
        return [item for page in pages for item in page.get(key, [])]


class CommandLine:
    """The AWS command line."""

    ERROR = re.compile(
        r"An error occurred \((\w+)\) when calling the \w+ operation(?: \(reached max retries: \d+\))?: (.*)",
        re.S,
    )

    def __init__(self):
        self.operations = []
        self.folder = tempfile.TemporaryDirectory()
        self.files = 0

    def call(self, operation, away=False, strange=False, **members):
        options = ["--region", "eu-west-1"] if away else []
        answer, out = self.run(operation, members, options, {"AWS_ACCESS_KEY_ID": STRANGER} if strange else {})
        if operation == "invoke":
            with open(out, "rb") as file:
                answer["Payload"] = file.read()
        return answer

    def run(self, operation, members, options, variables=None):
        self.operations.append("".join(word.title() for word in operation.split("_")))
        command = ["lambda", operation.replace("_", "-")]
        out = None
        for name, value in members.items():
            command += self.option(name, value)
        if operation == "invoke":
            out = self.file(b"")
            command.append(out)
        text = self.aws(command + options, variables)
        return json.loads(text) if text.strip() else {}, out

    def aws(self, arguments, variables=None):
        process = subprocess.run(
            [sys.executable, "-m", "awscli", *arguments, "--output", "json"],
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
            env={**os.environ, **(variables or {})},
        )
        if process.returncode == 0:
            return process.stdout
        found = self.ERROR.search(process.stderr)
        if not found:
            raise RuntimeError(f"aws {arguments} ended with {process.returncode}: {process.stderr[-2000:]}")
        raise Fault(found.group(1), found.group(1), found.group(2).strip())

    def option(self, name, value):
        if isinstance(value, dict) and isinstance(value.get("ZipFile"), bytes):
            rest = {key: each for key, each in value.items() if key != "ZipFile"}
            return self.option("ZipFile", value["ZipFile"]) + (self.option(name, rest) if rest else [])
        flag = "--" + re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", name).lower()
        if isinstance(value, bool):
            return [flag if value else "--no-" + flag[2:]]
        if isinstance(value, bytes):
            return [flag, ("" if name == "InvokeArgs" else "fileb://") + self.file(value)]
        if isinstance(value, (dict, list)):
            return [flag, json.dumps(value)]
        return [flag, str(value)]

    def file(self, content):
        self.files += 1
        path = os.path.join(self.folder.name, str(self.files))
        with open(path, "wb") as file:
            file.write(content)
        return path

    def stream(self, **members):
        return None, None

    def wait(self, waiter, **members):
        """The command line waits in steps of its own."""
        command = ["lambda", "wait", waiter.replace("_", "-")]
        for name, value in members.items():
            command += self.option(name, value)
        self.aws(command)
        self.operations.append("GetFunction")

    def pages(self, operation, key, size, **members):
        answer, _ = self.run(operation, members, ["--page-size", str(size)])
        return answer.get(key, [])
