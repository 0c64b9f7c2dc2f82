import type { GetOnPremisesInstanceInput, GetOnPremisesInstanceOutput } from "@aws-sdk/client-codedeploy";
import { findHost } from "../../store/hosts.ts";
import type { Operation } from "../operation.ts";
import { instanceInfo, isOnPremises, notRegistered, requireInstanceName } from "./on-premises-instance.ts";

export const getOnPremisesInstance: Operation<GetOnPremisesInstanceInput, GetOnPremisesInstanceOutput> = async (
  input,
  { store },
) => {
  const instanceName = requireInstanceName(input.instanceName);
  const row = await findHost(store.db, instanceName);
  if (!isOnPremises(row)) throw notRegistered(instanceName);
  return { instanceInfo: instanceInfo(row) };
};
