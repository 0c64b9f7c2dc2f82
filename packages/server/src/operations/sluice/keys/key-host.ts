import { enrolledUserArn, newOnPremisesArn } from "../../../hosts/host-identity.ts";
import { newHostRow } from "../../../hosts/new-host.ts";
import type { WriteTransaction } from "../../../store/group-commit.ts";
import { findLivingHostByName, type HostRow, insertHost, lockHostNames } from "../../../store/hosts.ts";
import type { OperationContext } from "../../operation.ts";
import { requireHostName } from "../host-request.ts";

/**
 * The host for whose agent a key is: as it is, or declared as an on-premises instance, as which AWS's agent can say who it is.
 *
 * @throws CallerFault InvalidHostNameException
 */
export async function keyHost(
  hostName: string | undefined,
  transaction: WriteTransaction,
  context: OperationContext,
): Promise<{
  readonly hostId: string;
  readonly hostIdentifier: string;
  readonly isNew: boolean;
  readonly description: string;
}> {
  const name = requireHostName(hostName);
  await lockHostNames(transaction);
  const found = await findLivingHostByName(transaction.db, name);
  const host = found ?? newHost(name, context);
  if (!found) await insertHost(transaction, host);
  return {
    hostId: host.host_id,
    hostIdentifier: host.host_identifier,
    isNew: found === undefined,
    description: `The agent of ${name}`,
  };
}

function newHost(hostName: string, context: OperationContext): HostRow {
  const iamUserArn = enrolledUserArn(context, hostName);
  return {
    ...newHostRow({
      hostId: hostName,
      hostName,
      kind: "on-premises",
      hostIdentifier: iamUserArn,
      tags: [],
      now: context.now(),
    }),
    iam_user_arn: iamUserArn,
    instance_arn: newOnPremisesArn(context, hostName, context.randomText),
  };
}
