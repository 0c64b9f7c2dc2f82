import { CallerFault } from "@sluice/model/caller-fault.ts";
import type { RemoveHostInput, RemoveHostOutput } from "@sluice/wire/sluice/sluice-api.ts";
import type { Principal } from "../../access/principal.ts";
import { hostSummary } from "../../hosts/host-summary.ts";
import { countRunningCommands, findHostByWord, retireHost } from "../../store/hosts.ts";
import type { Operation } from "../operation.ts";
import { noSuchHost } from "./host-request.ts";
import type { SluiceContext } from "./sluice-context.ts";

/**
 * Retires a host: never a target again, its key opens nothing, its name is free. Removing by id may be repeated. A host's key removes that host alone,
 * whose agent is uninstalled.
 */
export const removeHost: Operation<RemoveHostInput, RemoveHostOutput, SluiceContext> = async (input, context) => {
  const { store, liveness } = context;
  if (!input.host) throw new CallerFault("ValidationException", "host is missing: give the host's id or name.");
  const now = context.now();
  const row = await store.write(async (transaction) => {
    const found = await findHostByWord(transaction.db, input.host);
    // First: which names there are is not a host's to know.
    requireOwn(context.principal, found?.host_id);
    if (!found) throw noSuchHost(input.host);
    await retireHost(transaction, found.host_id, now);
    return { ...found, retired_at: found.retired_at ?? now };
  });
  context.forgetKeys({ hostId: row.host_id });
  await context.runner.hostLeft(row.host_id);
  const held = await countRunningCommands(store.db, [row.host_id]);
  return { host: hostSummary(row, liveness, now, held.get(row.host_id) ?? 0) };
};

function requireOwn({ role, hostId, accessKeyId }: Principal, removed: string | undefined): void {
  if (role !== "host" || hostId === removed) return;
  throw new CallerFault(
    "AccessDeniedException",
    `The access key ${accessKeyId} is a host's: it may remove that host only.`,
  );
}
