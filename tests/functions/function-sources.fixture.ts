/** By the name of its file in the zip. */
export type FunctionFiles = Readonly<Record<string, string>>;

/** Answers with its version, to who invokes it and to who asks a listener for it. */
export function chargeOf(remark: string): FunctionFiles {
  return {
    "index.js": `// ${remark}
exports.handler = async () => ({ statusCode: 200, body: process.env.AWS_LAMBDA_FUNCTION_VERSION });`,
  };
}

/** Asks the gate what to answer (nothing: Succeeded), by AWS' SDK, which it does not bring. */
export const HOOK: FunctionFiles = {
  "index.js": `const { CodeDeployClient, PutLifecycleEventHookExecutionStatusCommand } = require("@aws-sdk/client-codedeploy");
const codeDeploy = new CodeDeployClient({});
exports.handler = async ({ DeploymentId: deploymentId, LifecycleEventHookExecutionId: lifecycleEventHookExecutionId }) => {
  console.log("asked about " + deploymentId);
  const told = await (await fetch(process.env.GATE + "/hook/" + deploymentId)).text();
  if (told === "throws") throw new Error("there are no rates for this version");
  const status = told || "Succeeded";
  await codeDeploy.send(new PutLifecycleEventHookExecutionStatusCommand({ deploymentId, lifecycleEventHookExecutionId, status }));
};`,
};

/** Answers for what it meets at the address SHOP: Succeeded for version 1 of the shop, and for no other. */
export const CUSTOMER: FunctionFiles = {
  "index.js": `const { CodeDeployClient, PutLifecycleEventHookExecutionStatusCommand } = require("@aws-sdk/client-codedeploy");
const codeDeploy = new CodeDeployClient({});
exports.handler = async ({ DeploymentId: deploymentId, LifecycleEventHookExecutionId: lifecycleEventHookExecutionId }) => {
  const { version } = await (await fetch(process.env.SHOP)).json();
  console.log("met version " + version + " in " + deploymentId);
  const status = version === "1" ? "Succeeded" : "Failed";
  await codeDeploy.send(new PutLifecycleEventHookExecutionStatusCommand({ deploymentId, lifecycleEventHookExecutionId, status }));
};`,
};

/** Passes the gate by \`/ledger/ENTRY\` once for each event. */
export const LEDGER: FunctionFiles = {
  "index.js": `exports.handler = async ({ entry }) => { await (await fetch(process.env.GATE + "/ledger/" + entry)).text(); };`,
};
