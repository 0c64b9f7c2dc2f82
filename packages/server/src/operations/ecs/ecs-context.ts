import { CallerFault } from "@sluice/model/caller-fault.ts";
import type { LocalServices } from "../../services/local-services.ts";
import type { WriteTransaction } from "../../store/group-commit.ts";
import type { Operation, OperationContext } from "../operation.ts";

/** What ECS' operations have at hand. */
export interface EcsContext extends OperationContext {
  readonly services: LocalServices;
}

export type EcsOperation<Input, Output> = Operation<Input, Output, EcsContext>;

/** Without a binding nobody gets at a container engine: the cure is one that can be pasted. */
export function requireServices(services: LocalServices | undefined): LocalServices {
  if (services) return services;
  throw new CallerFault(
    "ClientException",
    'No container engine is bound on this server, so that it has no clusters and services of its own. Add to the bindings in sluice.yml: - { match: "*", port: task-sets, driver: docker, settings: { socket: /var/run/docker.sock } } and restart the server with --config sluice.yml. Services of AWS are made with AWS, not here.',
  );
}

/** Writes, and tells who looks after the services when it is committed. May run more than once. */
export function changeServices<T>(
  { store, services }: Pick<EcsContext, "store" | "services">,
  work: (transaction: WriteTransaction) => Promise<T>,
): Promise<T> {
  return store.write(async (transaction) => {
    services.wakes.publishAfter(transaction);
    return work(transaction);
  });
}
