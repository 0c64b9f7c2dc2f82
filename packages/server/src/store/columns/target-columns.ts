import type { TargetState } from "@sluice/engine/state.ts";
import { type Json, UnreadableColumn } from "@sluice/model/stored-json/stored-json.ts";
import { readStoredTarget, storeTarget } from "../stored-target.ts";

/** A row of `targets`, as far as its state is concerned. */
interface TargetStateRow {
  readonly deployment_id: string;
  readonly target_id: string;
  readonly state_json: Json<TargetState>;
}

/** In the short form of ADR 16, which is not the state's own. */
export const TARGET_STATE = {
  read({ deployment_id, target_id, state_json }: TargetStateRow): TargetState {
    try {
      return readStoredTarget(state_json as unknown as string);
    } catch (error) {
      // Of another shape, or no JSON: the words of the runtime would say nothing, or quote it.
      const isMalformed = error instanceof TypeError || error instanceof SyntaxError;
      const problem = isMalformed || !(error instanceof Error) ? "it is no target" : error.message;
      throw new UnreadableColumn(`targets.state_json of ${deployment_id}/${target_id} cannot be read: ${problem}`);
    }
  },
  write: (target: TargetState) => storeTarget(target) as unknown as Json<TargetState>,
};
