"""Writes the table of operations, src/main/resources/io/ringmaster/lambdahttp/operations.json.

Usage: python3 operations.py SERVICE_MODEL > .../operations.json

SERVICE_MODEL is AWS's published description of the Lambda API, botocore/data/lambda/2015-03-31/service-2.json.gz of the
package botocore. Only facts are taken from it: methods, paths, statuses, member names, where a member travels, and its
constraints.
"""

import gzip
import json
import sys


def main():
    with gzip.open(sys.argv[1]) as stream:
        model = json.load(stream)
    shapes = {}
    # The model's are those of functions on managed instances, which are not served: the server holds these for all others.
    model["shapes"]["Timeout"]["max"] = 900
    model["shapes"]["MemorySize"]["max"] = 10240

    def shape(name):
        if name in shapes:
            return name
        source = model["shapes"][name]
        fact = {"type": source["type"]}
        shapes[name] = fact
        for key in ("min", "max", "pattern", "enum"):
            if key in source:
                fact[key] = source[key]
        if source["type"] == "structure":
            required = source.get("required", [])
            fact["members"] = {
                member: member_of(description, member in required)
                for member, description in source["members"].items()
            }
        elif source["type"] == "list":
            fact["member"] = shape(source["member"]["shape"])
        elif source["type"] == "map":
            fact["key"] = shape(source["key"]["shape"])
            fact["value"] = shape(source["value"]["shape"])
        return name

    def member_of(description, required):
        fact = {"shape": shape(description["shape"])}
        if required:
            fact["required"] = True
        if "location" in description:
            fact["in"] = description["location"]
            fact["name"] = description["locationName"]
        return fact

    operations = {}
    for name, operation in sorted(model["operations"].items()):
        http = operation["http"]
        fact = {"method": http["method"], "path": http["requestUri"], "status": http.get("responseCode", 200)}
        if "input" in operation:
            fact["input"] = shape(operation["input"]["shape"])
            payload = model["shapes"][operation["input"]["shape"]].get("payload")
            if payload:
                fact["payload"] = payload
        operations[name] = fact
    out = ['{"operations":{']
    out.append(",\n".join(json.dumps(k) + ":" + json.dumps(v, separators=(",", ":")) for k, v in operations.items()))
    out.append('},\n"shapes":{')
    out.append(",\n".join(json.dumps(k) + ":" + json.dumps(v, separators=(",", ":")) for k, v in sorted(shapes.items())))
    out.append("}}")
    print("\n".join(out))


main()
