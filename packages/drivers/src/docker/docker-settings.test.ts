import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { firstIssue, pathOf } from "../settings-schema.ts";
import { DOCKER_SETTINGS } from "./docker-settings.ts";

function problemOf(value: unknown): string | undefined {
  const { issues } = v.safeParse(DOCKER_SETTINGS, value);
  if (issues === undefined) return undefined;
  const issue = firstIssue(issues);
  return `${pathOf(issue).join(".")} ${issue.message}`;
}

describe("the settings of docker", () => {
  it.each([
    {},
    { socket: "/run/docker.sock", folders: ["/srv/data"], secrets: { password: "/etc/p" }, subnet: "10.90.0.0/16" },
    { awsOnly: "ignore" },
  ])("are taken: %j", (value) => {
    expect(problemOf(value)).toBeUndefined();
  });

  it.each([
    [{ host: "tcp://x" }, "host is not a setting of this driver: use one of socket, folders, secrets, subnet, awsOnly"],
    [{ socket: "unix:///run/docker.sock" }, "without unix:// before it"],
    [{ socket: `/${"x".repeat(107)}` }, "longer than 107 bytes"],
    [{ folders: "/srv" }, "folders is not a list: write [/srv/data]"],
    [{ folders: ["/srv", "data"] }, 'folders.1 has "data": give the whole path'],
    [{ folders: ["/srv/.."] }, "which is the whole machine"],
    [{ secrets: ["/etc/p"] }, "secrets is not a mapping: write it as NAME: FILE lines"],
    [{ secrets: { password: "p" } }, 'secrets.password is "p": give the whole path of a file'],
    [{ secrets: { password: 5 } }, "secrets.password has the value 5 of type number: give a string"],
    [{ subnet: "10.0.0.0" }, "give an IPv4 network of 8 to 28 bits"],
    [{ subnet: "10.0.0.256/24" }, "give an IPv4 network"],
    [{ subnet: "10.0.0.0/30" }, "give an IPv4 network"],
    [{ awsOnly: "yes" }, "awsOnly is neither refuse nor ignore"],
    [{ subnet: "fd00::/64" }, "give an IPv4 network"],
  ])("are refused: %j", (value, message) => {
    expect(problemOf(value)).toContain(message);
  });
});
