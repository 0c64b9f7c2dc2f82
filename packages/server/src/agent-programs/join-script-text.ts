import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The script, before the server's address is in it. scripts/build.ts puts the text itself in here. */
export const JOIN_SCRIPT_TEXT: string = readFileSync(join(import.meta.dirname, "join.sh"), "utf8");
