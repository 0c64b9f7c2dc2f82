import { describe, expect, it } from "vitest";
import { hostRestart } from "./host-restarts.ts";

const INSTALLED = { deploymentId: "d-INSTALLED", revisionKey: "k" };
const OURS = { agent: "sluice", agentVersion: "0.2.0" } as const;

describe("hostRestart", () => {
  it.each([
    ["our agent runs the scripts where they are", INSTALLED, OURS, { archiveOf: "d-INSTALLED", copiesArchive: false }],
    [
      "the AWS agent makes a copy",
      INSTALLED,
      { agent: "aws", agentVersion: "OFFICIAL_2.1.0_deb" } as const,
      { archiveOf: "d-INSTALLED", copiesArchive: true },
    ],
    [
      "an agent of ours that does not know restarts",
      INSTALLED,
      { agent: "sluice", agentVersion: "0.1.9" } as const,
      { refused: expect.stringMatching(/version 0\.1\.9, and RESTART needs 0\.2\.0/) },
    ],
    [
      "an agent of ours that does not say its version",
      INSTALLED,
      { agent: "sluice", agentVersion: null } as const,
      { refused: expect.stringContaining("version unknown") },
    ],
    [
      "nothing that is known is installed",
      null,
      OURS,
      { refused: expect.stringContaining("no deployment of this group") },
    ],
    [
      "another revision is installed",
      { deploymentId: "d-OTHER", revisionKey: "other" },
      OURS,
      { refused: expect.stringContaining("that deployment d-OTHER installed") },
    ],
    ["nobody has spoken for the host yet", INSTALLED, undefined, { archiveOf: "d-INSTALLED", copiesArchive: false }],
  ])("%s", (_name, installed, agent, expected) => {
    expect(hostRestart(installed, "k", agent)).toEqual(expected);
  });
});
