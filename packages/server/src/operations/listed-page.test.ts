import { CallerFault } from "@sluice/model/caller-fault.ts";
import { expect, it } from "vitest";
import { openStore } from "../store/open-store.ts";
import { openPage } from "./listed-page.ts";
import { MAX_PAGE_TOKEN_CHARACTERS, type PageTokens, pageTokens, pageTokensOf } from "./page-tokens.ts";

const TOKENS = pageTokens("a secret", "111122223333");
const OURS = { operation: "ListThings", input: { of: "web", tags: [] }, size: 1, shape: ["string", "number"] } as const;
const open = (token: string | undefined, change: object = {}, tokens: PageTokens = TOKENS) =>
  openPage({ ...OURS, token, ...change }, { pageTokens: tokens });
const tokenOf = (name: string) => open(undefined).cut([name, "more"], (item) => [item, 7]).nextToken!;

it("goes on after the last item of a page, and says where the end is", () => {
  expect(open(undefined)).toMatchObject({ after: undefined, limit: 2 });
  expect(open(undefined).cut(["last"], (item) => [item, 7])).toEqual({ items: ["last"], nextToken: undefined });
  for (const name of ["", "web-1", "ä 🙂\u0001"]) expect(open(tokenOf(name)).after).toEqual([name, 7]);
});

it("is none that could be read", () => {
  const bytes = Buffer.from(tokenOf("the-name-of-a-thing"), "base64url").toString("latin1");
  expect(bytes).not.toMatch(/the-name|ListThings|web/);
  expect(tokenOf("a")).not.toBe(tokenOf("a"));
});

it.each<[string, object]>([
  ["another operation", { operation: "ListOthers" }],
  ["another parameter", { input: { of: "api" } }],
  ["one parameter more", { input: { of: "web", tags: ["a"] } }],
  ["positions of another form", { shape: ["string", "string"] }],
])("serves nothing else: %s", (_, change) => {
  expect(() => open(tokenOf("a"), change)).toThrow(
    expect.objectContaining({ code: "InvalidNextTokenException" }) as CallerFault,
  );
});

it("serves pages of another size, and lists that are left out", () => {
  const input = { nextToken: "any", maxResults: 5, of: "web", tags: undefined };
  expect(open(tokenOf("a"), { input, size: 5 }).after).toEqual(["a", 7]);
});

it("refuses every token with one bit changed, shortened or lengthened", () => {
  const token = tokenOf("a");
  const characters = Buffer.from(token);
  for (let bit = 0; bit < characters.length * 8; bit++) {
    const changed = Buffer.from(characters);
    changed[bit >> 3]! ^= 1 << (bit & 7);
    expect(() => open(changed.toString("latin1"))).toThrow(CallerFault);
  }
  const bytes = Buffer.from(token, "base64url");
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const changed = Buffer.from(bytes);
    changed[bit >> 3]! ^= 1 << (bit & 7);
    expect(() => open(changed.toString("base64url"))).toThrow(CallerFault);
  }
  for (let length = 0; length < token.length; length++) expect(() => open(token.slice(0, length))).toThrow(CallerFault);
  for (const more of ["A", "=", " ", "\n", "ä"]) expect(() => open(token + more)).toThrow(CallerFault);
  expect(() => open("A".repeat(MAX_PAGE_TOKEN_CHARACTERS + 1))).toThrow(CallerFault);
});

it("serves no other account, and no other installation", () => {
  for (const other of [pageTokens("a secret", "444455556666"), pageTokens("another", "111122223333")]) {
    expect(() => open(tokenOf("a"), {}, other)).toThrow(CallerFault);
  }
});

it("is the same for all servers of a database", async () => {
  const store = await openStore({ dataDirectory: ":memory:" });
  try {
    const [one, other] = await Promise.all([pageTokensOf(store, "1"), pageTokensOf(store, "1")]);
    expect(other.open("list", one.seal("list", "place"))).toBe("place");
  } finally {
    await store.close();
  }
});
