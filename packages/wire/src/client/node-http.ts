/**
 * Node's HTTP modules, asked for rather than imported: an ES module's import of `node:http` copies every export, among them lazy ones that
 * load the whole of fetch. That costs an idle agent 13 MB and the start of every command a tenth of a second.
 */
export const http = process.getBuiltinModule("node:http");
export const https = process.getBuiltinModule("node:https");
