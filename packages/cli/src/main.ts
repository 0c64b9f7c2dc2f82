import { runProgram } from "./program.ts";
import { VERBS } from "./verb-table.ts";

/** The whole command line. The bundles of it leave out what bin/sluice runs another bundle for. */
void runProgram(process.argv.slice(2), VERBS);
