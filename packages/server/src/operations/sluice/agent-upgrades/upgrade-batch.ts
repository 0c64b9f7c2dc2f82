import { CallerFault } from "@sluice/model/caller-fault.ts";
import { excerpt } from "@sluice/model/excerpt.ts";

const USUAL_BATCH = "10%";
const BATCH = /^([1-9]\d{0,8})(%?)$/;
const WHOLE_PERCENT = 100;

/** How many hosts at a time, of so many. */
export interface UpgradeBatch {
  of(hosts: number): number;
}

/** A number, or a share: rounded down, and at least one. */
export function requireBatch(text: string = USUAL_BATCH): UpgradeBatch {
  const [, digits, percent] = BATCH.exec(text) ?? [];
  const value = Number(digits);
  if (digits === undefined || (percent === "%" && value > WHOLE_PERCENT)) {
    throw new CallerFault(
      "ValidationException",
      `batch is "${excerpt(text)}": give a number of hosts from 1, such as 3, or a share from 1% to 100%, such as 10%.`,
    );
  }
  return {
    of: (hosts) => (percent === "%" ? Math.max(1, Math.floor((hosts * value) / WHOLE_PERCENT)) : value),
  };
}
