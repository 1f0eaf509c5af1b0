"""Prices an order: takes JSON, gives JSON."""


def handler(event, context):
    lines = [
        {"name": item["name"].upper(), "cents": item["cents"] * item["quantity"]}
        for item in event["items"]
    ]
    return {
        "order": event["order"],
        "lines": sorted(lines, key=lambda line: line["name"]),
        "total": sum(line["cents"] for line in lines),
    }
