import type { DeploymentCreator, DeploymentInfo } from "@aws-sdk/client-codedeploy";
import type { CodeDeployClient } from "@sluice/wire/client/clients.ts";
import { expect, test } from "vitest";
import { findDestination } from "./rollback-destination.ts";

const GROUP = { application: "web", group: "live" };

/** Of a group with these deployments, the oldest first; each is one of `d-ID REVISION [the deployment that it rolls back to]`. */
function groupWith(deployments: readonly string[], last: DeploymentInfo = {}): Pick<CodeDeployClient, "call"> {
  const all = deployments.map((words, index): DeploymentInfo => {
    const [deploymentId, key = "", origin] = words.split(" ");
    return {
      deploymentId: deploymentId!,
      status: "Succeeded",
      createTime: new Date(index * 1000),
      revision: { revisionType: "S3", s3Location: { bucket: "b", key, bundleType: "tgz" } },
      ...(origin === undefined ? {} : { description: `Rollback to ${origin}` }),
      ...(index === deployments.length - 1 ? last : {}),
    };
  });
  const newest = all.at(-1)!;
  const success = all.findLast(({ status }) => status === "Succeeded")!;
  const answers: Record<string, (input: { deploymentId: string }) => unknown> = {
    GetDeploymentGroup: () => ({
      deploymentGroupInfo: {
        computePlatform: "Server",
        lastAttemptedDeployment: newest,
        lastSuccessfulDeployment: success,
        targetRevision: success.revision,
      },
    }),
    GetDeployment: ({ deploymentId }) => ({ deploymentInfo: all.find((one) => one.deploymentId === deploymentId) }),
    ListDeployments: () => ({
      deployments: all
        .filter(({ status }) => status === "Succeeded")
        .map((one) => one.deploymentId)
        .toReversed(),
    }),
  };
  const call = async (operation: string, input: { deploymentId: string }) => answers[operation]!(input);
  return { call } as unknown as Pick<CodeDeployClient, "call">;
}

test("without an earlier rollback it goes to the last revision that differs", async () => {
  const client = groupWith(["d-A a", "d-B b", "d-C c", "d-D c"]);
  expect((await findDestination(client, GROUP, undefined)).deploymentId).toBe("d-B");
});

test.each([
  ["what was rolled back is newer, not older", ["d-A a", "d-B b", "d-C c", "d-R b d-B"], "d-A"],
  [
    "a rollback to a rollback is one to its deployment",
    ["d-A a", "d-B b", "d-C c", "d-R b d-B", "d-D d", "d-S b d-R"],
    "d-A",
  ],
  [
    "what the rollback repeats is not its last success",
    ["d-A a", "d-B b", "d-C c", "d-D b", "d-E e", "d-R b d-B"],
    "d-A",
  ],
])("a second rollback names what is older than the first one's revision: %s", async (_, deployments, older) => {
  await expect(findDestination(groupWith(deployments), GROUP, ".sluice/up")).rejects.toThrow(
    new RegExp(`To roll back further, to .*: sluice rollback .* --to ${older} --data .sluice/up$`),
  );
});

test("an automatic rollback goes back from the newest deployment of its revision", async () => {
  const client = groupWith(["d-A a", "d-B b", "d-R b"], { creator: "codeDeployRollback" });
  await expect(findDestination(client, GROUP, undefined)).rejects.toThrow(/--to d-A$/);
});

test("a second rollback says that there is nothing older", async () => {
  const client = groupWith(["d-A a", "d-B b", "d-R a d-A"]);
  await expect(findDestination(client, GROUP, undefined)).rejects.toThrow(
    "No other revision was deployed successfully before it. To deploy another revision, name its deployment with --to",
  );
});

test.each([undefined, "d-A"])("while the original hosts are kept, the cure is a stop (--to %s)", async (to) => {
  const client = groupWith(["d-A a", "d-B b"], { status: "InProgress", instanceTerminationWaitTimeStarted: true });
  await expect(findDestination(client, { ...GROUP, ...(to && { to }) }, "/data")).rejects.toThrow(
    "d-B still keeps its original hosts. To move the traffic back: sluice stop d-B --rollback --data /data",
  );
});

test.each([
  ["user", "To stop it and roll it back: sluice stop d-B --rollback"],
  ["codeDeployRollback", "Wait for it to end, or stop it: sluice stop d-B"],
])("nothing is promised beside a deployment in progress that %s created", async (creator, cure) => {
  const client = groupWith(["d-A a", "d-B b"], { status: "Queued", creator: creator as DeploymentCreator });
  await expect(findDestination(client, GROUP, undefined)).rejects.toThrow(
    `d-B of group live of web is in progress. ${cure}`,
  );
});
