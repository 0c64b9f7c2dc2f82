"""
What Bitbucket's pipe aws-code-deploy does with boto3 for COMMAND=upload and then COMMAND=deploy, with WAIT=true: one process here, to be cheap.

    bitbucket-pipe.py APPLICATION GROUP ZIP_FILE VERSION_LABEL

Its bucket is called as the pipe calls it where S3_BUCKET is not set. It exits with 1, and says why, when the deployment did not succeed.
"""

import sys

import boto3
from botocore.config import Config
from botocore.exceptions import WaiterError

application, group, zip_file, label = sys.argv[1:]
bucket = f"{application}-codedeploy-deployment"

boto3.client("s3", config=Config(retries={"max_attempts": 3})).upload_file(zip_file, bucket, label)
client = boto3.client("codedeploy")
revision = {"revisionType": "S3", "s3Location": {"bucket": bucket, "key": label, "bundleType": "zip"}}
client.register_application_revision(applicationName=application, revision=revision)
print("uploaded")

deployment = client.create_deployment(
    applicationName=application,
    deploymentGroupName=group,
    revision=revision,
    description="Deployed from Bitbucket Pipelines using aws-code-deploy pipe.",
    ignoreApplicationStopFailures=False,
    fileExistsBehavior="OVERWRITE",
)
deployment_id = deployment["deploymentId"]
print("deploys")
try:
    waiter = client.get_waiter("deployment_successful")
    waiter.wait(deploymentId=deployment_id, WaiterConfig={"Delay": 1, "MaxAttempts": 300})
except WaiterError as error:
    info = client.get_deployment(deploymentId=deployment_id)["deploymentInfo"]
    print(info["status"], info["errorInformation"]["code"], error.last_response["deploymentInfo"]["deploymentId"] == deployment_id)
    sys.exit(1)
print("deployed")
