import type { RaisedError } from "./modelled-error.ts";

export const ROLE = "arn:aws:iam::111122223333:role/CodeDeployServiceRole";
/** A new group of hosts, but for what each row gives. */
const NEXT = { applicationName: "web", deploymentGroupName: "next", serviceRoleArn: ROLE } as const;
const KEY = { Key: "Fleet", Type: "KEY_ONLY" } as const;

export const GROUP_ERRORS: readonly RaisedError[] = [
  {
    code: "DeploymentGroupNameRequiredException",
    operation: "GetDeploymentGroup",
    when: "a deployment group's name is missing or empty",
    input: { applicationName: "web" },
    message:
      "Deployment Group name is missing: give deploymentGroupName. `sluice groups list --application NAME` shows those that exist.",
    cure: "Name the group. `sluice groups list --application NAME` shows those that exist.",
  },
  {
    code: "InvalidDeploymentGroupNameException",
    operation: "CreateDeploymentGroup",
    when: "a name has other characters than the allowed ones, or more than 100",
    input: { ...NEXT, deploymentGroupName: "prod/blue" },
    message:
      'deploymentGroupName "prod/blue" is not a valid deployment group name: use 1 to 100 letters, digits and . _ + = , @ -.',
    cure: "Choose a name of letters, digits and `. _ + = , @ -`.",
  },
  {
    code: "DeploymentGroupDoesNotExistException",
    operation: "GetDeploymentGroup",
    when: "no deployment group of the application has the name",
    input: { applicationName: "web", deploymentGroupName: "none" },
    message:
      "No Deployment Group found for name: none in the application web. `sluice groups list --application web` shows those that exist.",
    cure: "Correct the name: `sluice groups list --application NAME`.",
  },
  {
    code: "DeploymentGroupAlreadyExistsException",
    operation: "CreateDeploymentGroup",
    when: "another group of the application has the name already",
    input: { ...NEXT, deploymentGroupName: "live" },
    message:
      "The deployment group live already exists in the application web: choose another name, or change that one with `sluice groups update`.",
    cure: "Choose another name, or change the group that exists: `sluice groups update`.",
  },
  {
    code: "DeploymentGroupLimitExceededException",
    operation: "CreateDeploymentGroup",
    when: "the application has as many groups as are allowed",
    input: { ...NEXT, applicationName: "full" },
    message:
      "The application full has 1000 deployment groups already, which is the most allowed. Delete one that is not used: `sluice groups delete`, or raise limits.groupsPerApplication in sluice.yml.",
    cure: "Delete one that is not used: `sluice groups delete`.",
  },
  {
    code: "RoleRequiredException",
    operation: "CreateDeploymentGroup",
    when: "`serviceRoleArn` is missing or empty",
    input: { ...NEXT, serviceRoleArn: undefined },
    message:
      "serviceRoleArn is missing: give the ARN of a role, such as arn:aws:iam::111122223333:role/CodeDeployServiceRole.",
    cure: "Give the ARN of a role. Sluice keeps it and shows it, and assumes it only where a driver speaks to AWS.",
  },
  {
    code: "InvalidRoleException",
    operation: "CreateDeploymentGroup",
    when: "`serviceRoleArn` is not the ARN of a role",
    input: { ...NEXT, serviceRoleArn: "CodeDeployServiceRole" },
    message:
      'Cannot assume role provided. serviceRoleArn is "CodeDeployServiceRole": it looks like arn:aws:iam::111122223333:role/NAME.',
    cure: "Give the whole ARN, such as `arn:aws:iam::111122223333:role/CodeDeployServiceRole`.",
  },
  {
    code: "InvalidEC2TagException",
    operation: "CreateDeploymentGroup",
    when: "a filter of `ec2TagFilters` or `ec2TagSet` compares nothing, has an unknown type or is too long, a list is empty, or there are more than 10",
    input: { ...NEXT, ec2TagFilters: [{ Type: "KEY_ONLY" }] },
    message: "ec2TagFilters[0] is of the Type KEY_ONLY and has no Key: name the tag's key.",
    cure: "Give each filter a `Key`, a `Value` or both, as its `Type` says.",
  },
  {
    code: "InvalidTagException",
    operation: "CreateDeploymentGroup",
    when: "the same of `onPremisesInstanceTagFilters` and `onPremisesTagSet`, or of a tag of an on-premises instance",
    input: { ...NEXT, onPremisesInstanceTagFilters: [{ Key: "rack", Type: "PREFIX" }] },
    message:
      'onPremisesInstanceTagFilters[0] (rack=) has the Type "PREFIX": use one of KEY_ONLY, VALUE_ONLY, KEY_AND_VALUE.',
    cure: "Give each filter a `Key`, a `Value` or both, as its `Type` says; a tag needs a key.",
  },
  {
    code: "InvalidEC2TagCombinationException",
    operation: "CreateDeploymentGroup",
    when: "`ec2TagFilters` and `ec2TagSet` are both given",
    input: { ...NEXT, ec2TagFilters: [KEY], ec2TagSet: { ec2TagSetList: [[KEY]] } },
    message: "ec2TagFilters and ec2TagSet are both given, and a group has one or the other: leave one out.",
    cure: "Give one of them: filters mean hosts that match any one, a set hosts that match one of each list.",
  },
  {
    code: "InvalidOnPremisesTagCombinationException",
    operation: "CreateDeploymentGroup",
    when: "`onPremisesInstanceTagFilters` and `onPremisesTagSet` are both given",
    input: {
      ...NEXT,
      onPremisesInstanceTagFilters: [KEY],
      onPremisesTagSet: { onPremisesTagSetList: [[KEY]] },
    },
    message:
      "onPremisesInstanceTagFilters and onPremisesTagSet are both given, and a group has one or the other: leave one out.",
    cure: "Give one of them.",
  },
  {
    code: "TagSetListLimitExceededException",
    operation: "CreateDeploymentGroup",
    when: "a tag set has more than 3 lists",
    input: { ...NEXT, ec2TagSet: { ec2TagSetList: [[KEY], [KEY], [KEY], [KEY]] } },
    message:
      "ec2TagSet.ec2TagSetList holds 4 lists: at most 3 are allowed. Leave some out, or raise limits.tagSetsPerGroup in sluice.yml.",
    cure: "Join lists, or give hosts one tag that says the same. Or [raise the limit](sluice-yml.md#limits).",
  },
  {
    code: "InvalidAutoScalingGroupException",
    operation: "CreateDeploymentGroup",
    when: "`autoScalingGroups` holds an empty name or more than 10, is given for ECS or Lambda, or a deployment is to go to the instances of one, which is not implemented yet",
    input: { ...NEXT, autoScalingGroups: [""] },
    message: "autoScalingGroups holds an empty name: leave it out.",
    cure: "Name the hosts by their tags instead.",
  },
  {
    code: "LifecycleHookLimitExceededException",
    operation: "CreateDeploymentGroup",
    when: "the deployment groups of an Auto Scaling group would need more lifecycle hooks on it than fit",
    input: { ...NEXT, autoScalingGroups: ["busy"] },
    message:
      "The Auto Scaling group busy would have 51 lifecycle hooks of 51 deployment groups: at most 50 fit. Leave it out of autoScalingGroups, or take it from another group: `sluice groups update`.",
    cure: "Take the Auto Scaling group from another deployment group: `sluice groups update`.",
  },
  {
    code: "InvalidInputException",
    operation: "CreateDeploymentGroup",
    when: "`outdatedInstancesStrategy` is neither of the two",
    input: { ...NEXT, outdatedInstancesStrategy: "REPLACE" },
    message: 'outdatedInstancesStrategy is "REPLACE": use one of UPDATE, IGNORE.',
    cure: "Give `UPDATE` or `IGNORE`, or leave it out.",
  },
];
