import fc from "fast-check";
import { expect, it } from "vitest";
import { readEcsAppSpec } from "./ecs-app-spec.ts";
import { readLambdaAppSpec } from "./lambda-app-spec.ts";
import { describeFault } from "./spec-fault.ts";

const ECS = {
  version: 0.0,
  Resources: [
    {
      TargetService: {
        Type: "AWS::ECS::Service",
        Properties: {
          TaskDefinition: "web:1",
          LoadBalancerInfo: { ContainerName: "web", ContainerPort: 80 },
          NetworkConfiguration: {
            AwsvpcConfiguration: { Subnets: ["a"], SecurityGroups: ["b"], AssignPublicIp: "ENABLED" },
          },
          CapacityProviderStrategy: [{ CapacityProvider: "FARGATE", Base: 1, Weight: 1 }],
        },
      },
    },
  ],
  Hooks: [{ AfterInstall: "after" }],
};

const LAMBDA = {
  version: 0.0,
  Resources: [
    {
      charge: {
        Type: "AWS::Lambda::Function",
        Properties: {
          Name: "charge",
          Alias: "live",
          CurrentVersion: "1",
          TargetVersion: 2,
          CurrentVersionFromAlias: null,
        },
      },
    },
  ],
  Hooks: [{ AfterAllowTraffic: "after" }],
};

/** Every place in a document, by the keys that lead there. */
function placesOf(value: unknown, path: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  if (typeof value !== "object" || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, member]) => placesOf(member, [...path, key]))];
}

function withValueAt(document: unknown, [key, ...rest]: readonly (string | number)[], value: unknown): unknown {
  if (key === undefined) return value;
  const copy = structuredClone(document) as Record<string | number, unknown>;
  copy[key] = withValueAt(copy[key], rest, value);
  return copy;
}

it.each([
  ["ECS", readEcsAppSpec],
  ["Lambda", readLambdaAppSpec],
])("%s: reads any text at all without an exception, and names a fault where it reads none", (_, read) => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.json(), fc.string({ unit: fc.constantFrom(..."[]{}:-,&*!|>'\"\n\t #%@0a") })),
      (text) => {
        const reading = read(text);
        if (reading.outcome === "faulty") expect(reading.faults.map(describeFault).join("")).not.toBe("");
      },
    ),
    { numRuns: 2_000 },
  );
});

it("ECS: reads a good document with any value in any place, and what it reads is whole", () => {
  fc.assert(
    fc.property(fc.constantFrom(...placesOf(ECS)), fc.jsonValue({ maxDepth: 2 }), (path, value) => {
      const reading = readEcsAppSpec(JSON.stringify(withValueAt(ECS, path, value)));
      if (reading.outcome === "faulty") {
        expect(reading.faults.length).toBeGreaterThan(0);
        return;
      }
      const { taskSet, hooks } = reading.appSpec;
      expect(Number.isInteger(taskSet.containerPort)).toBe(true);
      expect(taskSet.containerName).not.toBe("");
      expect(taskSet.taskDefinition).toMatch(/^[A-Za-z0-9_:/-]+$/);
      for (const hook of Object.values(hooks)) expect(hook).toMatch(/^[A-Za-z0-9_.:$-]+$/);
    }),
    { numRuns: 2_000 },
  );
});

it("Lambda: reads a good document with any value in any place, and what it reads is whole", () => {
  const value = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom("$LATEST", "1", 1, true, "true", "live"));
  fc.assert(
    fc.property(fc.constantFrom(...placesOf(LAMBDA)), value, (path, given) => {
      const reading = readLambdaAppSpec(JSON.stringify(withValueAt(LAMBDA, path, given)));
      if (reading.outcome === "faulty") {
        expect(reading.faults.length).toBeGreaterThan(0);
        return;
      }
      const { shift, hooks } = reading.appSpec;
      // Messages put these into commands.
      expect(shift.functionName).toMatch(/^[A-Za-z0-9_:-]+$/);
      expect(shift.aliasName).toMatch(/^[A-Za-z0-9_-]+$/);
      expect(shift.targetVersion).toMatch(/^[1-9]\d*$/);
      if (shift.currentVersion !== null) expect(shift.currentVersion).toMatch(/^[1-9]\d*$/);
      expect(shift.currentVersion).not.toBe(shift.targetVersion);
      for (const hook of Object.values(hooks)) expect(hook).toMatch(/^[A-Za-z0-9_.:$-]+$/);
    }),
    { numRuns: 2_000 },
  );
});
