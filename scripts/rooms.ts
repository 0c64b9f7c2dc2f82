/** The files of a package beside its folders: what puts it together, and may import every room. */
export const HALL = ".";

/** A room to the rooms of its package that it may import. */
export type PackageRooms = Readonly<Record<string, readonly string[]>>;
/** Of the packages whose rooms are held to a table. */
export type RoomTable = Readonly<Record<string, PackageRooms>>;

/**
 * The rooms of each package, as `npm run check` holds them. A room is a folder of the package's `src` with what lies beneath it, as far as
 * that is no room itself. Types count; tests and fixtures may import what they like. Every folder is in a room, every arrow here is used,
 * and none leads back. Who may import which package: `RULES` in import-rules.ts.
 */
export const ROOMS: RoomTable = {
  model: {
    "app-spec": [],
    bundle: [],
    lint: [HALL, "app-spec", "bundle"],
  },
  wire: {
    archive: [],
    backup: [],
    body: [],
    checksum: [],
    shapes: [],
    xml: [],
    command: ["shapes"],
    generated: ["shapes"],
    sigv4: ["body", "checksum"],
    sluice: ["shapes"],
    json: ["shapes", "sigv4"],
    client: ["shapes", "command", "generated", "sigv4", "sluice", "json"],
    query: ["shapes", "xml", "sigv4", "json"],
    config: ["sigv4", "client"],
  },
  bucket: {
    protocol: [],
    store: [],
    http: ["protocol", "store"],
  },
  agent: {
    process: [],
    host: ["process"],
    identity: ["process", "host"],
    protocol: ["process", "host", "identity"],
  },
  cli: {
    completion: [HALL],
    files: [HALL],
    process: [],
    terminal: [HALL],
    aws: ["terminal"],
    place: ["terminal", HALL],
    revision: ["terminal", HALL],
    arguments: ["terminal", "place", HALL],
    deployment: ["terminal", "place", "revision", HALL],
    doctor: ["terminal", "aws", "place", HALL],
    progress: ["terminal", "place", "revision", HALL],
    groups: ["terminal", "place", "revision", "arguments", HALL],
    up: ["process", "terminal", "place", "arguments", HALL],
    verbs: [
      "completion",
      "files",
      "process",
      "terminal",
      "aws",
      "place",
      "revision",
      "arguments",
      "deployment",
      "doctor",
      "progress",
      "groups",
      "up",
      HALL,
    ],
  },
};
