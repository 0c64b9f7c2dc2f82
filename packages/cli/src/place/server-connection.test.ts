import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TransportError } from "@sluice/wire/client/errors.ts";
import { expect, it } from "vitest";
import { describeError } from "../command-failed.ts";
import { namingServer } from "./server-connection.ts";

const ADDRESS = "http://127.0.0.1:7450";
const refused = () => {
  const cause = Object.assign(new Error("connect"), { code: "ECONNREFUSED" });
  return new TransportError(ADDRESS, "connection refused. Check that the server is running.", { cause });
};

it("of a server that is not running, names the command that starts it the way it was started", () => {
  const directory = mkdtempSync(join(tmpdir(), "sluice-connection-"));
  try {
    const said = (chosenBy: "--data" | "nearest") =>
      describeError(namingServer(refused(), { kind: "directory", directory, chosenBy }))
        .split("\n")
        .slice(1);
    expect(said("--data")).toEqual([`Start it: sluice server --data ${directory}`]);
    writeFileSync(join(directory, "up.json"), "{}");
    expect(said("--data")).toEqual([`Start it: sluice up --detach --data ${directory}`]);
    expect(said("nearest")).toEqual([
      `The server is the one of ${directory} (the nearest .sluice/up); to use another, give --data.`,
      `Start it: sluice up --detach --data ${directory}`,
    ]);
  } finally {
    rmSync(directory, { recursive: true });
  }
});

it("says nothing of starting a server of which only the address is known, or that has not refused", () => {
  const place = { kind: "environment", endpoint: ADDRESS } as const;
  expect(describeError(namingServer(refused(), place))).not.toContain("Start it");
  const late = new TransportError(ADDRESS, "no answer");
  const directory = { kind: "directory", directory: "/srv/x", chosenBy: "--data" } as const;
  expect(describeError(namingServer(late, directory))).toBe(`${ADDRESS}: no answer`);
});
