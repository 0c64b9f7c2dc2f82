import type { DeploymentSummary } from "@sluice/wire/sluice/console-api.ts";
import { expect, it } from "vitest";
import { commandFor, consequenceOf, proposed } from "./roll-back-words.ts";

const earlier = (deploymentId: string, key: string) =>
  ({
    deploymentId,
    revision: { revisionType: "S3", s3Location: { bucket: "b", key, bundleType: "zip" } },
  }) as DeploymentSummary;
const [one, two] = [earlier("d-ONE", "one.zip"), earlier("d-TWO", "two.zip")] as const;
const view = {
  action: "roll-back",
  command: "sluice rollback --application shop --group prod --to d-TWO",
  consequence:
    "Deploys s3://b/two.zip of d-TWO again (the group's last successful revision) to the hosts of the group: 3 hosts in this deployment",
};

it("says of what the server proposes what the server says", () => {
  expect(proposed(view, [two, one])).toBe("d-TWO");
  expect(consequenceOf(view, two)).toBe(view.consequence);
});

it("says of another revision that it is deployed, and not that it is the group's last successful one", () => {
  expect(consequenceOf(view, one)).toBe(
    "Deploys s3://b/one.zip of d-ONE again to the hosts of the group: 3 hosts in this deployment",
  );
  expect(commandFor(view.command, "d-ONE")).toBe("sluice rollback --application shop --group prod --to d-ONE");
});
