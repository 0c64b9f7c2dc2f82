"""Elastic Load Balancing v2 through boto3, with its waiters, against a server that runs a load balancer. Prints what it saw, as JSON.

Arguments: a free port, and the port of a web service on loopback that is healthy.
"""

import json
import sys

import boto3
from botocore.exceptions import ClientError

listener_port, web_port = int(sys.argv[1]), int(sys.argv[2])
elb = boto3.client("elbv2")
quick = {"Delay": 1, "MaxAttempts": 110}


def code(call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        return error.response["Error"]["Code"]
    return "accepted"


balancer = elb.create_load_balancer(Name="boto", Subnets=["subnet-a", "subnet-b"], SecurityGroups=["sg-1"])["LoadBalancers"][0]
arn = balancer["LoadBalancerArn"]
elb.get_waiter("load_balancer_exists").wait(LoadBalancerArns=[arn], WaiterConfig=quick)
elb.get_waiter("load_balancer_available").wait(LoadBalancerArns=[arn], WaiterConfig=quick)
groups = [
    elb.create_target_group(
        Name=f"boto-{name}",
        Protocol="HTTP",
        Port=web_port,
        TargetType="ip",
        VpcId="vpc-1",
        HealthCheckPath="/health",
        HealthCheckIntervalSeconds=5,
        HealthCheckTimeoutSeconds=2,
        HealthyThresholdCount=2,
    )["TargetGroups"][0]["TargetGroupArn"]
    for name in ["blue", "green"]
]
blue, green = groups
listener = elb.create_listener(
    LoadBalancerArn=arn,
    Protocol="HTTP",
    Port=listener_port,
    DefaultActions=[
        {
            "Type": "forward",
            "ForwardConfig": {
                "TargetGroups": [{"TargetGroupArn": blue, "Weight": 90}, {"TargetGroupArn": green, "Weight": 10}]
            },
        }
    ],
    Tags=[{"Key": "team", "Value": "a&b <c>"}],
)["Listeners"][0]
rule = elb.create_rule(
    ListenerArn=listener["ListenerArn"],
    Priority=5,
    Conditions=[{"Field": "query-string", "QueryStringConfig": {"Values": [{"Key": "v", "Value": "2"}]}}],
    Actions=[{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "200", "MessageBody": "a rule's answer"}}],
)["Rules"][0]
target = [{"Id": "127.0.0.1"}]
elb.register_targets(TargetGroupArn=blue, Targets=target)
elb.get_waiter("target_in_service").wait(TargetGroupArn=blue, Targets=target, WaiterConfig=quick)
seen = {
    "state": balancer["State"]["Code"],
    "zones": [zone["SubnetId"] for zone in balancer["AvailabilityZones"]],
    "weights": [
        group["Weight"]
        for group in elb.describe_listeners(ListenerArns=[listener["ListenerArn"]])["Listeners"][0]["DefaultActions"][0][
            "ForwardConfig"
        ]["TargetGroups"]
    ],
    "tags": elb.describe_tags(ResourceArns=[listener["ListenerArn"]])["TagDescriptions"][0]["Tags"],
    "condition": elb.describe_rules(RuleArns=[rule["RuleArn"]])["Rules"][0]["Conditions"],
    "pages": [
        [group["TargetGroupName"] for group in page["TargetGroups"]]
        for page in elb.get_paginator("describe_target_groups").paginate(PaginationConfig={"PageSize": 1})
    ],
    "same port": code(
        elb.create_listener,
        LoadBalancerArn=arn,
        Protocol="HTTP",
        Port=listener_port,
        DefaultActions=[{"Type": "forward", "TargetGroupArn": blue}],
    ),
    "in use": code(elb.delete_target_group, TargetGroupArn=blue),
    "priority": code(
        elb.create_rule,
        ListenerArn=listener["ListenerArn"],
        Priority=5,
        Conditions=[{"Field": "path-pattern", "Values": ["/a"]}],
        Actions=[{"Type": "forward", "TargetGroupArn": blue}],
    ),
    "no such group": code(elb.describe_target_groups, Names=["none"]),
    "not served": code(elb.set_subnets, LoadBalancerArn=arn, Subnets=["subnet-a"]),
    "refused": code(elb.create_load_balancer, Name="dual", IpAddressType="dualstack"),
}
elb.modify_target_group_attributes(
    TargetGroupArn=blue, Attributes=[{"Key": "deregistration_delay.timeout_seconds", "Value": "5"}]
)
elb.deregister_targets(TargetGroupArn=blue, Targets=target)
elb.get_waiter("target_deregistered").wait(TargetGroupArn=blue, Targets=target, WaiterConfig=quick)
elb.delete_rule(RuleArn=rule["RuleArn"])
elb.delete_load_balancer(LoadBalancerArn=arn)
elb.get_waiter("load_balancers_deleted").wait(LoadBalancerArns=[arn], WaiterConfig=quick)
for group in groups:
    elb.delete_target_group(TargetGroupArn=group)
seen["left"] = [elb.describe_load_balancers()["LoadBalancers"], elb.describe_target_groups()["TargetGroups"]]
print(json.dumps(seen))
