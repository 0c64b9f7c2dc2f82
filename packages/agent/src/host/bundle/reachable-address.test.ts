import { expect, it } from "vitest";
import { guardedLookup, isReachable } from "./reachable-address.ts";

it.each([
  "127.0.0.1",
  "127.8.8.8",
  "0.0.0.0",
  "0.1.2.3",
  "169.254.169.254",
  "169.254.170.2",
  "100.100.100.200",
  "192.0.0.192",
  "224.0.0.1",
  "255.255.255.255",
  "::",
  "::1",
  "0:0:0:0:0:0:0:1",
  "fe80::1",
  "fe80::1%eth0",
  "febf::1",
  "fd00:ec2::254",
  "FD00:EC2::254",
  "::ffff:127.0.0.1",
  "::ffff:7f00:1",
  "::ffff:169.254.169.254",
  "::ffff:a9fe:a9fe",
  "::127.0.0.1",
  "64:ff9b::169.254.169.254",
  "64:ff9b:1::127.0.0.1",
  "::ffff:0:127.0.0.1",
  "168.63.129.16",
  "::ffff:168.63.129.16",
  "fd20:ce::254",
  "fd00:c1::a9fe:a9fe",
  "2002:7f00:1::",
  "2002:a9fe:a9fe::1",
  "ff02::1",
  "localhost",
  "",
])("is not connected to because somebody says so: %s", (address) => expect(isReachable(address)).toBe(false));

it.each([
  "10.0.0.1",
  "192.168.1.1",
  "172.16.0.1",
  "8.8.8.8",
  "128.0.0.1",
  "169.253.0.1",
  "::ffff:10.0.0.1",
  "2001:db8::1",
  "fd00:1::254",
  "fec0::1",
  "64:ff9b::8.8.8.8",
  "2002:808:808::1",
])("is connected to: %s", (address) => expect(isReachable(address)).toBe(true));

it("looks at every address of a name, and gives on what it has looked at", async () => {
  const look = (name: string, all: boolean) =>
    new Promise((resolve, reject) =>
      guardedLookup(name, "s3://b/k")(name, { all }, (error, address) => (error ? reject(error) : resolve(address))),
    );
  await expect(look("localhost", true)).rejects.toThrow(/localhost, which is (127\.0\.0\.1|::1)/);
  await expect(look("localhost", false)).rejects.toThrow(/was not downloaded/);
  expect(() => guardedLookup("169.254.169.254", "s3://b/k")).toThrow(/metadata service/);
  expect(await look("10.1.2.3", false)).toBe("10.1.2.3");
});
