import { expect, it } from "vitest";
import { MAX_STREAMS_PER_KEY, OpenStreams } from "./open-streams.ts";

const principal = (accessKeyId: string, sessionId?: string) => ({
  ...({ role: "root", accessKeyId, hostId: null } as const),
  ...(sessionId !== undefined && { sessionId }),
});

it("ends what the key or the session opened, once, and nothing that was closed", () => {
  const streams = new OpenStreams();
  const ended: string[] = [];
  const open = (name: string, accessKeyId: string, sessionId?: string) =>
    streams.open(principal(accessKeyId, sessionId), () => ended.push(name));
  open("signed", "ANN");
  open("of a session", "ANN", "s-1");
  open("of another session", "BOB", "s-2");
  open("of another key", "BOB");
  const close = open("closed", "ANN");
  close();
  streams.endOfSessions(["s-2"]);
  expect(ended).toEqual(["of another session"]);
  streams.endOfKey("ANN");
  streams.endOfKey("ANN");
  expect(ended).toEqual(["of another session", "signed", "of a session"]);
});

it("are so many of one key and no more", () => {
  const streams = new OpenStreams();
  const closes = Array.from({ length: MAX_STREAMS_PER_KEY }, () => streams.open(principal("ANN"), () => {}));
  expect(() => streams.open(principal("ANN", "s-1"), () => {})).toThrow(/256 event streams/);
  streams.open(principal("BOB"), () => {});
  closes[0]?.();
  streams.open(principal("ANN"), () => {});
});

it("of temporary keys count for the key that bought them", () => {
  const streams = new OpenStreams();
  const temporary = (name: string) => ({ ...principal(name), role: "user", sourceAccessKeyId: "ANN" }) as const;
  for (let index = 0; index < MAX_STREAMS_PER_KEY; index++) streams.open(temporary(`ASIA${index}`), () => {});
  expect(() => streams.open(temporary("ASIANEXT"), () => {})).toThrow(/The access key ANN has 256 event streams/);
  streams.open(principal("BOB"), () => {});
});
