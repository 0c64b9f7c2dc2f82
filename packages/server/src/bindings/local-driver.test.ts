import { describe, expect, it } from "vitest";
import { localDriver } from "./local-driver.ts";

const create = (settings: object) => ({ settings });

function binding(match: string, settings: object) {
  return { match, port: "task-sets", driver: "docker", settings };
}

describe("a driver that is a part of the server", () => {
  it("is there when the server has it", () => {
    expect(localDriver("task-sets", "docker", undefined, [])).toEqual([]);
    expect(localDriver("task-sets", "docker", create, [])).toMatchObject([{ name: "docker" }]);
  });

  it("has one set of settings, however many bindings name it", () => {
    const alike = [binding("a", { folders: [] }), binding("b", { folders: [] })];
    expect(localDriver("task-sets", "docker", create, alike)).toHaveLength(1);
    const others = [{ ...binding("c", { socket: "/x" }), port: "weighted-router" }];
    expect(localDriver("task-sets", "docker", create, [...alike, ...others])).toHaveLength(1);
    const differing = [...alike, binding("c", { folders: ["/srv"] })];
    expect(() => localDriver("task-sets", "docker", create, differing)).toThrow(
      /binding of "c" to the task-sets, has other settings.*than that of "a".*the same settings/,
    );
  });
});
