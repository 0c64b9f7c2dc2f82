import type { RegisterOnPremisesInstanceInput } from "@aws-sdk/client-codedeploy";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import { newOnPremisesArn } from "../../hosts/host-identity.ts";
import { newHostRow } from "../../hosts/new-host.ts";
import { findLivingHostByIdentifier, findLivingHostByName, insertHost, lockHostNames } from "../../store/hosts.ts";
import type { Operation } from "../operation.ts";
import { requireInstanceName } from "./on-premises-instance.ts";
import { requireOneArn } from "./registered-arn.ts";

/** The instance is a target from now on, and dark until its agent polls. */
export const registerOnPremisesInstance: Operation<RegisterOnPremisesInstanceInput, Record<string, never>> = async (
  input,
  context,
) => {
  const instanceName = requireInstanceName(input.instanceName);
  const { iamUserArn, iamSessionArn } = input;
  const hostIdentifier = requireOneArn(input);
  const row = {
    ...newHostRow({
      hostId: instanceName,
      hostName: instanceName,
      kind: "on-premises",
      hostIdentifier,
      tags: [],
      now: context.now(),
    }),
    iam_user_arn: iamUserArn || null,
    iam_session_arn: iamSessionArn || null,
    instance_arn: newOnPremisesArn(context, instanceName, context.randomText),
  };
  await context.store.write(async (transaction) => {
    await lockHostNames(transaction);
    const namesake = await findLivingHostByName(transaction.db, instanceName);
    if (namesake) {
      throw new CallerFault(
        "InstanceNameAlreadyRegisteredException",
        namesake.kind === "on-premises"
          ? `The on-premises instance name ${instanceName} is already registered: deregister it first, or choose another name.`
          : `The name ${instanceName} belongs to the host ${namesake.host_id}: choose another name.`,
      );
    }
    const other = await findLivingHostByIdentifier(transaction.db, hostIdentifier);
    if (other) {
      throw new CallerFault(
        iamUserArn ? "IamUserArnAlreadyRegisteredException" : "IamSessionArnAlreadyRegisteredException",
        `The on-premises instance could not be registered because the request included an IAM ${iamUserArn ? "user" : "session"} ARN that has already been used to register an instance. Include either a different IAM user ARN or IAM session ARN in the request, and then try again. ${hostIdentifier} belongs to the on-premises instance ${other.host_name}.`,
      );
    }
    await insertHost(transaction, row);
  });
  // Whose key it is may speak for the instance from now on.
  context.forgetKeys({ policies: true });
  return {};
};
