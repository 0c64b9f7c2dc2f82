import { CallerFault } from "@sluice/model/caller-fault.ts";

/** An operation that is known and not done yet says so, whatever it is asked. */
export function notImplemented(operation: string): () => Promise<never> {
  return async () => {
    throw new CallerFault("NotImplementedException", `${operation} is not implemented yet; see docs/reference/api.md`);
  };
}
