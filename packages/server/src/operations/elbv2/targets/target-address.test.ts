import { expect, it } from "vitest";
import { targetAddressTrouble } from "./target-address.ts";

const own = { ownAddresses: new Set(["192.0.2.7"]) };
const strict = { ...own, allowsLocalTargets: false };
const open = { ...own, allowsLocalTargets: true };

it.each([
  ["0.0.0.0", /^unspecified/],
  ["0.1.2.3", /^unspecified/],
  ["169.254.169.254", /^link-local.*metadata/],
  ["169.254.0.1", /^link-local/],
  ["100.100.100.200", /^Alibaba Cloud's metadata/],
  ["192.0.0.192", /^Oracle Cloud's metadata/],
  ["168.63.129.16", /^Azure's metadata/],
  ["224.0.0.1", /^multicast/],
  ["239.255.255.255", /^multicast/],
  ["255.255.255.255", /^reserved or broadcast/],
])("refuses %s, whatever is allowed", (address, words) => {
  expect(targetAddressTrouble(address, strict)).toMatch(words);
  expect(targetAddressTrouble(address, open)).toMatch(words);
});

it.each(["127.0.0.1", "127.255.0.1", "192.0.2.7"])(
  "refuses %s, an address of this machine, unless that is allowed",
  (address) => {
    expect(targetAddressTrouble(address, strict)).toMatch(/^an address of this machine: .*localTargets: allow/);
    expect(targetAddressTrouble(address, open)).toBeUndefined();
  },
);

it.each([
  "10.0.0.1",
  "100.64.0.1",
  "126.255.255.255",
  "128.0.0.0",
  "169.253.255.255",
  "169.255.0.0",
  "172.17.0.2",
  "192.0.2.8",
  "223.255.255.255",
  "1.0.0.0",
])("takes %s", (address) => {
  expect(targetAddressTrouble(address, strict)).toBeUndefined();
});
