"""CodeDeploy through boto3, as a program written for AWS uses it. Prints one JSON object at the end: what it called, by operation.

Arguments: BUCKET KEY FLEET. The revision s3://BUCKET/KEY is there, and hosts with the tag Fleet=FLEET are waiting.
The configuration is the environment's alone.
"""

import datetime
import json
import sys

import boto3
from botocore.exceptions import ClientError

BUCKET, KEY, FLEET = sys.argv[1:4]
ROLE = "arn:aws:iam::111122223333:role/CodeDeployServiceRole"
USER = "arn:aws:iam::111122223333:user/build-host"
REVISION = {"revisionType": "S3", "s3Location": {"bucket": BUCKET, "key": KEY, "bundleType": "tgz"}}

client = boto3.client("codedeploy")
called = {}
client.meta.events.register(
    "after-call.codedeploy", lambda model, **_: called.__setitem__(model.name, called.get(model.name, 0) + 1)
)


def equal(got, expected, what):
    assert got == expected, f"{what}: expected {expected!r}, got {got!r}"


def refused(fault, call, **arguments):
    try:
        call(**arguments)
    except getattr(client.exceptions, fault) as error:
        assert error.response["Error"]["Message"], "an error without a message"
        assert error.response["ResponseMetadata"]["RequestId"], "an error without a request id"
        return
    raise AssertionError(f"{call.__name__} was not refused with {fault}")


def recent(value, what):
    assert isinstance(value, datetime.datetime), f"{what} is {value!r}"
    age = datetime.datetime.now(datetime.timezone.utc) - value
    assert abs(age) < datetime.timedelta(minutes=10), f"{what} is {age} old"


def applications():
    created = client.create_application(
        applicationName="boto-web", computePlatform="Server", tags=[{"Key": "team", "Value": "shop"}]
    )
    refused("ApplicationAlreadyExistsException", client.create_application, applicationName="boto-web")
    application = client.get_application(applicationName="boto-web")["application"]
    recent(application.pop("createTime"), "createTime")
    equal(
        application,
        {
            "applicationId": created["applicationId"],
            "applicationName": "boto-web",
            "linkedToGitHub": False,
            "computePlatform": "Server",
        },
        "the application",
    )
    client.update_application(applicationName="boto-web", newApplicationName="boto-shop")
    refused("ApplicationDoesNotExistException", client.get_application, applicationName="boto-web")
    assert "boto-shop" in list(client.get_paginator("list_applications").paginate().search("applications[]"))
    infos = client.batch_get_applications(applicationNames=["boto-shop"])["applicationsInfo"]
    equal([info["applicationId"] for info in infos], [created["applicationId"]], "the id after renaming")

    arn = "arn:aws:codedeploy:us-east-1:111122223333:application:boto-shop"
    client.tag_resource(ResourceArn=arn, Tags=[{"Key": "stage", "Value": "prod"}])
    client.untag_resource(ResourceArn=arn, TagKeys=["team"])
    equal(client.list_tags_for_resource(ResourceArn=arn)["Tags"], [{"Key": "stage", "Value": "prod"}], "tags")


def configurations():
    minimum = {"type": "FLEET_PERCENT", "value": 75}
    created = client.create_deployment_config(deploymentConfigName="boto-three-quarters", minimumHealthyHosts=minimum)
    got = client.get_deployment_config(deploymentConfigName="boto-three-quarters")["deploymentConfigInfo"]
    recent(got["createTime"], "createTime")
    equal(got["deploymentConfigId"], created["deploymentConfigId"], "the configuration's id")
    equal((got["minimumHealthyHosts"], got["computePlatform"]), (minimum, "Server"), "the configuration")
    names = list(
        client.get_paginator("list_deployment_configs").paginate().search("deploymentConfigsList[]")
    )
    equal(len([name for name in names if name.startswith("CodeDeployDefault.")]), 17, "predefined configurations")
    assert "boto-three-quarters" in names
    client.delete_deployment_config(deploymentConfigName="boto-three-quarters")
    refused(
        "DeploymentConfigDoesNotExistException",
        client.get_deployment_config,
        deploymentConfigName="boto-three-quarters",
    )


