import type { RaisedError } from "./modelled-error.ts";

const ARN = "arn:aws:codedeploy:us-east-1:111122223333";
const HUNDRED_AND_ONE = Array.from({ length: 101 }, (_, index) => `web-${index}`);

export const APPLICATION_ERRORS: readonly RaisedError[] = [
  {
    code: "ApplicationNameRequiredException",
    operation: "GetApplication",
    when: "`applicationName` is missing or empty",
    input: {},
    message: "Application name is missing: give applicationName. `sluice applications list` shows those that exist.",
    cure: "Name the application. `sluice applications list` shows those that exist.",
  },
  {
    code: "InvalidApplicationNameException",
    operation: "CreateApplication",
    when: "a name has other characters than the allowed ones, or more than 100",
    input: { applicationName: "my app" },
    message:
      'applicationName "my app" is not a valid application name: use 1 to 100 letters, digits and . _ + = , @ -.',
    cure: "Choose a name of letters, digits and `. _ + = , @ -`.",
  },
  {
    code: "ApplicationDoesNotExistException",
    operation: "GetApplication",
    when: "no application has the name",
    input: { applicationName: "none" },
    message:
      "No application found for name: none. `sluice applications list` shows those that exist; `sluice applications create none` creates it.",
    cure: "Correct the name (`sluice applications list`), or create the application (`sluice applications create NAME`).",
  },
  {
    code: "ApplicationAlreadyExistsException",
    operation: "CreateApplication",
    when: "another application has the name already",
    input: { applicationName: "web" },
    message:
      "The application web already exists with the user or AWS account: choose another name. `sluice applications list` shows those that exist.",
    cure: "Choose another name, or use the application that exists: `sluice applications show NAME`.",
  },
  {
    code: "ApplicationLimitExceededException",
    operation: "CreateApplication",
    when: "there are as many applications as are allowed",
    input: { applicationName: "one-more" },
    message:
      "There are 1000 applications already, which is the most allowed. Delete one that is not used: `sluice applications delete NAME`, or raise limits.applications in sluice.yml.",
    cure: "Delete one that is not used: `sluice applications delete NAME`. Or [raise the limit](sluice-yml.md#limits).",
  },
  {
    code: "InvalidComputePlatformException",
    operation: "CreateApplication",
    when: "`computePlatform` is none of the three, or an operation on instances is asked of a deployment to ECS or Lambda",
    input: { applicationName: "cluster", computePlatform: "Kubernetes" },
    message: 'computePlatform is "Kubernetes": use one of Server, Lambda, ECS.',
    cure: "Give `Server`, `Lambda` or `ECS`. Of a deployment to ECS or Lambda ask for targets: `aws deploy list-deployment-targets`.",
  },
  {
    code: "BatchLimitExceededException",
    operation: "BatchGetApplications",
    when: "a batch names more than 100 applications or groups, or more than 25 revisions, deployments or instances",
    input: { applicationNames: HUNDRED_AND_ONE },
    message: "applicationNames holds 101 items: at most 100 are allowed in one call. Ask in several calls.",
    cure: "Split the list over several calls.",
  },
  {
    code: "ResourceArnRequiredException",
    operation: "ListTagsForResource",
    when: "`ResourceArn` is missing or empty",
    input: {},
    message: "ResourceArn is missing: give the ARN of an application or of a deployment group.",
    cure: "Give the ARN of the application or the deployment group.",
  },
  {
    code: "InvalidArnException",
    operation: "ListTagsForResource",
    when: "`ResourceArn` is no ARN of CodeDeploy, or of another account or region than the server's",
    input: { ResourceArn: "web" },
    message:
      'ResourceArn "web" is not a valid ARN: it looks like arn:aws:codedeploy:us-east-1:111122223333:application:NAME.',
    cure: "Give an ARN of this server's account and region: `aws sts get-caller-identity` shows the account.",
  },
  {
    code: "ArnNotSupportedException",
    operation: "TagResource",
    when: "`ResourceArn` names something that has no tags here, such as a deployment configuration",
    input: { ResourceArn: `${ARN}:deploymentconfig:half`, Tags: [{ Key: "team", Value: "shop" }] },
    message:
      'ResourceArn "arn:aws:codedeploy:us-east-1:111122223333:deploymentconfig:half" is not supported: only applications and deployment groups have tags here. Their ARNs look like arn:aws:codedeploy:us-east-1:111122223333:application:NAME and arn:aws:codedeploy:us-east-1:111122223333:deploymentgroup:NAME/GROUP.',
    cure: "Tag the application or the deployment group instead.",
  },
  {
    code: "TagRequiredException",
    operation: "TagResource",
    when: "a call that adds or removes tags names none",
    input: { ResourceArn: `${ARN}:application:web` },
    message: "Tags is missing or empty: give at least one tag.",
    cure: "Give at least one tag (or one key, in `UntagResource`).",
  },
  {
    code: "InvalidTagsToAddException",
    operation: "TagResource",
    when: "a tag has no key, a key or value that is too long, a key that begins with `aws:` or is given twice, or the resource would have more than 50 tags",
    input: { ResourceArn: `${ARN}:application:web`, Tags: [{ Key: "aws:team", Value: "shop" }] },
    message: "The tags are not valid: the key aws:team begins with aws:, which is reserved: choose another key.",
    cure: "Correct the tag that the message names; `aws deploy list-tags-for-resource --resource-arn ARN` shows those that there are.",
  },
];
