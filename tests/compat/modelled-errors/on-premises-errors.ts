import type { RaisedError } from "./modelled-error.ts";

const USER = "arn:aws:iam::111122223333:user";
const SESSION = "arn:aws:sts::111122223333:assumed-role/hosts";
const TAG = { Key: "rack", Value: "7" };

export const ON_PREMISES_ERRORS: readonly RaisedError[] = [
  {
    code: "InstanceNameRequiredException",
    operation: "GetOnPremisesInstance",
    when: "an instance's name is missing or empty, or a list of them is",
    input: {},
    message:
      "instanceName is missing: name the on-premises instance. `aws deploy list-on-premises-instances` lists those that are registered.",
    cure: "Name the instance. `sluice hosts list` shows those that exist.",
  },
  {
    code: "InvalidInstanceNameException",
    operation: "RegisterOnPremisesInstance",
    when: "a name has other characters than the allowed ones or more than 100, or begins with `i-`",
    input: { instanceName: "rack 7", iamUserArn: `${USER}/rack-7` },
    message: 'The instance name "rack 7" may hold letters, digits and + = , . @ _ - only.',
    cure: "Choose a name of letters, digits and `. _ + = , @ -` that does not begin with `i-`.",
  },
  {
    code: "InstanceNameAlreadyRegisteredException",
    operation: "RegisterOnPremisesInstance",
    when: "another instance or host has the name already",
    input: { instanceName: "rack-1", iamUserArn: `${USER}/rack-7` },
    message: "The on-premises instance name rack-1 is already registered: deregister it first, or choose another name.",
    cure: "Choose another name, or deregister the instance: `aws deploy deregister-on-premises-instance --instance-name NAME`.",
  },
  {
    code: "InstanceNotRegisteredException",
    operation: "GetOnPremisesInstance",
    when: "no on-premises instance has the name",
    input: { instanceName: "rack-7" },
    message:
      "The on-premises instance rack-7 is not registered. Register it first: `sluice agent enroll --on-premises` on the host, or `aws deploy register-on-premises-instance`.",
    cure: "Correct the name (`aws deploy list-on-premises-instances`), or register the instance.",
  },
  {
    code: "IamArnRequiredException",
    operation: "RegisterOnPremisesInstance",
    when: "neither `iamUserArn` nor `iamSessionArn` is given",
    input: { instanceName: "rack-7" },
    message: "Neither iamUserArn nor iamSessionArn is given: give exactly one of them.",
    cure: "Give one of them: that of the host's IAM user, or of its session.",
  },
  {
    code: "IamUserArnRequiredException",
    operation: "RegisterOnPremisesInstance",
    when: "`iamUserArn` is given and empty, and `iamSessionArn` is not given",
    input: { instanceName: "rack-7", iamUserArn: "" },
    message:
      "iamUserArn is empty: give the ARN of the host's IAM user, such as arn:aws:iam::111122223333:user/NAME, or an iamSessionArn instead.",
    cure: "Give the ARN. In a script, see that the variable that holds it is set.",
  },
  {
    code: "MultipleIamArnsProvidedException",
    operation: "RegisterOnPremisesInstance",
    when: "`iamUserArn` and `iamSessionArn` are both given",
    input: { instanceName: "rack-7", iamUserArn: `${USER}/rack-7`, iamSessionArn: `${SESSION}/rack-7` },
    message: "Both iamUserArn and iamSessionArn are given: give exactly one of them.",
    cure: "Give one of them.",
  },
  {
    code: "InvalidIamUserArnException",
    operation: "RegisterOnPremisesInstance",
    when: "`iamUserArn` is not the ARN of a user",
    input: { instanceName: "rack-7", iamUserArn: "rack-7" },
    message: "Iam User ARN rack-7 is not in a valid format. It looks like arn:aws:iam::111122223333:user/NAME.",
    cure: "Give the whole ARN, such as `arn:aws:iam::111122223333:user/rack-7`.",
  },
  {
    code: "InvalidIamSessionArnException",
    operation: "RegisterOnPremisesInstance",
    when: "`iamSessionArn` is not the ARN of a role's session",
    input: { instanceName: "rack-7", iamSessionArn: `${USER}/rack-7` },
    message:
      "Iam Session ARN arn:aws:iam::111122223333:user/rack-7 is not in a valid format. It looks like arn:aws:sts::111122223333:assumed-role/ROLE/SESSION.",
    cure: "Give the whole ARN, such as `arn:aws:sts::111122223333:assumed-role/hosts/rack-7`.",
  },
  {
    code: "IamUserArnAlreadyRegisteredException",
    operation: "RegisterOnPremisesInstance",
    when: "another registered instance has the user's ARN",
    input: { instanceName: "rack-7", iamUserArn: `${USER}/rack-1` },
    message:
      "The on-premises instance could not be registered because the request included an IAM user ARN that has already been used to register an instance. Include either a different IAM user ARN or IAM session ARN in the request, and then try again. arn:aws:iam::111122223333:user/rack-1 belongs to the on-premises instance rack-1.",
    cure: "Give each instance a user of its own, or deregister the one that the message names.",
  },
  {
    code: "IamSessionArnAlreadyRegisteredException",
    operation: "RegisterOnPremisesInstance",
    when: "another registered instance has the session's ARN",
    input: { instanceName: "rack-7", iamSessionArn: `${SESSION}/rack-2` },
    message:
      "The on-premises instance could not be registered because the request included an IAM session ARN that has already been used to register an instance. Include either a different IAM user ARN or IAM session ARN in the request, and then try again. arn:aws:sts::111122223333:assumed-role/hosts/rack-2 belongs to the on-premises instance rack-2.",
    cure: "Give each instance a session of its own name, or deregister the one that the message names.",
  },
  {
    code: "InstanceLimitExceededException",
    operation: "AddTagsToOnPremisesInstances",
    when: "a call changes the tags of more than 100 instances",
    input: { instanceNames: Array.from({ length: 101 }, (_, index) => `rack-${index}`), tags: [TAG] },
    message: "instanceNames holds 101 names: at most 100 are allowed in one call. Tag them in several calls.",
    cure: "Split the list over several calls.",
  },
  {
    code: "TagLimitExceededException",
    operation: "AddTagsToOnPremisesInstances",
    when: "a call gives more than 10 tags, or an instance would have more than 10",
    input: {
      instanceNames: ["rack-1"],
      tags: Array.from({ length: 11 }, (_, index) => ({ Key: `key-${index}`, Value: "1" })),
    },
    message: "tags holds 11 tags: at most 10 are allowed for one instance.",
    cure: "Remove tags that are not used: `aws deploy remove-tags-from-on-premises-instances`.",
  },
  {
    code: "InvalidRegistrationStatusException",
    operation: "ListOnPremisesInstances",
    when: "`registrationStatus` is neither of the two",
    input: { registrationStatus: "Gone" },
    message: 'registrationStatus is "Gone": use Registered or Deregistered, or leave it out for both.',
    cure: "Give `Registered` or `Deregistered`, or leave it out for both.",
  },
  {
    code: "InvalidTagFilterException",
    operation: "ListOnPremisesInstances",
    when: "a filter of `tagFilters` compares nothing, or has an unknown type",
    input: { tagFilters: [{ Key: "rack", Type: "PREFIX" }] },
    message:
      'The tag filter rack= of tagFilters has the Type "PREFIX": use one of KEY_ONLY, VALUE_ONLY, KEY_AND_VALUE.',
    cure: "Give each filter a `Key`, a `Value` or both, as its `Type` says.",
  },
];
