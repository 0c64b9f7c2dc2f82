import { describe, expect, test } from "vitest";
import { findViolations } from "./import-rules.ts";
import { HALL, type RoomTable } from "./rooms.ts";

const dependencies = new Map([
  ["model", new Set(["yaml"])],
  ["wire", new Set<string>()],
  ["engine", new Set<string>()],
  ["drivers", new Set(["@aws-sdk/client-s3"])],
  ["server", new Set(["fastify"])],
  ["cli", new Set<string>()],
  ["web", new Set(["react"])],
]);

function messagesOf(files: Record<string, string>): string[] {
  return findViolations(new Map(Object.entries(files)), dependencies).map(({ message }) => message);
}

function judge(file: string, source: string): string[] {
  return messagesOf({ [file]: source });
}

describe("allowed imports", () => {
  test.each([
    ["packages/wire/src/a.ts", 'import { x } from "@sluice/model/errors.ts";'],
    ["packages/model/src/a.ts", 'import { parse } from "yaml";'],
    ["packages/drivers/src/a.ts", 'import type { Fleet } from "@sluice/engine/ports/fleet.ts";'],
    ["packages/drivers/src/a.ts", 'import { S3Client } from "@aws-sdk/client-s3";'],
    ["packages/wire/src/a.ts", 'import type { S3Client } from "@aws-sdk/client-s3";'],
    ["packages/engine/src/a.test.ts", 'import { readFileSync } from "node:fs";\nimport { test } from "vitest";'],
    ["packages/cli/src/a.ts", 'const { startServer } = await import("@sluice/server/start-server.ts");'],
    ["packages/cli/src/a.ts", 'type Server = typeof import("@sluice/server/start-server.ts");'],
    ["packages/server/src/bindings/a.ts", 'import { s3Source } from "@sluice/drivers/s3/s3-source.ts";'],
    ["packages/server/src/compose.ts", 'import { s3Source } from "@sluice/drivers/s3/s3-source.ts";'],
    ["packages/server/src/http/a.test.ts", 'import { s3Source } from "@sluice/drivers/s3/s3-source.ts";'],
    ["packages/web/src/a.tsx", 'import type { Shape } from "@sluice/wire/shapes/shape.ts";\nconst a = <b>{"c"}</b>;'],
    ["packages/web/src/a.tsx", 'import { useState } from "react";\nimport { x } from "@sluice/model/x.ts";'],
    ["packages/web/src/a.test.ts", 'import { TABLE } from "@sluice/wire/shapes/shape.ts";'],
    ["tests/e2e/a.test.ts", 'import { startServer } from "@sluice/server/start-server.ts";'],
  ])("%s may: %s", (file, source) => {
    expect(judge(file, source)).toEqual([]);
  });

  test.each([
    [
      "packages/model/src/a.ts",
      'import { sign } from "@sluice/wire/sign.ts";',
      "model may not import @sluice/wire/sign.ts",
    ],
    ["packages/wire/src/a.ts", 'export * from "@sluice/engine/plan.ts";', "wire may not import @sluice/engine/plan.ts"],
    [
      "packages/drivers/src/a.ts",
      'import { plan } from "@sluice/engine/plan.ts";',
      "drivers may not import @sluice/engine/plan.ts",
    ],
    ["packages/agent/src/a.ts", 'await import("@sluice/server/x.ts");', "agent may not import @sluice/server/x.ts"],
    ["packages/cli/src/a.ts", 'import {\n  startServer,\n} from "@sluice/server/x.ts";', "only when it is needed"],
    ["packages/engine/src/a.ts", 'import { randomUUID } from "node:crypto";', "may not import node:crypto"],
    ["packages/engine/src/a.ts", 'import pino from "pino";', "engine is pure and may not import pino"],
    ["packages/server/src/a.ts", 'import { S3Client } from "@aws-sdk/client-s3";', "for types only"],
    ["packages/server/src/a.ts", 'import { type S3Client } from "@aws-sdk/client-s3";', "for types only"],
    ["packages/server/src/a.ts", 'import { thing } from "../../cli/src/thing.ts";', "leaves the package"],
    ["packages/server/src/a.ts", 'import { seed } from "../../../tests/seed.ts";', "outside packages/"],
    ["packages/server/src/a.ts", 'import express from "express";', "does not name express"],
    [
      "packages/server/src/http/a.ts",
      'import type { S3Source } from "@sluice/drivers/s3/s3-source.ts";',
      "of server only bindings, config, traffic, store may import drivers: take a port of the engine instead",
    ],
    [
      "packages/web/src/a.tsx",
      'import { TABLE } from "@sluice/wire/shapes/shape.ts";',
      "for types only: use import type",
    ],
    ["packages/web/src/a.tsx", 'import { join } from "node:path";', "may not import node:path"],
    ["packages/novel/src/a.ts", 'import { x } from "@sluice/model/x.ts";', "packages/novel has no rule"],
  ])("%s may not: %s", (file, source, message) => {
    expect(judge(file, source)).toEqual([expect.stringContaining(message)]);
  });

  test("what only looks like an import is none", () => {
    const source = [
      '// import { x } from "@sluice/server/x.ts";',
      '/* import { x } from "@sluice/server/x.ts"; */',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the source under test holds a template
      'const text = `import { x } from "@sluice/server/x.ts"; ${label("from")} export * from "@sluice/server/x.ts"`;',
      "const quote = /[\"'`]/;",
      'export const from = "@sluice/server/x.ts";',
      'const options = { import: 1, from: "@sluice/server/x.ts" };',
    ].join("\n");
    expect(judge("packages/model/src/a.ts", source)).toEqual([]);
  });

  test("an import after a regular expression with quotes is seen", () => {
    const source = 'const quote = /["\'`]/g;\nconst half = 4 / 2;\nimport { x } from "@sluice/wire/x.ts";';
    expect(judge("packages/model/src/a.ts", source)).toHaveLength(1);
  });
});