def groups():
    fields = {
        "deploymentConfigName": "CodeDeployDefault.AllAtOnce",
        "ec2TagFilters": [{"Key": "Fleet", "Value": FLEET, "Type": "KEY_AND_VALUE"}],
        "onPremisesInstanceTagFilters": [{"Key": "Fleet", "Value": "boto-none", "Type": "KEY_AND_VALUE"}],
        "serviceRoleArn": ROLE,
        "triggerConfigurations": [
            {
                "triggerName": "failures",
                "triggerTargetArn": "arn:aws:sns:us-east-1:111122223333:deployments",
                "triggerEvents": ["DeploymentFailure", "DeploymentStop"],
            }
        ],
        "alarmConfiguration": {"enabled": False, "ignorePollAlarmFailure": True, "alarms": [{"name": "5xx"}]},
        "autoRollbackConfiguration": {"enabled": True, "events": ["DEPLOYMENT_FAILURE"]},
        "outdatedInstancesStrategy": "IGNORE",
        "deploymentStyle": {"deploymentType": "IN_PLACE", "deploymentOption": "WITHOUT_TRAFFIC_CONTROL"},
    }
    created = client.create_deployment_group(
        applicationName="boto-shop", deploymentGroupName="prod", tags=[{"Key": "a", "Value": "b"}], **fields
    )
    where = {"applicationName": "boto-shop", "deploymentGroupName": "prod"}
    group = client.get_deployment_group(**where)["deploymentGroupInfo"]
    equal({name: group.get(name) for name in fields}, fields, "the group")
    equal(group["deploymentGroupId"], created["deploymentGroupId"], "the group's id")
    equal(group["computePlatform"], "Server", "the group's platform")
    client.update_deployment_group(
        applicationName="boto-shop",
        currentDeploymentGroupName="prod",
        newDeploymentGroupName="live",
        onPremisesInstanceTagFilters=[],
        triggerConfigurations=[],
    )
    where["deploymentGroupName"] = "live"
    updated = client.get_deployment_group(**where)["deploymentGroupInfo"]
    equal(updated.get("triggerConfigurations", []), [], "triggers that were cleared")
    equal(updated["autoRollbackConfiguration"], fields["autoRollbackConfiguration"], "what was not mentioned")
    pages = client.get_paginator("list_deployment_groups").paginate(applicationName="boto-shop")
    equal(list(pages.search("deploymentGroups[]")), ["live"], "groups")
    batch = client.batch_get_deployment_groups(applicationName="boto-shop", deploymentGroupNames=["live", "prod"])
    equal([info["deploymentGroupName"] for info in batch["deploymentGroupsInfo"]], ["live"], "the batch")
    assert batch["errorMessage"], "the batch says nothing of the group that is not there"
    refused(
        "DeploymentGroupDoesNotExistException",
        client.get_deployment_group,
        applicationName="boto-shop",
        deploymentGroupName="prod",
    )


def revisions():
    client.register_application_revision(applicationName="boto-shop", revision=REVISION, description="build 42")
    got = client.get_application_revision(applicationName="boto-shop", revision=REVISION)
    recent(got["revisionInfo"]["registerTime"], "registerTime")
    equal(got["revisionInfo"]["description"], "build 42", "the revision's description")
    pages = client.get_paginator("list_application_revisions").paginate(
        applicationName="boto-shop", sortBy="registerTime", sortOrder="descending", s3Bucket=BUCKET
    )
    equal(len(list(pages.search("revisions[]"))), 1, "revisions")
    batch = client.batch_get_application_revisions(applicationName="boto-shop", revisions=[REVISION])
    equal(len(batch["revisions"]), 1, "the batch of revisions")
    other = {"revisionType": "GitHub", "gitHubLocation": {"repository": "a/b", "commitId": "0" * 40}}
    refused(
        "RevisionDoesNotExistException", client.get_application_revision, applicationName="boto-shop", revision=other
    )


