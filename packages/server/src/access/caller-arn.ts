import type { Principal } from "./principal.ts";

/** Who a key is, as IAM's ids tell it: the root key is the account. */
export function callerUserId({ role, accessKeyId, identity }: Principal, accountId: string): string {
  if (identity) return identity.userId;
  return role === "root" ? accountId : accessKeyId;
}

/** Who a key is, in the shape of IAM's ARNs: what GetCallerIdentity answers and a refusal names. */
export function callerArn({ role, hostId, functionName, identity }: Principal, accountId: string): string {
  const arn = (resource: string) => `arn:aws:iam::${accountId}:${resource}`;
  switch (role) {
    case "root":
      return arn("root");
    case "read-only":
      return arn("user/sluice/read-only");
    case "server":
      return arn("user/sluice/server");
    case "user":
      return identity?.arn ?? arn("user/unknown");
    case "host":
      return arn(`user/sluice/${hostId ?? "unknown"}`);
    case "function":
      return arn(`user/sluice/function/${functionName ?? "unknown"}`);
    default:
      return role satisfies never;
  }
}
