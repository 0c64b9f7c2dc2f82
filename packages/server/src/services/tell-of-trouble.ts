import { randomUUID } from "node:crypto";
import { appendServiceEvent } from "../store/ecs/service-events.ts";
import { listLivingServices, lockService } from "../store/ecs/services.ts";
import type { Store } from "../store/open-store.ts";
import { unplacedTasks } from "./service-words.ts";

/** An event of every service: until the engine is back no task of it is started or replaced. */
export async function tellOfTrouble(store: Store, trouble: string, at: number): Promise<void> {
  await store.write(async (transaction) => {
    for (const { service_id, service_name } of await listLivingServices(transaction.db)) {
      await lockService(transaction, service_id);
      const message = unplacedTasks(service_name, `the container engine cannot be reached: ${trouble}`);
      await appendServiceEvent(transaction.db, { service_id, event_id: randomUUID(), at, message });
    }
  });
}
