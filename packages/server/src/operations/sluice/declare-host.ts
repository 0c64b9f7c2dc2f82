import { CallerFault } from "@sluice/model/caller-fault.ts";
import { hostLabel } from "@sluice/model/host-label.ts";
import type { DeclareHostInput, DeclareHostOutput } from "@sluice/wire/sluice/sluice-api.ts";
import { instanceArn, newInstanceId } from "../../hosts/host-identity.ts";
import { hostSummary } from "../../hosts/host-summary.ts";
import { newHostRow } from "../../hosts/new-host.ts";
import { findHost, findLivingHostByName, insertHost, lockHostNames } from "../../store/hosts.ts";
import type { Operation } from "../operation.ts";
import { hostFact, requireHostName, requireHostTags, requireInstanceId } from "./host-request.ts";
import type { SluiceContext } from "./sluice-context.ts";

/** Makes an instance that is a target from now on, and dark until a machine enrols under its name. */
export const declareHost: Operation<DeclareHostInput, DeclareHostOutput, SluiceContext> = async (input, context) => {
  const hostName = requireHostName(input.hostName);
  const tags = requireHostTags(input.tags);
  const now = context.now();
  const hostId = requireInstanceId(input.instanceId) ?? newInstanceId(context.randomText);
  const row = {
    ...newHostRow({ hostId, hostName, kind: "instance", hostIdentifier: instanceArn(context, hostId), tags, now }),
    zone: hostFact("zone", input.zone),
  };
  await context.store.write(async (transaction) => {
    await lockHostNames(transaction);
    const namesake = await findLivingHostByName(transaction.db, hostName);
    if (namesake) {
      const label = hostLabel(namesake.host_name, namesake.host_id);
      throw new CallerFault(
        "HostAlreadyExistsException",
        `The host ${label} exists already: run \`sluice hosts remove ${hostName}\` first, or choose another name.`,
      );
    }
    const holder = await findHost(transaction.db, hostId);
    if (holder?.retired_at === null) {
      throw new CallerFault(
        "HostAlreadyExistsException",
        `The instance ${hostId} is the host ${holder.host_name} already: run \`sluice hosts remove ${holder.host_name}\` first to give it another name.`,
      );
    }
    await insertHost(transaction, row);
  });
  return { host: hostSummary(row, context.liveness, now, 0) };
};
