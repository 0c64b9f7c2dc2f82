"""ECS through boto3, as a program written for AWS uses it. Prints one JSON object at the end: what it was refused, and how.

Arguments: TARGET_GROUP_ARN IMAGE. The target group is behind a listener, and the image serves a page on a port.
The configuration is the environment's alone.
"""

import json
import sys

import boto3
from botocore.exceptions import ClientError

TARGET_GROUP, IMAGE = sys.argv[1:3]
PORT = 8080
CLUSTER = "boto"
SOON = {"Delay": 2, "MaxAttempts": 120}

client = boto3.client("ecs")
seen = {}


def wait(name, **arguments):
    client.get_waiter(name).wait(cluster=CLUSTER, WaiterConfig=SOON, **arguments)


def refused(call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        assert error.response["ResponseMetadata"]["RequestId"], "an error without a request id"
        declared = getattr(client.exceptions, code, None)
        assert declared is None or isinstance(error, declared), f"{code} is not its own exception"
        seen[code] = error.response["Error"]["Message"]
        return
    raise AssertionError(f"{call.__name__} was not refused")


client.create_cluster(clusterName=CLUSTER)
container = {"name": "app", "image": IMAGE, "command": ["serves", str(PORT), "boto"], "memory": 64}
client.register_task_definition(
    family="boto", containerDefinitions=[{**container, "portMappings": [{"containerPort": PORT}]}]
)
refused(
    client.register_task_definition, family="boto", containerDefinitions=[{**container, "privileged": True}]
)
refused(client.describe_task_definition, taskDefinition="none")
refused(client.run_task, cluster=CLUSTER, taskDefinition="boto")
refused(client.list_services, cluster="none")
refused(client.update_service, cluster=CLUSTER, service="none", desiredCount=1)

client.create_service(
    cluster=CLUSTER,
    serviceName="web",
    taskDefinition="boto",
    desiredCount=2,
    clientToken="once",
    deploymentController={"type": "CODE_DEPLOY"},
    loadBalancers=[{"targetGroupArn": TARGET_GROUP, "containerName": "app", "containerPort": PORT}],
)
wait("services_stable", services=["web"])
pages = [
    page["taskArns"]
    for page in client.get_paginator("list_tasks").paginate(cluster=CLUSTER, PaginationConfig={"PageSize": 1})
]
tasks = [arn for page in pages for arn in page]
assert len(tasks) == 2, tasks
seen["pages"] = len([page for page in pages if page])
wait("tasks_running", tasks=tasks)
seen["failures"] = client.describe_tasks(cluster=CLUSTER, tasks=["0" * 32])["failures"]
client.stop_task(cluster=CLUSTER, task=tasks[0])
wait("tasks_stopped", tasks=tasks[:1])
client.delete_service(cluster=CLUSTER, service="web", force=True)
refused(client.update_service, cluster=CLUSTER, service="web", desiredCount=1)
wait("services_inactive", services=["web"])
print(json.dumps({code: text for code, text in seen.items()}))
