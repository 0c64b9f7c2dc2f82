import * as v from "valibot";
import { describe, expect, it } from "vitest";
import {
  DEFAULT_DRAIN_SECONDS,
  DEFAULT_HEALTHY_SECONDS,
  HAPROXY_SETTINGS,
  readHaproxySettings,
} from "./haproxy-settings.ts";

const read = (settings: Readonly<Record<string, unknown>>) => readHaproxySettings(v.parse(HAPROXY_SETTINGS, settings));

describe("the settings of a HAProxy", () => {
  it("name sockets, and all else is optional", () => {
    const balancers = read({ sockets: "/run/a.sock, 10.0.0.5:9999\n[::1]:9999" });
    expect(balancers.sockets.map(({ name }) => name)).toEqual(["/run/a.sock", "10.0.0.5:9999", "[::1]:9999"]);
    expect(balancers.drainMilliseconds).toBe(DEFAULT_DRAIN_SECONDS * 1000);
    expect(balancers.healthyMilliseconds).toBe(DEFAULT_HEALTHY_SECONDS * 1000);
    expect([balancers.backends.size, balancers.servers.size]).toEqual([0, 0]);
  });

  it("lead from names to backends and servers, ARNs too", () => {
    const arn = "arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/web/73e2d6bc24d8a067";
    const balancers = read({ sockets: "/a", backends: `tg=web ${arn}=api`, servers: "host-1=s1", drainSeconds: 0 });
    expect([...balancers.backends]).toEqual([
      ["tg", "web"],
      [arn, "api"],
    ]);
    expect([...balancers.servers]).toEqual([["host-1", "s1"]]);
    expect(balancers.drainMilliseconds).toBe(0);
  });

  it.each([
    [{}, "is missing"],
    [{ sockets: " , " }, "names no socket"],
    [{ sockets: "admin.sock" }, 'has "admin.sock": give the whole path'],
    [{ sockets: "/a /a" }, 'has "/a" twice'],
    [{ sockets: "/a", backends: "tg" }, 'has "tg": write NAME=BACKEND'],
    [{ sockets: "/a", backends: "tg=" }, "write NAME=BACKEND"],
    [{ sockets: "/a", backends: "tg=web tg=api" }, 'has "tg" twice'],
    [{ sockets: "/a", backends: "tg=web;disable" }, "which no backend of HAProxy can be called"],
    [{ sockets: "/a", servers: "h=s1/../s2" }, "which no server of HAProxy can be called"],
    [{ sockets: "/a", drainSeconds: 3601 }, "give a number from 0 to 3600"],
    [{ sockets: "/a", drainSeconds: -1 }, "has the value -1"],
    [{ sockets: "/a", drainSeconds: "30" }, "give a number"],
    [{ sockets: "/a", healthySeconds: 0 }, "give a number from 1 to 900"],
    [{ sockets: "/a", healthySeconds: 901 }, "give a number from 1 to 900"],
  ])("are refused: %j", (settings, message) => {
    expect(() => read(settings)).toThrow(message);
  });
});
