import { expect, it } from "vitest";
import { clockSentence } from "./clock-trouble.ts";

it("names whose clock it is, by how much, and what to run where", () => {
  expect(clockSentence("web-1", { secondsAhead: -600, whose: "host" })).toBe(
    "The clock of web-1 is 600 s behind this server's. Run timedatectl set-ntp true on web-1.",
  );
  expect(clockSentence("web-1", { secondsAhead: -600, whose: "server", hosts: 9 })).toBe(
    "This server's clock is 600 s ahead of the clocks of 9 hosts, which agree with each other. Run timedatectl set-ntp true on the machine of this server.",
  );
  expect(clockSentence("web-1", { secondsAhead: 600, whose: "unknown" })).toBe(
    "The clock of web-1 is 600 s ahead of this server's, and either may be wrong. Run timedatectl set-ntp true on web-1 and on the machine of this server.",
  );
});
