import { expect, it } from "vitest";
import { ListenDrops } from "./listen-drops.ts";

const netstat = (overflows: number, drops: number) =>
  `TcpExt: SyncookiesSent ListenOverflows ListenDrops Other\nTcpExt: 5 ${overflows} ${drops} 9\nIpExt: InNoRoutes\nIpExt: 0\n`;

it("tells how many connections were dropped since it was asked last, while many come in here", () => {
  let text = netstat(3, 4);
  let accepted = 0;
  const drops = new ListenDrops(
    () => accepted,
    () => text,
  );
  expect(drops.newDrops()).toBe(0);
  text = netstat(13, 14);
  accepted = 4_000;
  expect(drops.newDrops()).toBe(10);
  expect(drops.newDrops()).toBe(0);
  // Hardly anybody came in here: they were dropped at another program's door.
  text = netstat(20, 21);
  accepted += 3;
  expect(drops.newDrops()).toBe(0);
});

it("tells nothing where the kernel does not", () => {
  const noProc = () => {
    throw new Error("ENOENT");
  };
  for (const read of [() => "TcpExt: A\nTcpExt: 1\n", noProc]) {
    const drops = new ListenDrops(() => 1_000_000, read);
    expect(drops.newDrops()).toBe(0);
  }
});
