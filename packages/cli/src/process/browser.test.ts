import { expect, it } from "vitest";
import { browserCommand, openBrowser } from "./browser.ts";

it.each([
  ["darwin", {}, "open"],
  ["linux", { DISPLAY: ":0" }, "xdg-open"],
  ["linux", { WAYLAND_DISPLAY: "wayland-0" }, "xdg-open"],
  ["linux", {}, undefined],
  ["linux", { DISPLAY: "" }, undefined],
  ["linux", { DISPLAY: "localhost:10.0", SSH_CONNECTION: "192.0.2.1 1 192.0.2.2 22" }, undefined],
] as const)("on %s with %j the browser is opened by %s", (platform, environment, command) => {
  expect(browserCommand(environment, platform)).toBe(command);
});

it("says that there is no such program", async () => {
  expect(await openBrowser("/no/such/program", "http://127.0.0.1/")).toBe(false);
});
