import { CallerFault } from "@sluice/model/caller-fault.ts";
import { expect, it } from "vitest";
import type { Action } from "../access/action.ts";
import type { Principal } from "../access/principal.ts";
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
const MAY = async () => {};
const READER = { role: "read-only", accessKeyId: "AKIAREADER", hostId: null } as const;

it.each([
  ["a key as it was", KEY, true],
  ["one that expires later", { ...KEY, expiresAt: NOW + 1 }, true],
  ["one that has expired", { ...KEY, expiresAt: NOW }, false],
  ["one that is disabled", { ...KEY, isInactive: true }, false],
  ["one that is gone", null, false],
  ["one of a user whose policies allow it no more", { ...KEY, role: "user" } as const, false],
] as const)("a stream goes on: %s, %s", async (_what, key, goesOn) => {
  expect(await guarded(key)(READER, MAY)).toBe(goesOn);
});

it("ends with its session", async () => {
  expect(await guarded(KEY)({ ...READER, sessionId: "ended" }, MAY)).toBe(false);
});

it("goes on for a function whose Role sluice.yml lets read events, and for no other", async () => {
  const key: AccessKey = { ...KEY, role: "function", functionName: "check" };
  const caller = { ...READER, role: "function", functionName: "check" } as const;
  expect(await guarded(key)({ ...caller, grantedActions: new Set<Action>(["sluice:StreamEvents"]) }, MAY)).toBe(true);
  expect(await guarded(key)(caller, MAY)).toBe(false);
});

it("ends where it could not be opened again, by the policies and at the time of now", async () => {
  const refuse = async () => {
    throw new CallerFault("AccessDeniedException", "no more");
  };
  expect(await guarded(KEY)(READER, refuse)).toBe(false);
  const call = { sourceAddress: "10.0.0.1", isSecure: true, userAgent: undefined, at: 1, region: "us-east-1" };
  const asked: Principal[] = [];
  const ask = async (caller: Principal) => void asked.push(caller);
  await guarded(KEY)({ ...READER, call }, ask);
  expect(asked).toMatchObject([{ accessKeyId: "AKIAREADER", call: { sourceAddress: "10.0.0.1", at: NOW } }]);
});

it("goes on while nobody can say whether it may", async () => {
  const away = async () => {
    throw new Error("the database is away");
  };
  await expect(guarded(KEY)(READER, away)).rejects.toThrow("away");
});
