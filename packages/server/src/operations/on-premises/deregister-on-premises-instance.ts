import type { DeregisterOnPremisesInstanceInput } from "@aws-sdk/client-codedeploy";
import { findHost, retireHost } from "../../store/hosts.ts";
import type { Operation } from "../operation.ts";
import { isOnPremises, requireInstanceName } from "./on-premises-instance.ts";

/**
 * Never a target again; it stays listed as deregistered until its name is registered anew. An unknown name is not an error: the API
 * has none for it.
 */
export const deregisterOnPremisesInstance: Operation<DeregisterOnPremisesInstanceInput, Record<string, never>> = async (
  input,
  context,
) => {
  const instanceName = requireInstanceName(input.instanceName);
  const now = context.now();
  await context.store.write(async (transaction) => {
    if (isOnPremises(await findHost(transaction.db, instanceName))) await retireHost(transaction, instanceName, now);
  });
  context.forgetKeys({ hostId: instanceName });
  return {};
};
