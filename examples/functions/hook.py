"""A hook in Python: looks at the new version, and answers. Its SDK finds Sluice, and its key, by itself.

sluice.yml gives its Role lambda:InvokeFunction."""

import os

import boto3

codedeploy = boto3.client("codedeploy")
aws_lambda = boto3.client("lambda")


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
