import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";
import { isLoopbackUrl, joinCommand } from "./join-command.ts";
import { parseTags } from "./tag-text.ts";
import { parseLife } from "./token-life.ts";

it("gives the token by standard input, and quotes what it is given", () => {
  const script = `sluice() { printf '%s\\n' "$*"; cat; }\n${joinCommand("http://a'b:1", "to'ken$(id)")}`;
  const [enrol, token, run] = execFileSync("sh", ["-c", script], { input: "" }).toString().split("\n");
  expect(enrol).toMatch(
    /^agent enroll --server http:\/\/a'b:1 --token-file - --data \/var\/lib\/sluice-agent --name \S+$/,
  );
  expect(token).toBe("to'ken$(id)");
  expect(run).toBe("agent run --data /var/lib/sluice-agent");
});

it("knows the addresses that no other machine reaches", () => {
  expect(["http://localhost:1", "http://127.0.0.1:1", "http://[::1]:1"].every(isLoopbackUrl)).toBe(true);
  expect(isLoopbackUrl("https://deploy.example.com")).toBe(false);
});

it("reads tags line by line", () => {
  expect(parseTags("App=shop\n\n Env = a=b \nOld")).toEqual({
    tags: [
      { Key: "App", Value: "shop" },
      { Key: "Env", Value: "a=b" },
      { Key: "Old", Value: "" },
    ],
  });
  expect(parseTags("App=shop\n=web")).toEqual({ problem: expect.stringContaining("no key") });
});

it("reads how long a token lives", () => {
  expect(["15m", "1h", " 7d "].map(parseLife)).toEqual([900, 3600, 604_800]);
  expect(["", "h", "0h", "400d", "1w"].map(parseLife)).toEqual([undefined, undefined, undefined, undefined, undefined]);
});
