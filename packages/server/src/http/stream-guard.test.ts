import { expect, it } from "vitest";
import type { Action } from "../access/action.ts";
import type { AccessKey } from "../store/access-keys.ts";
import { streamGuard } from "./stream-guard.ts";

const NOW = Date.UTC(2026, 10, 30);
const KEY: AccessKey = { accessKeyId: "AKIAREADER", secretAccessKey: "", role: "read-only", hostId: null };
const guarded = (key: AccessKey | null) =>
  streamGuard({
    accessKeys: { find: async () => key },
    sessions: { findAgain: async () => null },
    now: () => NOW,
  });
const READER = { role: "read-only", accessKeyId: "AKIAREADER", hostId: null } as const;

it.each([
  ["a key as it was", KEY, true],
  ["one that expires later", { ...KEY, expiresAt: NOW + 1 }, true],
  ["one that has expired", { ...KEY, expiresAt: NOW }, false],
  ["one that is disabled", { ...KEY, isInactive: true }, false],
  ["one that is gone", null, false],
  ["one of a user whose policies allow it no more", { ...KEY, role: "user" } as const, false],
] as const)("a stream goes on: %s, %s", async (_what, key, goesOn) => {
  expect(await guarded(key)(READER)).toBe(goesOn);
});

it("ends with its session", async () => {
  expect(await guarded(KEY)({ ...READER, sessionId: "ended" })).toBe(false);
});

it("goes on for a function whose Role sluice.yml lets read events, and for no other", async () => {
  const key: AccessKey = { ...KEY, role: "function", functionName: "check" };
  const caller = { ...READER, role: "function", functionName: "check" } as const;
  expect(await guarded(key)({ ...caller, grantedActions: new Set<Action>(["sluice:StreamEvents"]) })).toBe(true);
  expect(await guarded(key)(caller)).toBe(false);
});
