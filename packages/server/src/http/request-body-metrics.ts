import { Counter, Gauge, type Registry } from "prom-client";
import type { UnprovedBodies } from "./unproved-bodies.ts";

/** Whether somebody fills the server's memory with bodies that nobody has signed. */
export function addRequestBodyMetrics(
  registry: Registry,
  bodies: Pick<UnprovedBodies, "bytes" | "peakBytes" | "givenUp">,
): void {
  const registers = [registry];
  new Gauge({
    name: "sluice_request_body_bytes",
    help: "Memory held for request bodies that are being received or whose signature is not verified yet",
    registers,
    collect() {
      this.set(bodies.bytes);
    },
  });
  new Gauge({
    name: "sluice_request_body_peak_bytes",
    help: "The most that sluice_request_body_bytes was since the server started",
    registers,
    collect() {
      this.set(bodies.peakBytes);
    },
  });
  new Counter({
    name: "sluice_request_bodies_dropped_total",
    help: "Unfinished request bodies that were dropped because all of them together were too large",
    registers,
    collect() {
      this.reset();
      this.inc(bodies.givenUp);
    },
  });
}