def deployments():
    where = {"applicationName": "boto-shop", "deploymentGroupName": "live"}
    begun = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(minutes=1)
    deployment_id = client.create_deployment(**where, revision=REVISION, description="from boto3")["deploymentId"]
    client.get_waiter("deployment_successful").wait(
        deploymentId=deployment_id, WaiterConfig={"Delay": 1, "MaxAttempts": 60}
    )
    info = client.get_deployment(deploymentId=deployment_id)["deploymentInfo"]
    equal((info["status"], info["creator"], info["description"]), ("Succeeded", "user", "from boto3"), "the deployment")
    for name in ("createTime", "startTime", "completeTime"):
        recent(info[name], name)
    assert info["createTime"] <= info["startTime"] <= info["completeTime"], info
    equal(info["deploymentOverview"]["Succeeded"], 1, "hosts that succeeded")
    listed = client.get_paginator("list_deployments").paginate(
        **where, includeOnlyStatuses=["Succeeded"], createTimeRange={"start": begun}
    )
    equal(list(listed.search("deployments[]")), [deployment_id], "deployments")
    batch = client.batch_get_deployments(deploymentIds=[deployment_id])["deploymentsInfo"]
    equal([found["deploymentId"] for found in batch], [deployment_id], "the batch of deployments")

    targets = list(
        client.get_paginator("list_deployment_targets").paginate(deploymentId=deployment_id).search("targetIds[]")
    )
    equal(len(targets), 1, "targets")
    target = client.get_deployment_target(deploymentId=deployment_id, targetId=targets[0])["deploymentTarget"]
    equal((target["deploymentTargetType"], target["instanceTarget"]["status"]), ("InstanceTarget", "Succeeded"), "target")
    events = target["instanceTarget"]["lifecycleEvents"]
    expected = "ApplicationStop DownloadBundle BeforeInstall Install AfterInstall ApplicationStart ValidateService"
    equal([event["lifecycleEventName"] for event in events], expected.split(), "events")
    for event in events:
        recent(event["startTime"], event["lifecycleEventName"])
    batch = client.batch_get_deployment_targets(deploymentId=deployment_id, targetIds=targets)["deploymentTargets"]
    equal(len(batch), 1, "the batch of targets")

    instances = list(
        client.get_paginator("list_deployment_instances").paginate(deploymentId=deployment_id).search("instancesList[]")
    )
    equal(len(instances), 1, "instances")
    summary = client.get_deployment_instance(deploymentId=deployment_id, instanceId=targets[0])["instanceSummary"]
    equal(summary["status"], "Succeeded", "the instance")
    batch = client.batch_get_deployment_instances(deploymentId=deployment_id, instanceIds=targets)["instancesSummary"]
    equal(len(batch), 1, "the batch of instances")
    refused("DeploymentAlreadyCompletedException", client.stop_deployment, deploymentId=deployment_id)
    refused("DeploymentDoesNotExistException", client.get_deployment, deploymentId="d-000000000")


def on_premises():
    name = "boto-host"
    client.register_on_premises_instance(instanceName=name, iamUserArn=USER)
    refused(
        "InstanceNameAlreadyRegisteredException",
        client.register_on_premises_instance,
        instanceName=name,
        iamUserArn=USER + "-2",
    )
    client.add_tags_to_on_premises_instances(
        instanceNames=[name], tags=[{"Key": "rack", "Value": "7"}, {"Key": "row", "Value": "1"}]
    )
    client.remove_tags_from_on_premises_instances(instanceNames=[name], tags=[{"Key": "row", "Value": "1"}])
    info = client.get_on_premises_instance(instanceName=name)["instanceInfo"]
    recent(info["registerTime"], "registerTime")
    equal((info["iamUserArn"], info["tags"]), (USER, [{"Key": "rack", "Value": "7"}]), "the instance")
    filters = [{"Key": "rack", "Value": "7", "Type": "KEY_AND_VALUE"}]
    pages = client.list_on_premises_instances(registrationStatus="Registered", tagFilters=filters)
    equal(pages["instanceNames"], [name], "instances with the tag")
    batch = client.batch_get_on_premises_instances(instanceNames=[name])["instanceInfos"]
    equal(len(batch), 1, "the batch of on-premises instances")
    client.deregister_on_premises_instance(instanceName=name)
    left = client.list_on_premises_instances(registrationStatus="Registered")["instanceNames"]
    assert name not in left, left


def not_implemented():
    equal(client.list_git_hub_account_token_names()["tokenNameList"], [], "GitHub tokens")
    for wait in (
        lambda: client.continue_deployment(deploymentId="d-000000000", deploymentWaitType="READY_WAIT"),
        lambda: client.skip_wait_time_for_instance_termination(deploymentId="d-000000000"),
        lambda: client.put_lifecycle_event_hook_execution_status(
            deploymentId="d-000000000",
            lifecycleEventHookExecutionId="BeforeInstall/1/shop:web",
            status="Succeeded",
        ),
    ):
        try:
            wait()
        except ClientError as error:
            equal(error.response["Error"]["Code"], "DeploymentDoesNotExistException", "continuing nothing")
        else:
            raise AssertionError("a deployment that does not exist was continued")
    client.delete_resources_by_external_id(externalId="x")
    try:
        client.delete_git_hub_account_token(tokenName="ci")
    except ClientError as error:
        response = error.response
        equal(response["Error"]["Code"], "GitHubAccountTokenDoesNotExistException", "a token that there is not")
        equal(response["ResponseMetadata"]["RetryAttempts"], 0, "attempts at a token that there is not")
        return
    raise AssertionError("a token that does not exist was deleted")


def clean_up():
    client.delete_deployment_group(applicationName="boto-shop", deploymentGroupName="live")
    client.delete_application(applicationName="boto-shop")
    assert "boto-shop" not in client.list_applications()["applications"]


for step in (applications, configurations, groups, revisions, deployments, on_premises, not_implemented, clean_up):
    step()
print(json.dumps(called))
