/**
 * `function-runtime FILE OPTION`, as arguments of Sluice's own program: runs a runtime's client of functions in JavaScript, in the Node that is in Sluice's own program: a single-file
 * release is no `node` by itself. Sluice starts it, and nobody else; no help names it. OPTION is what is at the end of NODE_OPTIONS for this process alone.
 */
export const FUNCTION_RUNTIME_COMMAND = "function-runtime";
