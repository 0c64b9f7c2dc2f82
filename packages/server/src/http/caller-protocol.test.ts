import { describe, expect, it } from "vitest";
import { type CallerProtocol, callerProtocol } from "./caller-protocol.ts";

const FORM = { "content-type": "application/x-www-form-urlencoded; charset=utf-8" };
const JSON_1_0 = { "content-type": "application/x-amz-json-1.0" };
const signed = (service: string) => ({
  authorization: `AWS4-HMAC-SHA256 Credential=AKIA/2026/20261129/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=x`,
});
const scope = (service: string) => `X-Amz-Credential=AKIA%2F20261129%2Fus-east-1%2F${service}%2Faws4_request`;

describe("how a caller reads an answer", () => {
  const calls: readonly (readonly [CallerProtocol, string, string, Record<string, string>])[] = [
    // By the service that the signature names.
    ["s3", "GET", "/bucket/key", signed("s3")],
    ["s3", "POST", "/bucket?delete", { ...signed("s3"), ...FORM }],
    ["s3", "GET", `/bucket/key?${scope("s3")}`, {}],
    ["query", "POST", "/", { ...signed("iam"), ...FORM }],
    ["query", "GET", `/?Action=GetCallerIdentity&${scope("sts")}`, {}],
    ["ec2", "POST", "/", { ...signed("ec2"), ...FORM }],
    ["json", "POST", "/", { ...signed("dynamodb"), ...JSON_1_0, "x-amz-target": "DynamoDB_20120810.ListTables" }],
    ["json", "POST", "/", { ...signed("codedeploy"), "content-type": "application/x-amz-json-1.1" }],
    ["rest-json", "GET", "/2015-03-31/functions", signed("lambda")],
    ["rest-xml", "GET", "/2013-04-01/hostedzone", signed("route53")],
    ["json", "GET", "/-/events?after=1", signed("codedeploy")],
    // Without a signature, or with one that is not known here.
    ["s3", "GET", "/", {}],
    ["s3", "PUT", "/bucket/key", { "content-type": "text/plain" }],
    ["s3", "POST", "/bucket/key?uploads", {}],
    ["s3", "POST", "/bucket", { "content-type": "multipart/form-data; boundary=x" }],
    ["s3", "GET", "/bucket/key", { authorization: "AWS AKIA:signature" }],
    ["s3", "GET", "/bucket/key?AWSAccessKeyId=AKIA&Expires=1&Signature=x", {}],
    ["s3", "GET", "/bucket/key", { authorization: "Basic eDp4" }],
    ["query", "POST", "/", FORM],
    ["query", "GET", "/?Action=CreateUser&AWSAccessKeyId=AKIA&SignatureVersion=2&Signature=x", {}],
    ["json", "POST", "/", { "x-amz-target": "CodeDeploy_20141006.ListApplications" }],
    ["json", "POST", "/", {}],
    ["rest-json", "POST", "/functions", { "content-type": "application/json" }],
    ["json", "GET", "/-/backup", {}],
    ["json", "POST", "/healthz", {}],
  ];
  it.each(calls)("%s: %s %s", (protocol, method, path, headers) => {
    expect(callerProtocol({ method, path, headers })).toBe(protocol);
  });
});
