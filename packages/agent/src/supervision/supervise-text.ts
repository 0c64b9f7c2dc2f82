import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The supervisor, for whoever writes it beside the agent's programs. scripts/build.ts puts the text itself in here. */
export const SUPERVISE_TEXT: string = readFileSync(join(import.meta.dirname, "supervise.sh"), "utf8");
