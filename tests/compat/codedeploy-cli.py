"""CodeDeploy through the AWS CLI, as a script calls it. Prints one JSON object at the end: what was called, by operation.

Arguments: BUCKET KEY FLEET. The revision s3://BUCKET/KEY is there, and hosts with the tag Fleet=FLEET are waiting.
The configuration is the environment's alone. The CLI is imported once and its own `main` is called for each command, with
what it prints and its exit code: a start of its own costs a second each.
"""

import contextlib
import io
import json
import sys
import time

from awscli.clidriver import create_clidriver

BUCKET, KEY, FLEET = sys.argv[1:4]
ROLE = "arn:aws:iam::111122223333:role/CodeDeployServiceRole"
USER = "arn:aws:iam::111122223333:user/cli-build-host"
LOCATION = f"bucket={BUCKET},key={KEY},bundleType=tgz"
REVISION = json.dumps({"revisionType": "S3", "s3Location": {"bucket": BUCKET, "key": KEY, "bundleType": "tgz"}})
APPLICATION = ["--application-name", "cli-shop"]
GROUP = [*APPLICATION, "--deployment-group-name", "live"]

driver = create_clidriver()
called = {}
driver.session.register(
    "after-call.codedeploy", lambda model, **_: called.__setitem__(model.name, called.get(model.name, 0) + 1)
)


def run(*args):
    out, err = io.StringIO(), io.StringIO()
    # The CLI writes some of its output as bytes.
    out.buffer = BytesInto(out)
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = driver.main(["deploy", *args])
        except SystemExit as end:
            code = end.code
    return code or 0, out.getvalue(), err.getvalue()


class BytesInto:
    def __init__(self, text):
        self.text = text

    def write(self, data):
        self.text.write(data.decode())

    def flush(self):
        pass


def aws(*args):
    code, out, err = run(*args)
    assert code == 0, f"aws deploy {' '.join(args)} ended with {code}: {err or out}"
    return json.loads(out) if out.strip() else {}


def refused(fault, *args, exit_codes=(254, 255)):
    code, out, err = run(*args)
    # Version 1 ends with 255 (254 since 1.19) and version 2 with 254.
    assert code in exit_codes, f"aws deploy {' '.join(args)} ended with {code}: {err or out}"
    assert fault in err, f"aws deploy {' '.join(args)} was refused with: {err}"


def equal(got, expected, what):
    assert got == expected, f"{what}: expected {expected!r}, got {got!r}"


def applications():
    created = aws(
        "create-application", "--application-name", "cli-web", "--compute-platform", "Server", "--tags", "Key=team,Value=shop"
    )
    refused("ApplicationAlreadyExistsException", "create-application", "--application-name", "cli-web")
    aws("update-application", "--application-name", "cli-web", "--new-application-name", "cli-shop")
    application = aws("get-application", *APPLICATION)["application"]
    equal(application["applicationId"], created["applicationId"], "the id after renaming")
    assert "cli-shop" in aws("list-applications")["applications"]
    batch = aws("batch-get-applications", "--application-names", "cli-shop")["applicationsInfo"]
    equal([info["applicationName"] for info in batch], ["cli-shop"], "the batch of applications")
    arn = ["--resource-arn", "arn:aws:codedeploy:us-east-1:111122223333:application:cli-shop"]
    aws("tag-resource", *arn, "--tags", "Key=stage,Value=prod")
    aws("untag-resource", *arn, "--tag-keys", "team")
    equal(aws("list-tags-for-resource", *arn)["Tags"], [{"Key": "stage", "Value": "prod"}], "tags")


def configurations():
    name = ["--deployment-config-name", "cli-three-quarters"]
    aws("create-deployment-config", *name, "--minimum-healthy-hosts", "type=FLEET_PERCENT,value=75")
    got = aws("get-deployment-config", *name)["deploymentConfigInfo"]
    equal(got["minimumHealthyHosts"], {"type": "FLEET_PERCENT", "value": 75}, "the configuration")
    assert "cli-three-quarters" in aws("list-deployment-configs")["deploymentConfigsList"]
    aws("delete-deployment-config", *name)
    refused("DeploymentConfigDoesNotExistException", "get-deployment-config", *name)


def groups():
    filters = ["--ec2-tag-filters", f"Key=Fleet,Value={FLEET},Type=KEY_AND_VALUE"]
    rollback = ["--auto-rollback-configuration", "enabled=true,events=DEPLOYMENT_FAILURE"]
    prod = [*APPLICATION, "--deployment-group-name", "prod"]
    created = aws("create-deployment-group", *prod, "--service-role-arn", ROLE, *filters, *rollback)
    aws("update-deployment-group", *APPLICATION, "--current-deployment-group-name", "prod",
        "--new-deployment-group-name", "live", "--auto-rollback-configuration", "enabled=false")
    group = aws("get-deployment-group", *GROUP)["deploymentGroupInfo"]
    equal(group["deploymentGroupId"], created["deploymentGroupId"], "the group's id")
    equal(group["ec2TagFilters"], [{"Key": "Fleet", "Value": FLEET, "Type": "KEY_AND_VALUE"}], "filters")
    equal(aws("list-deployment-groups", *APPLICATION)["deploymentGroups"], ["live"], "groups")
    batch = aws("batch-get-deployment-groups", *APPLICATION, "--deployment-group-names", "live", "prod")
    equal([info["deploymentGroupName"] for info in batch["deploymentGroupsInfo"]], ["live"], "the batch of groups")
    refused("DeploymentGroupDoesNotExistException", "get-deployment-group", *prod)


