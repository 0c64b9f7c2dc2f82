"""Lambda through boto3, with its waiters, against a server that runs functions. Prints what it saw, as JSON.

Argument: a zip with index.js in it.
"""

import base64
import json
import sys

import boto3
from botocore.exceptions import ClientError

with open(sys.argv[1], "rb") as file:
    code = file.read()
functions = boto3.client("lambda")
quick = {"Delay": 1, "MaxAttempts": 60}


def code_of(call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        return [error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"]]
    return "accepted"


create = {
    "FunctionName": "boto",
    "Role": "arn:aws:iam::111122223333:role/boto",
    "Runtime": "nodejs22.x",
    "Handler": "index.handler",
    "Code": {"ZipFile": code},
}
made = functions.create_function(**create, Tags={"team": "a&b <c>"})
for waiter in ["function_exists", "function_active", "function_active_v2", "function_updated", "function_updated_v2"]:
    functions.get_waiter(waiter).wait(FunctionName="boto", WaiterConfig=quick)
version = functions.publish_version(FunctionName="boto")["Version"]
functions.get_waiter("published_version_active").wait(FunctionName="boto", Qualifier=version, WaiterConfig=quick)
functions.update_function_configuration(FunctionName="boto", Environment={"Variables": {"STAGE": "two"}})
second = functions.publish_version(FunctionName="boto")["Version"]
functions.create_alias(FunctionName="boto", Name="live", FunctionVersion=version)
functions.update_alias(
    FunctionName="boto", Name="live", RoutingConfig={"AdditionalVersionWeights": {second: 1.0}}
)
answer = functions.invoke(
    FunctionName=made["FunctionArn"] + ":live", Payload=json.dumps({"a": "ä"}), LogType="Tail"
)
failed = functions.invoke(FunctionName="boto", Qualifier=version, Payload='{"fail": true}')
event = functions.invoke(FunctionName="boto", InvocationType="Event", Payload="{}")
dry = functions.invoke(FunctionName="boto:live", InvocationType="DryRun")
pages = [
    [each["Version"] for each in page["Versions"]]
    for page in functions.get_paginator("list_versions_by_function").paginate(
        FunctionName="boto", PaginationConfig={"PageSize": 2}
    )
]
seen = {
    "version": version,
    "answer": json.loads(answer["Payload"].read()),
    "executed": answer["ExecutedVersion"],
    "log": base64.b64decode(answer["LogResult"]).decode().count("END RequestId"),
    "failed": [failed["FunctionError"], json.loads(failed["Payload"].read())["errorMessage"]],
    "event": event["StatusCode"],
    "dry": dry["StatusCode"],
    "pages": pages,
    "tags": functions.list_tags(Resource=made["FunctionArn"])["Tags"],
    "again": code_of(functions.create_function, **create),
    "no such function": code_of(functions.get_function, FunctionName="none"),
    "no such version": code_of(functions.invoke, FunctionName="boto", Qualifier="99"),
    "stale": code_of(functions.update_function_code, FunctionName="boto", ZipFile=code, RevisionId="stale"),
    "no zip": code_of(functions.update_function_code, FunctionName="boto", ZipFile=b"PK and not a zip at all......"),
    "not json": code_of(functions.invoke, FunctionName="boto", Payload="{"),
    "refused": code_of(functions.update_function_configuration, FunctionName="boto", Layers=["arn:aws:lambda:us-east-1:111122223333:layer:x:1"]),
    "not served": code_of(functions.list_layers),
    "in use": code_of(functions.delete_function, FunctionName="boto", Qualifier=second),
}
functions.delete_function(FunctionName="boto")
seen["gone"] = code_of(functions.get_function, FunctionName="boto")
print(json.dumps(seen))
