import type { FaultCode } from "@sluice/model/fault-codes.ts";
import type { CodeDeployOperations } from "@sluice/wire/generated/codedeploy-shapes.ts";

/** A request that is refused, on a server in the state that `stage.fixture.ts` sets up. */
export interface RaisedError {
  readonly code: FaultCode;
  readonly operation: keyof CodeDeployOperations;
  /** The cause in general, as the end of "Raised when …". */
  readonly when: string;
  /** `{ended}` and the other names of {@link StagedIds} stand for ids that the server made. */
  readonly input: object;
  /** Who calls, where it is not the root key of the others: one that calls without a pause. */
  readonly by?: "tireless";
  /** Word for word, with the same placeholders. */
  readonly message: string;
  /** What to do about it; with a command where there is one. */
  readonly cure: string;
}

/** An error of the model that this server never answers. */
export interface UnraisedError {
  readonly code: FaultCode;
  readonly reason: string;
}

/** Ids that the server made. */
export interface StagedIds {
  /** Of the group `live` of `web`: it ended. */
  readonly ended: string;
  /** Of the group `live` of `functions`: its hook was invoked, and has not answered. */
  readonly hooked: string;
  /** Of the group `next` of `functions`: its hook has answered, and its other hook has not. */
  readonly answered: string;
  /** Of the group `live` of `containers`: nobody can say yet what its service runs. */
  readonly starting: string;
  /** The access key that calls without a pause. */
  readonly tireless: string;
}

/** For the page: ids as they look. */
export const EXAMPLE_IDS: StagedIds = {
  ended: "d-A1B2C3D4E",
  hooked: "d-F5G6H7I8J",
  answered: "d-K9L0M1N2O",
  starting: "d-P3Q4R5S6T",
  tireless: "AKIAIOSFODNN7EXAMPLE",
};

/** A text of the catalogue with the ids in their places. */
export function withIds(text: string, ids: StagedIds): string {
  return text.replace(/\{(ended|hooked|answered|starting|tireless)\}/g, (_, name: keyof StagedIds) => ids[name]);
}