def revisions():
    where = [*APPLICATION, "--s3-location", LOCATION]
    aws("register-application-revision", *where, "--description", "build 42")
    equal(aws("get-application-revision", *where)["revisionInfo"]["description"], "build 42", "the revision")
    listed = aws("list-application-revisions", *APPLICATION, "--sort-by", "registerTime", "--sort-order", "descending")
    equal(len(listed["revisions"]), 1, "revisions")
    batch = aws("batch-get-application-revisions", *APPLICATION, "--revisions", REVISION)
    equal(len(batch["revisions"]), 1, "the batch of revisions")


def ended(deployment_id):
    while True:
        status = aws("get-deployment", "--deployment-id", deployment_id)["deploymentInfo"]["status"]
        if status in ("Succeeded", "Failed", "Stopped"):
            return status
        time.sleep(0.2)


def deployments():
    deployment_id = aws("create-deployment", *GROUP, "--s3-location", LOCATION)["deploymentId"]
    this = ["--deployment-id", deployment_id]
    # The waiter looks every fifteen seconds.
    equal(ended(deployment_id), "Succeeded", "the deployment")
    equal(run("wait", "deployment-successful", *this)[0], 0, "the waiter's exit code")
    equal(aws("list-deployments", *GROUP)["deployments"], [deployment_id], "deployments")
    batch = aws("batch-get-deployments", "--deployment-ids", deployment_id)["deploymentsInfo"]
    equal([info["status"] for info in batch], ["Succeeded"], "the batch of deployments")
    targets = aws("list-deployment-targets", *this)["targetIds"]
    equal(len(targets), 1, "targets")
    target = aws("get-deployment-target", *this, "--target-id", *targets)["deploymentTarget"]
    equal(target["instanceTarget"]["status"], "Succeeded", "the target")
    equal(len(aws("batch-get-deployment-targets", *this, "--target-ids", *targets)["deploymentTargets"]), 1, "targets")
    equal(aws("list-deployment-instances", *this)["instancesList"], targets, "instances")
    summary = aws("get-deployment-instance", *this, "--instance-id", *targets)["instanceSummary"]
    equal(summary["status"], "Succeeded", "the instance")
    batch = aws("batch-get-deployment-instances", *this, "--instance-ids", *targets)
    equal(len(batch["instancesSummary"]), 1, "the batch of instances")
    refused("DeploymentAlreadyCompletedException", "stop-deployment", *this)

    missing = LOCATION.replace(KEY, "cli/missing.tgz")
    failing = aws("create-deployment", *GROUP, "--s3-location", missing)["deploymentId"]
    equal(ended(failing), "Failed", "the deployment of nothing")
    code, _, err = run("wait", "deployment-successful", "--deployment-id", failing)
    equal(code, 255, "the waiter's exit code")
    assert "terminal failure state" in err, err


def on_premises():
    name = ["--instance-name", "cli-build-host"]
    names = ["--instance-names", "cli-build-host"]
    aws("register-on-premises-instance", *name, "--iam-user-arn", USER)
    aws("add-tags-to-on-premises-instances", *names, "--tags", "Key=rack,Value=cli", "Key=row,Value=1")
    aws("remove-tags-from-on-premises-instances", *names, "--tags", "Key=row,Value=1")
    info = aws("get-on-premises-instance", *name)["instanceInfo"]
    equal((info["iamUserArn"], info["tags"]), (USER, [{"Key": "rack", "Value": "cli"}]), "the instance")
    listed = aws("list-on-premises-instances", "--tag-filters", "Key=rack,Value=cli,Type=KEY_AND_VALUE")
    equal(listed["instanceNames"], ["cli-build-host"], "instances with the tag")
    equal(len(aws("batch-get-on-premises-instances", *names)["instanceInfos"]), 1, "the batch of instances")
    aws("deregister-on-premises-instance", *name)


def the_rest():
    none = ["--deployment-id", "d-000000000"]
    gone = "DeploymentDoesNotExistException"
    refused(gone, "continue-deployment", *none, "--deployment-wait-type", "READY_WAIT")
    refused(gone, "skip-wait-time-for-instance-termination", *none)
    hook = ["--lifecycle-event-hook-execution-id", "BeforeInstall/1/shop:web", "--status", "Succeeded"]
    refused(gone, "put-lifecycle-event-hook-execution-status", *none, *hook)
    equal(aws("list-git-hub-account-token-names")["tokenNameList"], [], "GitHub tokens")
    refused("GitHubAccountTokenDoesNotExistException", "delete-git-hub-account-token", "--token-name", "nobody")
    aws("delete-resources-by-external-id", "--external-id", "nobody")


def clean_up():
    aws("delete-deployment-group", *GROUP)
    aws("delete-application", *APPLICATION)
    assert "cli-shop" not in aws("list-applications")["applications"]


for step in (applications, configurations, groups, revisions, deployments, on_premises, the_rest, clean_up):
    step()
print(json.dumps(called))
