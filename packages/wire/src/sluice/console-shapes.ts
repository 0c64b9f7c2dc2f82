import { list, outputText, string, structure } from "../shapes/shape.ts";
import { alarmConfiguration } from "./api-shapes.ts";
import { CHOSEN_TABLE } from "./chosen-shapes.ts";

const alarm = structure({ name: string, state: string, detail: outputText }, ["name", "state"]);

/** Those of Sluice's own operations that people look at and act by; spread into `SLUICE_TABLE`. */
export const CONSOLE_TABLE = {
  ReadAlarms: {
    input: structure({ alarmConfiguration }, ["alarmConfiguration"]),
    output: structure({ alarms: list(alarm) }, ["alarms"]),
  },
  ...CHOSEN_TABLE,
};
