"""Calls that this server does not serve, or that are not signed for it, through boto3. Prints what the client made of each answer.

The environment's profile leads every service to this server, as `endpoint_url` in a profile does.
"""

import json
import sys
import urllib.error
import urllib.request

import boto3
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

once = Config(retries={"total_max_attempts": 1})
ENDPOINT = boto3.client("codedeploy").meta.endpoint_url


def client(name, **arguments):
    return boto3.client(name, endpoint_url=ENDPOINT, **{"config": once, **arguments})


def config(**more):
    return Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}, **more)


def understood(call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        response = error.response
        return {
            "code": response["Error"]["Code"],
            "message": response["Error"]["Message"],
            "status": response["ResponseMetadata"]["HTTPStatusCode"],
        }
    return {"code": "accepted"}


def opened(url):
    try:
        with urllib.request.urlopen(url) as answer:
            return {"status": answer.status}
    except urllib.error.HTTPError as error:
        return {"status": error.code, "type": error.headers["content-type"], "body": error.read().decode()}


stranger = {"aws_access_key_id": "AKIASTRANGER", "aws_secret_access_key": "x" * 40}
unsigned = client("s3", config=config(signature_version=UNSIGNED))
old = client("s3", config=config(signature_version="s3"))
answers = {
    "iam": understood(client("iam").create_group, GroupName="x"),
    "iam with a key of AWS's": understood(client("iam", **stranger).create_user, UserName="x"),
    "ec2": understood(client("ec2").describe_instances),
    "sns": understood(client("sns").list_topics),
    "elbv2": understood(client("elbv2").describe_target_groups),
    "autoscaling": understood(client("autoscaling").describe_auto_scaling_groups),
    "cloudformation": understood(client("cloudformation").describe_stacks),
    "ecs": understood(client("ecs").list_clusters),
    "dynamodb": understood(client("dynamodb").list_tables),
    "lambda": understood(getattr(client("lambda"), "list_functions")),
    "apigateway": understood(client("apigateway").get_rest_apis),
    "route53": understood(client("route53").list_hosted_zones),
    "cloudfront": understood(client("cloudfront").list_distributions),
    "sts": understood(client("sts").get_session_token),
    "sts with a stranger's key": understood(client("sts", **stranger).get_caller_identity),
    "sts unsigned": understood(client("sts", config=config(signature_version=UNSIGNED)).get_caller_identity),
    "codedeploy unsigned": understood(client("codedeploy", config=config(signature_version=UNSIGNED)).list_applications),
    "s3 get unsigned": understood(unsigned.get_object, Bucket="revisions", Key="a/b.tgz"),
    "s3 list unsigned": understood(unsigned.list_objects_v2, Bucket="revisions"),
    "s3 buckets unsigned": understood(unsigned.list_buckets),
    "s3 put unsigned": understood(unsigned.put_object, Bucket="revisions", Key="a", Body=b"x"),
    "s3 parts unsigned": understood(unsigned.create_multipart_upload, Bucket="revisions", Key="a"),
    "s3 delete unsigned": understood(
        unsigned.delete_objects, Bucket="revisions", Delete={"Objects": [{"Key": "a"}]}
    ),
    "s3 get, Signature V2": understood(old.get_object, Bucket="revisions", Key="a/b.tgz"),
    "s3 get, a stranger's key": understood(
        client("s3", config=config(), **stranger).get_object, Bucket="revisions", Key="a"
    ),
    "url, Signature V2": opened(
        old.generate_presigned_url("get_object", Params={"Bucket": "revisions", "Key": "a/b.tgz"})
    ),
    "url, plain": opened(f"{ENDPOINT}/revisions/a/b.tgz"),
}
json.dump(answers, sys.stdout)
