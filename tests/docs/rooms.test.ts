import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, it } from "vitest";
import { ROOMS } from "../../scripts/rooms.ts";

const PAGE = resolve(import.meta.dirname, "../../docs/architecture.md");

/** `| room/ | what is in it | may import |` */
function shownRooms(): Record<string, readonly string[]> {
  const [, section = ""] = readFileSync(PAGE, "utf8").split("## The server's rooms");
  const [table = ""] = section.split("\n## ");
  const rows = [...table.matchAll(/^\| `([a-z0-9/-]+)\/` \|[^|]+\| ([a-z0-9/, -]+) \|$/gm)];
  return Object.fromEntries(
    rows.map(([, room = "", allowed = ""]) => [room, allowed === "nothing" ? [] : allowed.split(", ").sort()]),
  );
}

it("architecture.md shows the server's rooms, and what each may import, as the check has them", () => {
  const held = Object.entries(ROOMS.server ?? {}).map(([room, allowed]) => [room, allowed.toSorted()]);
  expect(shownRooms()).toEqual(Object.fromEntries(held));
});

it("architecture.md shows each room below those that it imports", () => {
  const order = Object.keys(shownRooms());
  const upwards = Object.entries(shownRooms()).flatMap(([room, allowed]) =>
    allowed.filter((other) => order.indexOf(other) > order.indexOf(room)).map((other) => `${room} -> ${other}`),
  );
  expect(upwards).toEqual([]);
});
