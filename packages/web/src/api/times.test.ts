import { CODEDEPLOY_TABLE } from "@sluice/wire/generated/codedeploy-shapes.ts";
import { ECS_TABLE } from "@sluice/wire/generated/ecs-shapes.ts";
import type { OperationTable, Shape } from "@sluice/wire/shapes/shape.ts";
import { SLUICE_TABLE } from "@sluice/wire/sluice/sluice-shapes.ts";
import { expect, it } from "vitest";
import { isTimeMember, readAnswer, writeInput } from "./times.ts";

/** Every member that an answer may have, as `name kind`. */
function membersOf(table: OperationTable): Set<string> {
  const members = new Set<string>();
  const seen = new Set<Shape>();
  const visit = (shape: Shape): void => {
    if (seen.has(shape)) return;
    seen.add(shape);
    if (shape.kind === "list") visit(shape.member);
    if (shape.kind === "map") visit(shape.value);
    if (shape.kind !== "structure") return;
    for (const [name, member] of Object.entries(shape.members)) {
      members.add(`${name} ${member.kind}`);
      visit(member);
    }
  };
  for (const { output } of Object.values(table)) visit(output);
  return members;
}

it.each([
  ["CodeDeploy", CODEDEPLOY_TABLE],
  ["ECS", ECS_TABLE],
  ["Sluice", SLUICE_TABLE],
])("knows the times of %s by their names, and takes no other number for one", (_, table) => {
  const numbers = [...membersOf(table as OperationTable)]
    .map((member) => member.split(" "))
    .filter(([, kind = ""]) => ["timestamp", "integer", "long", "double"].includes(kind));
  expect(numbers.length).toBeGreaterThan(5);
  const wrong = numbers.filter(([name = "", kind]) => isTimeMember(name) !== (kind === "timestamp"));
  expect(wrong).toEqual([]);
});

it("reads epoch seconds as dates, and writes dates as epoch seconds", () => {
  const at = new Date("2026-11-30T02:14:05.250Z");
  const text = writeInput({ createdAfter: at, text: "web", list: [{ at }] });
  expect(JSON.parse(text)).toEqual({ createdAfter: 1796004845.25, text: "web", list: [{ at: 1796004845.25 }] });
  expect(readAnswer('{"at":1796004845.25,"count":3,"since":"a word"}')).toEqual({ at, count: 3, since: "a word" });
});
