import { COMMAND_TABLE } from "@sluice/wire/command/command-shapes.ts";
import { CODEDEPLOY_TABLE } from "@sluice/wire/generated/codedeploy-shapes.ts";
import { ECS_TABLE } from "@sluice/wire/generated/ecs-shapes.ts";
import { LAMBDA_TABLE } from "@sluice/wire/generated/lambda-shapes.ts";
import { QUERY_SERVICES } from "@sluice/wire/query/query-services.ts";
import type { OperationTable, Shape } from "@sluice/wire/shapes/shape.ts";
import { SLUICE_TABLE } from "@sluice/wire/sluice/sluice-shapes.ts";
import { expect, it } from "vitest";
import { LOOKS_SECRET, MEMBER_SECRECY, secrecyOf } from "./secret-members.ts";

const TABLES: readonly OperationTable[] = [
  CODEDEPLOY_TABLE,
  COMMAND_TABLE,
  SLUICE_TABLE,
  ECS_TABLE,
  LAMBDA_TABLE,
  ...QUERY_SERVICES.map(({ table }) => table),
];

function membersOf(shape: Shape, found: Set<string>, above: readonly Shape[] = []): void {
  if (above.includes(shape)) return;
  if (shape.kind === "list") membersOf(shape.member, found, [...above, shape]);
  if (shape.kind === "map") membersOf(shape.value, found, [...above, shape]);
  if (shape.kind !== "structure") return;
  for (const [name, member] of Object.entries(shape.members)) {
    found.add(name);
    membersOf(member, found, [...above, shape]);
  }
}

it("decides on every member of every operation whose name looks secret", () => {
  const members = new Set<string>();
  for (const table of TABLES) {
    for (const { input, output } of Object.values(table)) {
      membersOf(input, members);
      membersOf(output, members);
    }
  }
  expect(members.size).toBeGreaterThan(500);
  expect([...members].filter((name) => LOOKS_SECRET.test(name) && secrecyOf(name) === undefined)).toEqual([]);
  // What nobody has is not decided on, but for what is coming.
  const coming = ["SecretAccessKey", "SessionToken", "sessionToken"];
  expect(Object.keys(MEMBER_SECRECY).filter((name) => !members.has(name) && !coming.includes(name))).toEqual([]);
});
