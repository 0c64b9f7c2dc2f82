import { expect, it } from "vitest";
import {
  PEER_FORGOTTEN_MILLISECONDS,
  PEER_GONE_MILLISECONDS,
  PEER_LATE_MILLISECONDS,
  PeerServers,
} from "./peer-servers.ts";

const at = (beats: number) => new Map([["other", beats]]);

it("doubts the hearing of all while a server that counted on does not, until it counts on or is gone", () => {
  const peers = new PeerServers();
  expect(peers.look(at(1), 0)).toBeNull();
  expect(peers.look(at(2), 1_000)).toBeNull();
  expect(peers.look(at(2), 1_000 + PEER_LATE_MILLISECONDS)).toBeNull();
  expect(peers.look(at(2), 40_000)).toMatch(/other, has not said for 39 s that it hears/);
  expect(peers.look(at(3), 41_000)).toBeNull();
  expect(peers.look(at(3), 50_000)).not.toBeNull();
  expect(peers.look(at(3), 41_001 + PEER_GONE_MILLISECONDS)).toBeNull();
  expect(peers.hasLive).toBe(false);
});

it("is not held up by what a dead server left, nor by one that stopped in order", () => {
  const peers = new PeerServers();
  expect(peers.look(at(7), 0)).toBeNull();
  expect(peers.look(at(7), 20_000)).toBeNull();
  peers.look(at(8), 21_000);
  expect(peers.hasLive).toBe(true);
  expect(peers.look(new Map(), 30_000)).toBeNull();
  expect(peers.hasLive).toBe(false);
});

it("names what a dead server left, so that it can be removed, and not the row of one that counts on", () => {
  const peers = new PeerServers();
  const both = (beats: number) => new Map([...at(beats), ["dead", 7]]);
  peers.look(both(1), 0);
  peers.look(both(2), PEER_FORGOTTEN_MILLISECONDS);
  expect(peers.forgotten(PEER_FORGOTTEN_MILLISECONDS).size).toBe(0);
  expect(peers.forgotten(PEER_FORGOTTEN_MILLISECONDS + 1)).toEqual(new Map([["dead", 7]]));
});

it("learns nothing from an answer that a later one has overtaken", () => {
  const peers = new PeerServers();
  peers.look(at(1), 0);
  peers.look(at(2), 1_000);
  peers.look(at(2), 3_000);
  // Read before the last one, and late: it must not look like counting on.
  peers.look(at(1), 2_000);
  expect(peers.look(at(2), 1_001 + PEER_LATE_MILLISECONDS)).not.toBeNull();
});
