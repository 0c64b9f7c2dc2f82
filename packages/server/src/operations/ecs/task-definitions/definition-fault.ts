import { CallerFault } from "@sluice/model/caller-fault.ts";

/** What ECS says of a task definition that it does not take. */
export function clientFault(message: string): CallerFault {
  return new CallerFault("ClientException", message);
}
