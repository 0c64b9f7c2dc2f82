import { expect, test } from "vitest";
import { chooseSubnet, hostAddress, MAX_HOSTS, machineAddress } from "./subnet.ts";

test("the first network that no route touches is taken, and the last run's if it is free", () => {
  expect(chooseSubnet(["default", "192.168.1.0/24"], undefined)).toEqual({ prefix: "10.77.0" });
  expect(chooseSubnet(["10.77.0.0/23", "10.77.2.5"], undefined)).toEqual({ prefix: "10.77.3" });
  expect(chooseSubnet(["10.77.0.0/23"], "10.77.9")).toEqual({ prefix: "10.77.9" });
  expect(chooseSubnet(["10.77.9.0/25"], "10.77.9")).toEqual({ prefix: "10.77.0" });
});

test("a machine whose routes cover them all is told so", () => {
  expect(() => chooseSubnet(["10.0.0.0/8"], undefined)).toThrow("every network in 10.77.0.0/16 conflicts");
});

test("hosts have addresses of their own up to the most that fit", () => {
  const subnet = { prefix: "10.77.4" };
  expect(machineAddress(subnet)).toBe("10.77.4.1");
  expect(hostAddress(subnet, 0)).toBe("10.77.4.11");
  expect(hostAddress(subnet, MAX_HOSTS - 1)).toBe("10.77.4.210");
  expect(() => hostAddress(subnet, MAX_HOSTS)).toThrow("at most 200 hosts");
});
