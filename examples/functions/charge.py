# The same as charge.mjs, in Python.
import json
import os

TROUBLE = os.environ.get("TROUBLE", "")


def handler(event, context):
    version = context.function_version
    print(f"version {version} is asked for {event.get('path', 'an answer')}")
    if TROUBLE == "errs":
        raise RuntimeError(f"version {version} has no rates")
    return {
        "statusCode": 200,
        "headers": {"content-type": "application/json"},
        "body": json.dumps({"version": version, "runtime": "python"}, separators=(",", ":")) + "\n",
    }
