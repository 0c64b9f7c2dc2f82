"""A hook in Python: looks at the new version, and answers. Its SDK finds Sluice, and its key, by itself.

sluice.yml gives its Role lambda:InvokeFunction."""

import os

import boto3

# boto3 before 1.28, such as Debian 12's, does not read the variable by itself. On AWS there is none.
endpoint = os.environ.get("AWS_ENDPOINT_URL")
codedeploy = boto3.client("codedeploy", endpoint_url=endpoint)
aws_lambda = boto3.client("lambda", endpoint_url=endpoint)


def handler(event, context):
    checked = os.environ["CHECKED_FUNCTION"]
    answer = aws_lambda.invoke(FunctionName=checked)
    status = "Failed" if "FunctionError" in answer else "Succeeded"
    print(f"{checked}: {status}")
    codedeploy.put_lifecycle_event_hook_execution_status(
        deploymentId=event["DeploymentId"],
        lifecycleEventHookExecutionId=event["LifecycleEventHookExecutionId"],
        status=status,
    )
