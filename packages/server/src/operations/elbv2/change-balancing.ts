import { CallerFault } from "@sluice/model/caller-fault.ts";
import { reasonOf } from "@sluice/model/reason-of.ts";
import type { Transaction } from "kysely";
import type { Settled } from "../../balancing/balancing-loop.ts";
import { type BalancingRows, readBalancingRows } from "../../store/elb/balancing-rows.ts";
import type { Listener } from "../../store/elb/listeners.ts";
import type { Database } from "../../store/schema.ts";
import type { Elbv2Context } from "./elbv2-context.ts";

/** How long a call waits until the balancer has what it asked for. */
const SETTLE_MILLISECONDS = 20_000;

export type BalancingWork<T> = (rows: BalancingRows, db: Transaction<Database>) => Promise<T>;

/** Reads what there is and changes it, in one transaction; the balancer is told soon after. May run more than once. */
export function changeBalancing<T>({ store, balancing }: Elbv2Context, work: BalancingWork<T>): Promise<T> {
  return store.write(async (transaction) => {
    const result = await work(await readBalancingRows(transaction.db), transaction.db);
    balancing.changes.publishAfter(transaction);
    return result;
  });
}

/** Waits until the balancer was told. What it has to say against it is shown by DescribeLoadBalancers. */
export async function tellBalancer({ balancing }: Elbv2Context): Promise<void> {
  await balancing.loop.settle(AbortSignal.timeout(SETTLE_MILLISECONDS)).catch(() => {});
}

/** Waits until the balancer serves the listener. Where it does not, `undo` takes back what was stored, and the caller is told why. */
export async function requireServed(
  context: Elbv2Context,
  listener: Listener,
  undo: BalancingWork<void>,
): Promise<void> {
  let trouble: CallerFault | undefined;
  try {
    trouble = listenerTrouble(
      await context.balancing.loop.settle(AbortSignal.timeout(SETTLE_MILLISECONDS)),
      listener,
      context,
    );
  } catch (error) {
    trouble = new CallerFault(
      "ServiceUnavailableException",
      `The load balancer could not be told: ${reasonOf(error)}. Nothing was changed.`,
      { cause: error },
    );
  }
  if (!trouble) return;
  await changeBalancing(context, undo);
  await tellBalancer(context);
  throw trouble;
}

function listenerTrouble(
  { outcome, facts: { trouble, unserved } }: Settled,
  { arn, port, protocol }: Listener,
  { balancing: { place } }: Elbv2Context,
): CallerFault | undefined {
  const own = unserved.get(arn);
  const all =
    trouble !== "" ? trouble : outcome.outcome === "failed" && unserved.size === 0 ? outcome.reason : undefined;
  if (all !== undefined) {
    return new CallerFault(
      "InvalidConfigurationRequest",
      `The load balancer does not serve: ${all}. Nothing was changed.`,
    );
  }
  if (own === undefined) return undefined;
  return new CallerFault(
    "InvalidConfigurationRequest",
    `A listener of protocol ${protocol} on ${place.address}:${port} cannot be served: ${own}. Nothing was changed.`,
  );
}
