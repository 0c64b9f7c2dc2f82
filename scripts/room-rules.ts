import { dirname } from "node:path";
import { HALL, type PackageRooms, type RoomTable } from "./rooms.ts";
import type { Violation } from "./violation.ts";

const TABLE = "scripts/rooms.ts";
const OF_TESTS = /\.(test|fixture)\.tsx?$/;

/** A file of ours to the files of ours that it imports. */
export type ImportGraph = ReadonlyMap<string, readonly { readonly to: string; readonly line: number }[]>;

/** Every import from one room of a package to another that the table does not allow, and what is wrong with the table itself. */
export function findRoomViolations(graph: ImportGraph, table: RoomTable): Violation[] {
  return Object.entries(table).flatMap(([owner, rooms]) => {
    const files = [...graph.keys()].filter((file) => !OF_TESTS.test(file) && folderOf(file, owner) !== undefined);
    const violations: Violation[] = [];
    const used = new Set<string>();
    const inhabited = new Set<string>();
    for (const file of files) {
      const room = roomOf(folderOf(file, owner) ?? "", rooms);
      if (room === undefined) {
        const message = `${owner}/${folderOf(file, owner)} is no room: name it in ${TABLE}, with the rooms that it may import`;
        violations.push({ file, line: 1, message });
        continue;
      }
      inhabited.add(room);
      for (const { to, line } of graph.get(file) ?? []) {
        const folder = folderOf(to, owner);
        const target = folder === undefined ? undefined : roomOf(folder, rooms);
        if (target === undefined || target === room) continue;
        used.add(`${room} -> ${target}`);
        const message = judge(owner, room, target, rooms);
        if (message !== undefined) violations.push({ file, line, message });
      }
    }
    const problems = [...findStale(owner, rooms, inhabited, used), ...findRoomCircles(owner, rooms)];
    return [...violations, ...problems.map((message) => ({ file: TABLE, line: 1, message }))];
  });
}

/** The folder of a file in its package's `src`, `.` of one beside the folders; undefined of another package's. */
function folderOf(file: string, owner: string): string | undefined {
  const prefix = `packages/${owner}/src/`;
  return file.startsWith(prefix) ? dirname(file.slice(prefix.length)) : undefined;
}

/** The innermost room that holds the folder. */
function roomOf(folder: string, rooms: PackageRooms): string | undefined {
  if (folder === HALL) return HALL;
  for (let room = folder; room !== HALL; room = dirname(room)) if (Object.hasOwn(rooms, room)) return room;
  return undefined;
}

function judge(owner: string, room: string, target: string, rooms: PackageRooms): string | undefined {
  if (room === HALL || rooms[room]?.includes(target)) return undefined;
  if (target === HALL) {
    return `${owner}/${room} may not import what puts ${owner} together: move what both need into a room of its own, or take it as an argument`;
  }
  const allowed = rooms[room]?.join(", ") || "no other room";
  const cure = rooms[target]?.includes(room)
    ? `${target} already imports ${room}, so move what both need below them, or take it as an argument`
    : `move the file, take what it gives as an argument, or allow it in ${TABLE}`;
  return `${owner}/${room} may not import ${owner}/${target} (allowed: ${allowed}): ${cure}`;
}

function findStale(
  owner: string,
  rooms: PackageRooms,
  inhabited: ReadonlySet<string>,
  used: ReadonlySet<string>,
): string[] {
  return Object.entries(rooms).flatMap(([room, allowed]) => {
    if (!inhabited.has(room)) return [`${owner}/${room} has no files: take it out`];
    const idle = allowed.filter((target) => !used.has(`${room} -> ${target}`));
    return idle.map((target) => `no file of ${owner}/${room} imports ${owner}/${target} any more: take it out`);
  });
}

/** Every circle once. The hall is left out: it may import every room, and what files do in a circle is found by file. */
function findRoomCircles(owner: string, rooms: PackageRooms): string[] {
  const messages: string[] = [];
  const done = new Set<string>();
  const visit = (room: string, path: readonly string[]): void => {
    const start = path.indexOf(room);
    if (start >= 0) {
      const circle = [...path.slice(start), room].map((each) => `${owner}/${each}`).join(" -> ");
      messages.push(`these rooms import each other in a circle: ${circle}: take one of the arrows out`);
    }
    if (done.has(room)) return;
    done.add(room);
    for (const target of rooms[room] ?? []) if (target !== HALL) visit(target, [...path, room]);
  };
  for (const room of Object.keys(rooms)) if (room !== HALL) visit(room, []);
  return messages;
}
