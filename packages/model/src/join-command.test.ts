import { execFileSync, spawnSync } from "node:child_process";
import { expect, it } from "vitest";
import { joinCommand } from "./join-command.ts";

/** Runs the line with programs that say how they were called. */
function run(line: string): string {
  const programs = `curl() { echo "echo \\"$*\\" \\"\\$*\\"; cat"; }; sudo() { "$@"; }`;
  return execFileSync("sh", ["-c", `${programs}\n${line} --name web-1`]).toString();
}

it("gives the token by standard input alone, and the script its options", () => {
  const line = joinCommand({ server: "https://deploy.example.org:7450", pin: "sha256//AbC+/=" }, "slt_token");
  expect(line).toBe(
    `printf '%s\\n' slt_token | sudo sh -c "$(curl -fsS -k --pinnedpubkey sha256//AbC+/= https://deploy.example.org:7450/-/join.sh || echo 'echo "No script came. Does the server run, and does this host reach it? For a new line: sluice token create" >&2; exit 1')" join.sh`,
  );
  expect(run(line)).toBe(
    "-fsS -k --pinnedpubkey sha256//AbC+/= https://deploy.example.org:7450/-/join.sh --name web-1\nslt_token\n",
  );
});

it("fails where the script does not come, and says what to do", () => {
  const line = joinCommand({ server: "https://deploy.example.org:7450", pin: undefined }, "slt_token");
  const without = `curl() { return 90; }; sudo() { "$@"; }\n${line} --name web-1`;
  const { status, stderr } = spawnSync("sh", ["-c", without]);
  expect({ status, stderr: stderr.toString() }).toEqual({
    status: 1,
    stderr: expect.stringMatching(/^No script came\. .* sluice token create\n$/),
  });
});

it("quotes what a shell would read, and leaves out the pin of a server that everybody knows", () => {
  expect(run(joinCommand({ server: "https://[::1]:7450", pin: undefined }, "to'ken$(id)"))).toBe(
    "-fsS https://[::1]:7450/-/join.sh --name web-1\nto'ken$(id)\n",
  );
});
