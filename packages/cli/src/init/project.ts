import { MAX_PORT } from "@sluice/model/port.ts";

/** What `sluice init` takes a directory for. */
export type ProjectKind =
  | "node"
  | "python"
  | "go"
  | "java"
  | "ruby"
  | "compose"
  | "static"
  | "ecs"
  | "lambda"
  | "plain";

/** A program that is started on hosts and goes on. */
export interface ServiceProject {
  readonly kind: "node" | "python" | "go" | "java" | "ruby";
  /** Of the directory on the host, and of the systemd unit. */
  readonly name: string;
  /** What a person would call it. */
  readonly what: string;
  /** One line of shell, run in the installed directory; it goes on as long as the service runs. */
  readonly run: string;
  /** Lines of shell that get the installed directory ready. */
  readonly prepare: readonly string[];
  /** On which it answers HTTP; undefined: not known. */
  readonly port: number | undefined;
}

export interface FilesProject {
  readonly kind: "static" | "plain" | "compose";
  readonly name: string;
  readonly what: string;
  /** What is installed, as a source of an AppSpec. */
  readonly source: string;
}

export interface EcsProject {
  readonly kind: "ecs";
  readonly what: string;
  readonly taskDefinition: string;
  readonly containerName: string;
  readonly containerPort: number;
}

export interface LambdaProject {
  readonly kind: "lambda";
  readonly what: string;
  readonly functionName: string;
}

export type Project = ServiceProject | FilesProject | EcsProject | LambdaProject;

/** What is at the top of a directory, and the texts of the small files there. */
export interface ProjectFolder {
  /** The directory's own name. */
  readonly name: string;
  /** Paths below it, as far as they were gone through. */
  readonly paths: ReadonlySet<string>;
  /** Undefined: there is no such file, or it is large. */
  readonly text: (path: string) => string | undefined;
}

const MAX_NAME_CHARACTERS = 60;

/** A name that is safe in paths, units and shell without quotes. */
export function plainName(name: string): string {
  const plain = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-+|-+$/g, "")
    .slice(0, MAX_NAME_CHARACTERS);
  return plain === "" ? "app" : plain;
}

/** A line of shell that ends the script where a program is missing. */
export function needs(program: string, name: string): string {
  return `command -v ${program} >/dev/null || { echo "${name} is not installed, or not on the agent's PATH: $PATH" >&2; exit 1; }`;
}

const PORT = /(?:\bPORT\b\D{0,20}|\blisten\(\s*|\bport\s*[=:]\s*)(\d{2,5})\b/;

/** The port that a source file seems to listen on. */
export function portIn(source: string | undefined): number | undefined {
  const port = Number(PORT.exec(source ?? "")?.[1]);
  return Number.isInteger(port) && port > 0 && port <= MAX_PORT ? port : undefined;
}
