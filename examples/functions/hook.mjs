// A hook in JavaScript: looks at the new version, and answers. Its SDK finds Sluice, and its key, by itself.
// sluice.yml gives its Role lambda:InvokeFunction.
import { CodeDeployClient, PutLifecycleEventHookExecutionStatusCommand } from "@aws-sdk/client-codedeploy";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";

const codeDeploy = new CodeDeployClient();
const lambda = new LambdaClient();

export async function handler({ DeploymentId, LifecycleEventHookExecutionId }) {
  const { FunctionError } = await lambda.send(new InvokeCommand({ FunctionName: process.env.CHECKED_FUNCTION }));
  const status = FunctionError ? "Failed" : "Succeeded";
  console.log(`${process.env.CHECKED_FUNCTION}: ${status}`);
  await codeDeploy.send(
    new PutLifecycleEventHookExecutionStatusCommand({
      deploymentId: DeploymentId,
      lifecycleEventHookExecutionId: LifecycleEventHookExecutionId,
      status,
    }),
  );
}
