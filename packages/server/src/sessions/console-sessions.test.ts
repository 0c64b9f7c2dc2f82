import { afterEach, beforeEach, expect, it } from "vitest";
import { randomText } from "../access/random-text.ts";
import { settleRestored } from "../backup/settle-restored.ts";
import { AccessKeys } from "../store/access-keys.ts";
import { endConsoleOfKey, removeEndedSessions } from "../store/console-sessions.ts";
import { openStore, type Store } from "../store/open-store.ts";
import { deleteKey, insertKey } from "../store/people-keys.ts";
import { writeRestoredMark } from "../store/restored-mark.ts";
import { CONSOLE_LINK_MILLISECONDS, createConsoleLink, MAX_CONSOLE_LINKS_PER_KEY } from "./console-links.ts";
import {
  ConsoleSessions,
  MAX_SESSIONS_PER_KEY,
  SESSION_IDLE_MILLISECONDS,
  SESSION_MAX_AGE_MILLISECONDS,
} from "./console-sessions.ts";

const ANN = "AKIAANN";
const ADDRESS = "192.0.2.1";
const REFUSED = expect.objectContaining({ code: "SignInRefusedException" });

let store: Store;
let now: number;
let keys: AccessKeys;
let sessions: ConsoleSessions;
let ended: string[];

beforeEach(async () => {
  store = await openStore({ dataDirectory: ":memory:" });
  now = Date.UTC(2026, 10, 30);
  keys = new AccessKeys(store, () => now, "111122223333");
  ended = [];
  const parts = { store, now: () => now, randomText, accessKeys: keys };
  sessions = new ConsoleSessions({
    ...parts,
    onEnded: (ids) => void ended.push(...ids),
    onError: (error) => expect(error).toBeUndefined(),
  });
  const row = { secret_access_key: "s", host_id: null, function_name: null, description: null, created_at: 1 };
  await store.write((transaction) => insertKey(transaction, { ...row, access_key_id: ANN, role: "read-only" }));
});
afterEach(async () => {
  // After what is written down beside the calls.
  await store.write(async () => {});
  await store.close();
});

const newLink = async () => (await createConsoleLink({ store, now: () => now, randomText }, ANN)).secret;
const newSession = async () => sessions.signInByLink(await newLink());

it("lets a link in until its time is over, once", async () => {
  const [used, late] = [await newLink(), await newLink()];
  now += CONSOLE_LINK_MILLISECONDS - 1;
  expect(await sessions.signInByLink(used)).toMatchObject({ principal: { accessKeyId: ANN, role: "read-only" } });
  await expect(sessions.signInByLink(used)).rejects.toEqual(REFUSED);
  now += 1;
  await expect(sessions.signInByLink(late)).rejects.toEqual(REFUSED);
});

it("keeps a key's newest links", async () => {
  const links: string[] = [];
  for (let count = 0; count <= MAX_CONSOLE_LINKS_PER_KEY; count += 1) {
    links.push(await newLink());
    now += 1;
  }
  await expect(sessions.signInByLink(links[0])).rejects.toEqual(REFUSED);
  expect(await sessions.signInByLink(links[1])).toBeTruthy();
});

it("keeps a used session until it is too old, and no longer", async () => {
  const { cookie, secret, expiresAt } = await newSession();
  expect(expiresAt).toBe(now + SESSION_MAX_AGE_MILLISECONDS);
  for (; now + SESSION_IDLE_MILLISECONDS - 1 < expiresAt; now += SESSION_IDLE_MILLISECONDS - 1) {
    expect(await sessions.find(cookie, secret)).toMatchObject({ expiresAt });
    // That it is used is written down beside the call.
    await store.write(async () => {});
  }
  now = expiresAt;
  expect(await sessions.find(cookie, secret)).toBeNull();
});

it("ends one that nobody uses", async () => {
  const { cookie, secret, sessionId } = await newSession();
  now += SESSION_IDLE_MILLISECONDS;
  expect(await sessions.find(cookie, secret)).toBeNull();
  expect(await sessions.findAgain(sessionId)).toBeNull();
});

it("ends the one that was used last the longest ago when a key has too many", async () => {
  const first = await newSession();
  now += 1;
  const second = await newSession();
  for (let count = 2; count <= MAX_SESSIONS_PER_KEY; count += 1) {
    now += 60_000;
    await sessions.find(first.cookie, first.secret);
    await newSession();
  }
  expect(ended).toEqual([second.sessionId]);
  expect(await sessions.find(second.cookie, second.secret)).toBeNull();
  expect(await sessions.find(first.cookie, first.secret)).not.toBeNull();
});

it("has no session of a key that is gone", async () => {
  const { cookie, secret } = await newSession();
  const link = await newLink();
  await store.write((transaction) => deleteKey(transaction, ANN));
  keys.forget({ accessKeyId: ANN });
  expect(await sessions.find(cookie, secret)).toBeNull();
  await expect(sessions.signInByLink(link)).rejects.toEqual(REFUSED);
  expect(await store.write((transaction) => endConsoleOfKey(transaction, ANN))).toBe(1);
});

it("counts the tries that fail, by address and in all, and no others", async () => {
  const attempt = (secret: string, address: string) => sessions.signInByKey(ANN, secret, address).catch((e) => e.code);
  for (let count = 0; count < 20; count += 1) expect(await attempt("s", ADDRESS)).toMatchObject({ principal: {} });
  for (let count = 0; count < 10; count += 1) expect(await attempt("x", ADDRESS)).toBe("SignInRefusedException");
  expect(await attempt("s", ADDRESS)).toBe("TooManyRequestsException");
  expect(await attempt("s", "192.0.2.2")).toMatchObject({ principal: {} });
  now += 6_000;
  expect(await attempt("x", ADDRESS)).toBe("SignInRefusedException");
  expect(await attempt("x", ADDRESS)).toBe("TooManyRequestsException");
  // Whoever has a network of IPv6 has no more tries than whoever has an address.
  for (let count = 0; count < 10; count += 1) await attempt("x", `2001:db8:0:1::${count}`);
  expect(await attempt("s", "2001:db8:0:1:ffff::1")).toBe("TooManyRequestsException");
  for (let count = 0; count < 300; count += 1) await attempt("x", `198.51.100.${count % 250}`);
  expect(await attempt("s", "203.0.113.1")).toBe("TooManyRequestsException");
  expect(await newSession()).toBeTruthy();
});

it("has its ended rows swept, and the others left", async () => {
  const idle = await newSession();
  now += SESSION_IDLE_MILLISECONDS;
  const { cookie, secret } = await newSession();
  await newLink();
  const sweep = () =>
    store.write((transaction) =>
      removeEndedSessions(transaction, { now, usedBefore: now - SESSION_IDLE_MILLISECONDS }),
    );
  expect(await sweep()).toBe(1);
  now += CONSOLE_LINK_MILLISECONDS;
  expect(await sweep()).toBe(1);
  expect(await sweep()).toBe(0);
  expect(await sessions.findAgain(idle.sessionId)).toBeNull();
  expect(await sessions.find(cookie, secret)).not.toBeNull();
});

it("is over for everybody when the database is restored from a backup", async () => {
  const { cookie, secret } = await newSession();
  const link = await newLink();
  const mark = { takenAt: "2026-11-29T00:00:00Z", restoredAt: "2026-11-30T00:00:00Z" };
  await store.write((transaction) => writeRestoredMark(transaction, mark));
  await settleRestored(store, () => now);
  expect(await sessions.find(cookie, secret)).toBeNull();
  await expect(sessions.signInByLink(link)).rejects.toEqual(REFUSED);
});