describe("rooms", () => {
  const ROOMS = { server: { store: [], hosts: ["store"], http: [HALL, "hosts"], "http/s3": ["store"] } };
  const STORE = { "packages/server/src/store/store.ts": "" };
  const KEPT = {
    ...STORE,
    "packages/server/src/hosts/a.ts": 'import { x } from "../store/store.ts";',
    "packages/server/src/http/a.ts": 'import "../main.ts";\nimport type { A } from "@sluice/server/hosts/a.ts";',
    "packages/server/src/http/s3/deep/a.ts": 'import "../../../store/store.ts";\nimport "@sluice/model/x.ts";',
    "packages/server/src/main.ts": 'import "./hosts/a.ts";\nimport "./http/s3/deep/a.ts";',
  };
  const problemsOf = (files: Record<string, string>, rooms: RoomTable = ROOMS) =>
    findViolations(new Map(Object.entries({ ...KEPT, ...files })), dependencies, rooms).map(
      ({ file, line, message }) => `${file}:${line}: ${message}`,
    );

  test("may import what the table allows, and tests, fixtures and the files beside the folders may import all", () => {
    expect(problemsOf({})).toEqual([]);
    const source = 'import "../http/a.ts";';
    expect(problemsOf({ "packages/server/src/store/a.test.ts": source })).toEqual([]);
    expect(problemsOf({ "packages/server/src/store/a.fixture.ts": source })).toEqual([]);
  });

  test.each([
    [
      "packages/server/src/hosts/b.ts",
      '\nimport type { A } from "../http/s3/deep/a.ts";',
      ":2: server/hosts may not import server/http/s3 (allowed: store): move the file, take what it gives as an argument, or allow it in scripts/rooms.ts",
    ],
    [
      "packages/server/src/store/b.ts",
      'const { a } = await import("@sluice/server/hosts/a.ts");',
      ":1: server/store may not import server/hosts (allowed: no other room): hosts already imports store, so move what both need below them, or take it as an argument",
    ],
    [
      "packages/server/src/http/s3/b.ts",
      'import "../a.ts";',
      ":1: server/http/s3 may not import server/http (allowed: store): move the file",
    ],
    [
      "packages/server/src/hosts/b.ts",
      'import "../other.ts";',
      ":1: server/hosts may not import what puts server together",
    ],
    ["packages/server/src/novel/b.ts", "", ":1: server/novel is no room: name it in scripts/rooms.ts"],
  ])("%s may not: %s", (file, source, problem) => {
    expect(problemsOf({ [file]: source })).toEqual([expect.stringContaining(`${file}${problem}`)]);
  });

  test.each([
    [{ ...ROOMS.server, attic: [] }, "server/attic has no files: take it out"],
    [
      { ...ROOMS.server, hosts: ["store", "http/s3"] },
      "no file of server/hosts imports server/http/s3 any more: take it out",
    ],
    [
      { ...ROOMS.server, store: ["http"] },
      "these rooms import each other in a circle: server/store -> server/http -> server/hosts -> server/store: take one of the arrows out",
    ],
  ])("a table that is not true is refused: %#", (server, message) => {
    expect(problemsOf({}, { server })).toContain(`scripts/rooms.ts:1: ${message}`);
  });
});

describe("circles", () => {
  test("are found through several files and across packages, types included", () => {
    const messages = messagesOf({
      "packages/server/src/a.ts": 'import { b } from "./b.ts";',
      "packages/server/src/b.ts": 'import type { C } from "./inner/c.ts";',
      "packages/server/src/inner/c.ts": 'import { a } from "@sluice/server/a.ts";',
    });
    expect(messages).toEqual([
      "these files import each other in a circle: packages/server/src/a.ts -> packages/server/src/b.ts -> " +
        "packages/server/src/inner/c.ts -> packages/server/src/a.ts",
    ]);
  });

  test("a diamond is none", () => {
    const messages = messagesOf({
      "packages/server/src/a.ts": 'import "./b.ts";\nimport "./c.ts";',
      "packages/server/src/b.ts": 'import "./d.ts";',
      "packages/server/src/c.ts": 'import "./d.ts";',
      "packages/server/src/d.ts": "",
    });
    expect(messages).toEqual([]);
  });
});
