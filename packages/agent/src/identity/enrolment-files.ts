import {
  closeSync,
  constants,
  existsSync,
  fchmodSync,
  fsyncSync,
  openSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import { makeDirectory } from "@sluice/wire/config/make-directory.ts";
import { DESCRIPTORS_DIRECTORY, pathOfDescriptor } from "../host/descriptor-path.ts";
import { NotReadable, readForeignFile } from "../host/foreign-file.ts";

const NEW_FILE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/** They have a few kilobytes. The directory may be another user's, who can have put a pipe or a device there. */
const MAX_ENROLMENT_FILE_BYTES = 1024 * 1024;
const DIRECTORY_MODE = 0o755;
/** As much as the files have, so that a full disk shows itself too. */
const TRIED_WRITE_BYTES = 8 * 1024;

/** What a host knows about itself and its server after it enrolled. */
export interface Enrolment {
  /** `http(s)://HOST[:PORT][/PATH]`. */
  readonly server: string;
  readonly region: string;
  readonly accountId: string;
  readonly hostId: string;
  readonly hostName: string;
  /** The ARN that the agent sends as HostIdentifier. */
  readonly hostIdentifier: string;
  readonly onPremises: boolean;
  /** sha256 of the server's TLS certificates and of their public keys; empty: the system's authorities decide. */
  readonly serverFingerprints: readonly string[];
  /** PEM of a private authority, when the host was given one. */
  readonly certificateAuthority?: string | undefined;
  /** PEM of the certificate that specifications must be signed with. */
  readonly signingCertificate: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** The host's own settings for how it installs, as the operator wrote them in agent.json. */
  readonly host?: Readonly<Record<string, unknown>> | undefined;
}

export const ENROLMENT_FILE_NAMES = {
  agent: "agent.json",
  credentials: "credentials.json",
  signingCertificate: "signing-certificate.pem",
  /** Which keys the server said, signed, since the host enrolled. Only there when its certificate has got another key. */
  serverKeys: "server-keys.json",
} as const;

export class NotEnrolled extends Error {
  constructor(directory: string, problem: string, options?: ErrorOptions) {
    super(
      `${directory}: ${problem}. Enrol this host first: sluice agent enroll --server URL --token-file - --data ${directory}`,
      options,
    );
    this.name = "NotEnrolled";
  }
}

export function isEnrolled(directory: string): boolean {
  return existsSync(join(directory, ENROLMENT_FILE_NAMES.agent));
}

/** An enrolment that is there, and nobody asked to replace. */
export class EnrolledAlready extends Error {
  constructor(directory: string) {
    super(
      `${directory} already contains the enrolment of a host (${ENROLMENT_FILE_NAMES.agent}). Use --force to replace it, or another --data.`,
    );
    this.name = "EnrolledAlready";
  }
}

/** Takes away the directories that were made for an enrolment that failed; what is in them stays, and they with it. */
export type UnmakeDirectory = () => void;

/**
 * Makes the directory, and writes and removes a file in it: before a use of the token is spent.
 * @throws the system's error when an enrolment cannot be written there. Nothing is left then
 */
export function prepareDirectory(directory: string): UnmakeDirectory {
  const path = resolve(directory);
  const firstMade = makeDirectory(path, DIRECTORY_MODE);
  const unmake = () => {
    if (firstMade === undefined) return;
    try {
      for (let made = path; made.length >= firstMade.length; made = dirname(made)) rmdirSync(made);
    } catch {
      // Somebody else has put something there.
    }
  };
  try {
    tryToWrite(path);
  } catch (error) {
    unmake();
    throw error;
  }
  return unmake;
}

function tryToWrite(directory: string): void {
  inside(directory, (opened) => {
    const file = join(opened, `enrolment-try.${process.pid}.unfinished`);
    rmSync(file, { force: true });
    const descriptor = openSync(file, NEW_FILE, 0o600);
    try {
      writeFileSync(descriptor, Buffer.alloc(TRIED_WRITE_BYTES));
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
      rmSync(file, { force: true });
    }
  });
}

/** Goes on with the directory that is opened now, whatever its name leads to later. */
function inside(directory: string, work: (opened: string, descriptor: number) => void): void {
  const descriptor = openSync(directory, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    work(DESCRIPTORS_DIRECTORY === undefined ? directory : pathOfDescriptor(descriptor), descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Writes the three files, each as a whole. agent.json comes last and names the key and the certificate that it belongs with, so a crash in
 * between leaves either no enrolment or one that says that it is incomplete. Who may move the directory may have put another one in its place since it was
 * looked at, such as that of root's own agent: so it is opened once, and looked at again. The operator's settings (`host`) are those of the one that is opened.
 * @throws EnrolledAlready unless `force`
 */
export function writeEnrolment(directory: string, enrolment: Omit<Enrolment, "host">, { force = false } = {}): void {
  makeDirectory(directory, DIRECTORY_MODE);
  inside(directory, (opened, descriptor) => {
    if (isEnrolled(opened) && !force) throw new EnrolledAlready(directory);
    const { credentials, signingCertificate, ...agent } = enrolment;
    const host = readHostSettings(opened);
    // What an earlier server said, or this one before the token was made.
    rmSync(join(opened, ENROLMENT_FILE_NAMES.serverKeys), { force: true });
    replacePrivately(join(opened, ENROLMENT_FILE_NAMES.credentials), asText(credentials), 0o600);
    replacePrivately(join(opened, ENROLMENT_FILE_NAMES.signingCertificate), signingCertificate, 0o644);
    const named = { ...agent, ...(host === undefined ? {} : { host }), accessKeyId: credentials.accessKeyId };
    // Its `host` may come to hold keys of the operator's own.
    replacePrivately(join(opened, ENROLMENT_FILE_NAMES.agent), asText(named), 0o600);
    fsyncSync(descriptor);
  });
}

/** Replaces one of the files as a whole, beside an enrolment that is there. */
export function replaceEnrolmentFile(directory: string, file: keyof typeof ENROLMENT_FILE_NAMES, text: string): void {
  inside(directory, (opened, descriptor) => {
    replacePrivately(join(opened, ENROLMENT_FILE_NAMES[file]), text, 0o600);
    fsyncSync(descriptor);
  });
}

/** What the operator wrote into agent.json; undefined when there is nothing that can be read. It outlives an enrolment. */
export function readHostSettings(directory: string): Enrolment["host"] {
  try {
    return (JSON.parse(readText(directory, ENROLMENT_FILE_NAMES.agent)) as Partial<Enrolment>).host;
  } catch {
    return undefined; // none, or damaged: a reason to enrol anew
  }
}

/** Sets some of the operator's settings (`host` in agent.json), beside an enrolment that is there. */
export function replaceHostSettings(directory: string, changed: Readonly<Record<string, unknown>>): void {
  const agent = JSON.parse(readText(directory, ENROLMENT_FILE_NAMES.agent)) as Partial<Enrolment>;
  replaceEnrolmentFile(directory, "agent", asText({ ...agent, host: { ...agent.host, ...changed } }));
}

/** Stores a new key of the same host. agent.json names both keys first, so that a crash in between leaves an enrolment with either. */
export function replaceCredentials(directory: string, credentials: Enrolment["credentials"]): void {
  const { accessKeyId: nextAccessKeyId } = credentials;
  const agent = JSON.parse(readText(directory, ENROLMENT_FILE_NAMES.agent)) as object;
  replaceEnrolmentFile(directory, "agent", asText({ ...agent, nextAccessKeyId }));
  replaceEnrolmentFile(directory, "credentials", asText(credentials));
  replaceEnrolmentFile(
    directory,
    "agent",
    asText({ ...agent, accessKeyId: nextAccessKeyId, nextAccessKeyId: undefined }),
  );
}

/** @throws {NotEnrolled} when there is none, or not all of it */
export function readEnrolment(directory: string): Enrolment {
  const read = (name: string): string => {
    try {
      return readText(directory, name);
    } catch (error) {
      if (error instanceof NotReadable) throw new NotEnrolled(directory, `${name} ${error.message}`, { cause: error });
      const isAbsent = (error as NodeJS.ErrnoException).code === "ENOENT";
      throw isAbsent ? new NotEnrolled(directory, `there is no ${name}`, { cause: error }) : error;
    }
  };
  const parse = (name: string): Record<string, unknown> => {
    const text = read(name);
    try {
      return JSON.parse(text) as Record<string, unknown>;
    } catch {
      throw new NotEnrolled(directory, `${name} is not JSON`); // not the parser's words: they quote the file
    }
  };
  const { accessKeyId, nextAccessKeyId, ...agent } = parse(ENROLMENT_FILE_NAMES.agent);
  const credentials = parse(ENROLMENT_FILE_NAMES.credentials);
  if (credentials.accessKeyId !== accessKeyId && (credentials.accessKeyId ?? null) !== nextAccessKeyId) {
    throw new NotEnrolled(
      directory,
      "its key and its agent.json belong to different enrolments (an enrolment was interrupted)",
    );
  }
  for (const field of ["server", "region", "hostId", "hostIdentifier"]) {
    if (typeof agent[field] !== "string") throw new NotEnrolled(directory, `agent.json has no ${field}`);
  }
  const signingCertificate = read(ENROLMENT_FILE_NAMES.signingCertificate);
  return { serverFingerprints: [], ...agent, credentials, signingCertificate } as unknown as Enrolment;
}

export function readText(directory: string, name: string): string {
  return readForeignFile(join(directory, name), MAX_ENROLMENT_FILE_BYTES).toString("utf8");
}

function asText(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** The mode is set before the first byte is written: a key is never readable by others, not for a moment. */
function replacePrivately(path: string, text: string, mode: number): void {
  const unfinished = `${path}.unfinished`;
  // The directory may be another user's, who may have put a link there.
  rmSync(unfinished, { force: true });
  const descriptor = openSync(unfinished, NEW_FILE, mode);
  try {
    fchmodSync(descriptor, mode);
    writeFileSync(descriptor, text);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(unfinished, path);
}
