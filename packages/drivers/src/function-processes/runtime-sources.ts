import { readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * The runtimes' clients as text, for whoever writes them to where functions can read them. scripts/build.ts puts the text itself in here: a
 * server reads nothing of its installation once it runs.
 */
export const RUNTIME_SOURCES: Readonly<Record<string, string>> = {
  "node-runtime.cjs": readFileSync(join(import.meta.dirname, "runtimes/node-runtime.cjs"), "utf8"),
  "python-runtime.py": readFileSync(join(import.meta.dirname, "runtimes/python-runtime.py"), "utf8"),
};
