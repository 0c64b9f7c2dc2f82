import type { Measured } from "./figure.ts";
import type { Surroundings } from "./machine.ts";

/** A figure with what else went on on the machine while it was taken. */
export interface Result extends Measured {
  readonly surroundings: Surroundings;
}
