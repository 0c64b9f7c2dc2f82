import * as v from "valibot";
import { endpointProblem } from "../s3/s3-url.ts";
import { flag, settings, text } from "../settings-schema.ts";
import { AwsCallError } from "./aws-call-error.ts";
import { type AwsCaller, awsCaller } from "./aws-caller.ts";
import { AWS_CLIENT_SETTINGS, type AwsServiceHost, type awsClientConfig } from "./aws-client-settings.ts";
import { type RoleSessions, roleSessions } from "./role-sessions.ts";

/** Of drivers that can make their calls with the role of the deployment group. */
export const ROLE_CLIENT_SETTINGS = settings({
  ...AWS_CLIENT_SETTINGS.entries,
  assumeServiceRole: v.optional(flag("whether calls are made with the deployment group's serviceRoleArn")),
  /** Absent: `endpoint`, or AWS's own address for the region. */
  stsEndpoint: v.optional(text("the address of STS, where roles are assumed", endpointProblem)),
});

export type RoleClientSettings = v.InferOutput<typeof ROLE_CLIENT_SETTINGS>;

/** For whom calls are made. */
export interface RoleUse {
  /** The group's role; absent: it has none. */
  readonly serviceRoleArn?: string | undefined;
  /** The deployment, or what is called for: a session of the role is named after it. */
  readonly purpose: string;
}

/** Who makes the calls for a deployment group: its role, or the binding's key for all. */
export type RoleCaller<Client> = (use: RoleUse) => AwsCaller<Client>;

/** The sessions of all callers of one binding. */
export function sessionsOf(settings: RoleClientSettings, now: () => number): RoleSessions {
  const { stsEndpoint = settings.endpoint } = settings;
  return roleSessions({ ...settings, endpoint: stsEndpoint }, now);
}

export function roleCaller<Client>(
  settings: RoleClientSettings,
  service: AwsServiceHost,
  open: (config: ReturnType<typeof awsClientConfig>) => Promise<Client>,
  sessions: RoleSessions,
): RoleCaller<Client> {
  if (!settings.assumeServiceRole) {
    const caller = awsCaller(settings, service, open);
    return () => caller;
  }
  const callers = new Map<string, AwsCaller<Client>>();
  return ({ serviceRoleArn, purpose }) => {
    if (serviceRoleArn === undefined) return refuseWithoutRole;
    const known = callers.get(serviceRoleArn);
    if (known) return known;
    const credentials = () => sessions.credentialsOf(serviceRoleArn, purpose);
    const caller = awsCaller(settings, service, open, { arn: serviceRoleArn, credentials });
    callers.set(serviceRoleArn, caller);
    return caller;
  };
}

const refuseWithoutRole = async (): Promise<never> => {
  const reason =
    "IAM Role is missing for the deployment group: the binding in sluice.yml says assumeServiceRole, and the group has no serviceRoleArn. " +
    "Give it one: aws deploy update-deployment-group --service-role-arn ARN";
  throw new AwsCallError(reason, {
    code: "IAM_ROLE_MISSING",
    reason,
    isRefusal: true,
    deploymentCode: "IAM_ROLE_MISSING",
  });
};
