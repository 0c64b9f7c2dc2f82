import { describe, expect, test } from "vitest";
import { signatureOf } from "./signature-of.ts";

describe("lines of two hosts that say the same have one signature", () => {
  test.each([
    [
      "2026-11-30T01:58:06.123Z connection to 10.0.0.1:5432 refused",
      "2026-11-30T02:00:00Z connection to 10.0.12.7:5432 refused",
    ],
    ["Nov 30 01:58:06 no disk", "Nov  3 11:08:00 no disk"],
    ["[  123.456789] oom", "[99999.000001] oom"],
    [
      "no /opt/codedeploy-agent/deployment-root/0b3c1ad2-1f4e-4f0e-8f54-6f0c6a0f0a11/d-ABCDEF123/x",
      "no /opt/codedeploy-agent/deployment-root/7b3c1ad2-1f4e-4f0e-8f54-6f0c6a0f0a12/d-ZBCDEF129/x",
    ],
    ["./build.sh: line 4:  4711 Killed   node", "./build.sh: line 4: 12 Killed node"],
    ["timed out after 30.01s", "timed out after 29s"],
    ["timed out after 12 ms", "timed out after 2m3s"],
    ["pull of sha256:0a1b2c3d4e5f failed", "pull of sha256:ff00aa11bb22 failed"],
    ["at 0xdeadbeef", "at 0x7f"],
    ["no route to fe80::1ff:fe23:4567:890a", "no route to 2001:db8::1"],
    ["cannot write /tmp/tmp.a8XbQ2kLm9/x", "cannot write /tmp/tmp.ZZtop12345/x"],
    ["ip-10-0-0-1 is unknown", "ip-10-0-12-13 is unknown"],
    ["\u001b[31mfailed\u001b[0m 12 times", "failed 3  times"],
    ["[stderr]web[12]: no", "[stdout]web[3456]: no"],
  ])("%s", (one, other) => {
    expect(signatureOf(one)).toBe(signatureOf(other));
  });

  test("whatever the host is called", () => {
    expect(signatureOf("web-a.example: no space on i-0123456789abcdef0", ["web-a.example"])).toBe(
      signatureOf("web-b.example: no space on i-0f23456789abcdef0", ["web-b.example"]),
    );
    expect(signatureOf("a: no database", ["a"])).toBe("<host>: no database");
    expect(signatureOf("web-1: not web-11", ["web-1"])).toBe("<host>: not web-<n>");
  });
});

test.each([
  ["exit status 1", "exit status 137"],
  ["HTTP/1.1 503 of /health", "HTTP/1.1 404 of /health"],
  ["cannot find defaced", "cannot find facade"],
  ["no module a", "no module b"],
])("%s and %s differ", (one, other) => {
  expect(signatureOf(one)).not.toBe(signatureOf(other));
});

test("a long line is cut, and lines that would take a bad pattern long do not", () => {
  const long = `${"a".repeat(50_000)}!`;
  expect(signatureOf(long).length).toBeLessThanOrEqual(1000);
  expect(signatureOf(`${":".repeat(2000)}${"1.".repeat(2000)}`)).toBeDefined();
});
