import { boolean, list, string, structure } from "../shapes/shape.ts";

// The API's own shapes, written out: agents import this table too, and CodeDeploy's whole one would cost them memory for nothing.
export const tagFilters = list(structure({ Key: string, Value: string, Type: string }));
const rawString = structure({ content: string, sha256: string });
export const revision = structure({
  revisionType: string,
  s3Location: structure({ bucket: string, key: string, bundleType: string, version: string, eTag: string }),
  gitHubLocation: structure({ repository: string, commitId: string }),
  string: rawString,
  appSpecContent: rawString,
});
export const targetInstances = structure({
  tagFilters,
  autoScalingGroups: list(string),
  ec2TagSet: structure({ ec2TagSetList: list(tagFilters) }),
});
export const autoRollbackConfiguration = structure({ enabled: boolean, events: list(string) });
export const alarmConfiguration = structure({
  enabled: boolean,
  ignorePollAlarmFailure: boolean,
  alarms: list(structure({ name: string })),
});
