import { Agent, type IncomingMessage } from "node:http";
import { EngineUnreachable, isStatus } from "./engine-fault.ts";
import { askEngine, type EngineConnection, type EngineRequest, openEngineStream } from "./engine-request.ts";

/** What the engine at the socket is. */
export interface EngineVersion {
  /** The version of the API that is spoken with it: `1.41`. */
  readonly api: string;
  /** As Go calls it: `amd64`, `arm64`. */
  readonly architecture: string;
}

/** The engine's HTTP API in one version. All methods throw as {@link askEngine}. */
export interface EngineApi {
  /** The JSON that it answers; undefined: it answered without words. */
  ask(request: EngineRequest, signal: AbortSignal, timeoutMilliseconds?: number): Promise<unknown>;
  /** The bytes that it answers. */
  read(request: EngineRequest, signal: AbortSignal): Promise<Buffer>;
  open(request: EngineRequest, signal: AbortSignal, idleMilliseconds: number): Promise<IncomingMessage>;
  version(signal: AbortSignal): Promise<EngineVersion>;
}

/** Of Docker Engine 20.10. Newer engines speak it, too, until they say from which version on they do. */
const LEAST_API = "1.41";
/** So many questions at once; others wait. */
const CONNECTIONS = 16;

export function openEngineApi(socket: string): EngineApi {
  const connection: EngineConnection = { socket, agent: new Agent({ keepAlive: true, maxSockets: CONNECTIONS }) };
  let known: EngineVersion | undefined;

  const version = async (signal: AbortSignal): Promise<EngineVersion> => {
    known ??= readVersion(await askEngine(connection, { method: "GET", path: "/version" }, signal), socket);
    return known;
  };
  /** Another engine may answer at the socket by now, which does not speak the version of the one before. */
  const inVersion = async <Result>(
    request: EngineRequest,
    signal: AbortSignal,
    act: (versioned: EngineRequest) => Promise<Result>,
  ): Promise<Result> => {
    const attempt = async () => {
      const { api } = await version(signal);
      return act({ ...request, path: `/v${api}${request.path}` });
    };
    try {
      return await attempt();
    } catch (error) {
      if (!isStatus(error, 400) || !/client version/.test(error.message)) throw error;
      known = undefined;
      return attempt();
    }
  };
  return {
    ask: async (request, signal, timeoutMilliseconds) =>
      inVersion(request, signal, async (versioned) => {
        const answer = await askEngine(connection, versioned, signal, timeoutMilliseconds);
        return answer.length === 0 ? undefined : parse(answer, socket);
      }),
    read: (request, signal) => inVersion(request, signal, (versioned) => askEngine(connection, versioned, signal)),
    open: (request, signal, idleMilliseconds) =>
      inVersion(request, signal, (versioned) => openEngineStream(connection, versioned, signal, idleMilliseconds)),
    version,
  };
}

/** The oldest version that has what is needed and that the engine speaks: its answers are the best known. */
export function readVersion(answer: Buffer, socket: string): EngineVersion {
  const { ApiVersion, MinAPIVersion, Os, Arch, Version } = parse(answer, socket) as Readonly<Record<string, unknown>>;
  if (typeof ApiVersion !== "string")
    throw new EngineUnreachable(socket, "does not say its version: set socket in the binding");
  if (Os !== "linux") throw new EngineUnreachable(socket, `runs containers of ${Os}, and those of linux are needed`);
  if (compareVersions(ApiVersion, LEAST_API) < 0) {
    throw new EngineUnreachable(socket, `is of version ${Version}, and 20.10 or newer is needed`);
  }
  const least = typeof MinAPIVersion === "string" ? MinAPIVersion : LEAST_API;
  return { api: compareVersions(least, LEAST_API) > 0 ? least : LEAST_API, architecture: String(Arch) };
}

function compareVersions(one: string, other: string): number {
  const [major = 0, minor = 0] = one.split(".").map(Number);
  const [otherMajor = 0, otherMinor = 0] = other.split(".").map(Number);
  return major - otherMajor || minor - otherMinor;
}

function parse(answer: Buffer, socket: string): unknown {
  try {
    return JSON.parse(answer.toString("utf8"));
  } catch (error) {
    throw new EngineUnreachable(socket, "answers with what is not JSON: set socket in the binding", { cause: error });
  }
}
