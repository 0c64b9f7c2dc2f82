import { describe, expect, it } from "vitest";
import { appSpecProblems } from "./app-spec-problems.ts";

describe("appSpecProblems", () => {
  it("names the line of each fault of a service's AppSpec", () => {
    const text =
      "version: 0.0\nResources:\n  - TargetService:\n      Type: AWS::Lambda::Function\n      Properties:\n        TaskDefinition: web:1\n";
    const problems = appSpecProblems(text, "ECS");
    expect(problems.map(({ line }) => line)).toContain(4);
    expect(problems.every(({ severity, message }) => severity === "error" && message.endsWith("."))).toBe(true);
  });

  it("has nothing to say of a good one", () => {
    const text =
      'version: 0.0\nResources:\n  - f:\n      Type: AWS::Lambda::Function\n      Properties:\n        Name: "f"\n        Alias: "live"\n        CurrentVersion: "1"\n        TargetVersion: "2"\n';
    expect(appSpecProblems(text, "Lambda")).toEqual([]);
  });

  it("reads those of hosts as agents do", () => {
    expect(appSpecProblems("version: 0.0\nos: linux\n", "Server").map(({ severity }) => severity)).toEqual(["note"]);
    expect(appSpecProblems("version: 0.0\nos: plan9\n", "Server")[0]).toMatchObject({ severity: "error", line: 2 });
  });
});
