"""The echo function of the benchmarks."""


def handler(event, context):
    return event
