/**
 * `--node-options=OPTIONS function-runtime FILE`, as arguments of Sluice's own program: runs a runtime's client of functions in JavaScript, in the Node that is in
 * Sluice's own program: a release in one executable is no `node` by itself. Node takes the first argument for itself. Sluice starts it, and nobody else; no help names it.
 */
export const FUNCTION_RUNTIME_COMMAND = "function-runtime";
