import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished, vi } from "vitest";
import { newContainerPlan } from "../contracts/container-engine-contract.fixture.ts";
import { createStartTurns, isInTheWay, type StartClaim, startClaimOf } from "./start-turns.ts";

const never = new AbortController().signal;

function claim(name: string, path: string, isReadOnly = false): StartClaim {
  return { name, folders: [{ path, isReadOnly }] };
}

function createSlowStarts() {
  const inTurn = createStartTurns();
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const start = (claimed: StartClaim, signal = never) =>
    inTurn(claimed, signal, () => {
      begun.push(claimed.name);
      return new Promise<void>((resolve) => ends.set(claimed.name, resolve));
    });
  return { start, begun, end: (name: string) => ends.get(name)?.() };
}

it.each([
  ["one container", claim("web", "/srv/a"), claim("web", "/srv/b"), true],
  ["a writer above", claim("web", "/srv"), claim("api", "/srv/b"), true],
  ["a reader above", claim("web", "/srv", true), claim("api", "/srv/b"), false],
  ["one folder", claim("web", "/srv/a"), claim("api", "/srv/a"), false],
  ["folders apart", claim("web", "/srv/a"), claim("api", "/srv/ab"), false],
])("of %s", (_, one, other, expected) => {
  expect(isInTheWay(one, other)).toBe(expected);
  expect(isInTheWay(other, one)).toBe(expected);
});

it("waits for what is in the way, and for nothing else", async () => {
  const { start, begun, end } = createSlowStarts();
  const web = start(claim("web", "/srv"));
  const api = start(claim("api", "/srv/b"));
  const log = start(claim("log", "/var/log"));
  await vi.waitFor(() => expect(begun).toEqual(["web", "log"]));
  end("web");
  await web;
  await vi.waitFor(() => expect(begun).toEqual(["web", "log", "api"]));
  end("log");
  end("api");
  await Promise.all([log, api]);
});

it("does not wait any more when the signal aborts, and lets nobody pass who is still in the way", async () => {
  const { start, begun, end } = createSlowStarts();
  const stop = new AbortController();
  const web = start(claim("web", "/srv"));
  const api = start(claim("api", "/srv/b"), stop.signal);
  const other = start(claim("other", "/srv/b"));
  stop.abort(new Error("the task is to stop"));
  await expect(api).rejects.toThrow("the task is to stop");
  await expect(start(claim("late", "/var/log"), stop.signal)).rejects.toThrow("the task is to stop");
  expect(begun).toEqual(["web"]);
  end("web");
  await web;
  await vi.waitFor(() => expect(begun).toEqual(["web", "other"]));
  end("other");
  await other;
});

it("claims the folders behind links, and none that are not there", async () => {
  const root = mkdtempSync(join(tmpdir(), "sluice-start-turns-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  mkdirSync(join(root, "data"));
  symlinkSync("data", join(root, "link"));
  const mount = { volumeName: "data", containerPath: "/data", isReadOnly: true };
  const mounts = [join(root, "link"), join(root, "nothing"), null].map((folder) => ({ ...mount, folder }));
  expect((await startClaimOf("a1", newContainerPlan("app:1", { mounts }))).folders).toEqual([
    { path: join(root, "data"), isReadOnly: true },
  ]);
});
