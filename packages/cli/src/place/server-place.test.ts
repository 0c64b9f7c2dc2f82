import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { renderAwsConfig, renderAwsCredentials } from "@sluice/wire/config/aws-config.ts";
import { afterEach, beforeEach, expect, test } from "vitest";
import { describePlace, directoryPlace, serverPlace, upDirectory } from "./server-place.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "sluice-place-"));
});
afterEach(() => rmSync(root, { recursive: true }));

/** A directory as a server leaves it. */
function dataDirectory(path: string, endpoint: string): string {
  const directory = join(root, path);
  mkdirSync(join(directory, "aws"), { recursive: true });
  writeFileSync(join(directory, "aws", "config"), renderAwsConfig({ region: "us-east-1", endpoint }));
  writeFileSync(
    join(directory, "aws", "credentials"),
    renderAwsCredentials({ accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" }),
  );
  return directory;
}

function surroundings(environment: Record<string, string> = {}, workingDirectory = root) {
  return { environment, workingDirectory, userId: process.getuid?.(), homeDirectory: "/nonexistent" };
}

test("--data goes before SLUICE_DATA, the AWS environment and the nearest directory", () => {
  const near = dataDirectory(".sluice/up", "http://127.0.0.1:1");
  const set = dataDirectory("set", "http://127.0.0.1:2");
  const below = join(root, "src", "deep");
  mkdirSync(below, { recursive: true });
  const both = { SLUICE_DATA: "../../set", AWS_PROFILE: "prod" };

  expect(serverPlace("x", surroundings(both, below))).toEqual({
    kind: "directory",
    directory: join(below, "x"),
    chosenBy: "--data",
  });
  expect(serverPlace(undefined, surroundings(both, below))).toMatchObject({ directory: set, chosenBy: "SLUICE_DATA" });
  const endpoint = { AWS_ENDPOINT_URL: "http://127.0.0.1:3" };
  expect(serverPlace(undefined, surroundings(endpoint, below))).toEqual({
    kind: "environment",
    endpoint: "http://127.0.0.1:3",
  });
  const nearest = serverPlace(undefined, surroundings({}, below));
  expect(nearest).toEqual({ kind: "directory", directory: near, chosenBy: "nearest" });
  expect(describePlace(nearest)).toBe(`${near} (the nearest .sluice/up)`);
  rmSync(near, { recursive: true });
  expect(serverPlace(undefined, surroundings({}, below))).toEqual({ kind: "none" });
});

test("a profile of AWS's own, which names no endpoint, is no server", () => {
  const near = dataDirectory(".sluice/up", "http://127.0.0.1:1");
  const config = join(root, "config");
  writeFileSync(config, "[profile prod]\nregion = eu-central-1\n");
  const aws = { AWS_CONFIG_FILE: config, AWS_PROFILE: "prod", AWS_ACCESS_KEY_ID: "AKIDEXAMPLE" };
  expect(serverPlace(undefined, surroundings(aws))).toMatchObject({ directory: near });
  expect(serverPlace(undefined, surroundings({ AWS_PROFILE: "not-there" }))).toMatchObject({ directory: near });
  writeFileSync(config, "[profile prod]\nregion = eu-central-1\nendpoint_url = http://127.0.0.1:3\n");
  expect(serverPlace(undefined, surroundings(aws))).toMatchObject({ endpoint: "http://127.0.0.1:3" });
});

test("SLUICE_DATA and an endpoint in the environment that are two servers are refused, and are one server in peace", () => {
  const set = dataDirectory("set", "http://127.0.0.1:2");
  const place = (endpoint: string) =>
    serverPlace(undefined, surroundings({ SLUICE_DATA: set, AWS_ENDPOINT_URL: endpoint }));
  expect(place("http://127.0.0.1:2/")).toMatchObject({ directory: set });
  expect(() => place("http://127.0.0.1:3")).toThrow(
    `SLUICE_DATA is ${set}, whose server is http://127.0.0.1:2, and AWS_ENDPOINT_URL is http://127.0.0.1:3`,
  );
  // A directory where a server has never been says so by itself.
  const empty = { SLUICE_DATA: join(root, "empty"), AWS_ENDPOINT_URL: "http://127.0.0.1:3" };
  expect(serverPlace(undefined, surroundings(empty))).toMatchObject({ directory: join(root, "empty") });
});

test("a nearest directory of another user is not used unless it is named", () => {
  const near = dataDirectory(".sluice/up", "http://127.0.0.1:1");
  const other = { ...surroundings(), userId: 4_000_000 };
  expect(() => serverPlace(undefined, other)).toThrow(`${near} is the nearest .sluice/up, but belongs to another user`);
  expect(serverPlace(near, other)).toMatchObject({ directory: near });
  expect(serverPlace(undefined, { ...other, environment: { SLUICE_DATA: near } })).toMatchObject({ directory: near });
});

test("sluice up starts nothing in another user's directory unless it is named", () => {
  const here = surroundings();
  expect(upDirectory(here)).toBe(join(root, ".sluice/up"));
  const other = { ...here, userId: 4_000_000 };
  expect(upDirectory(other), "nothing is there yet").toBe(join(root, ".sluice/up"));
  mkdirSync(join(root, ".sluice"));
  expect(() => upDirectory(other)).toThrow(`${join(root, ".sluice")} belongs to another user`);
  expect(upDirectory(here)).toBe(join(root, ".sluice/up"));
});

test("a verb that works on a directory asks no AWS environment", () => {
  const near = dataDirectory(".sluice/up", "http://127.0.0.1:1");
  expect(directoryPlace(undefined, surroundings({ AWS_ENDPOINT_URL: "http://127.0.0.1:3" }))?.directory).toBe(near);
  expect(directoryPlace(undefined, surroundings({ SLUICE_DATA: "set" }))?.directory).toBe(join(root, "set"));
  rmSync(near, { recursive: true });
  expect(directoryPlace(undefined, surroundings())).toBeUndefined();
});
