import {
  type CodeDeployClient,
  codeDeployClient,
  type SluiceClient,
  sluiceClient,
} from "@sluice/wire/client/clients.ts";
import { TransportError } from "@sluice/wire/client/errors.ts";
import type { ServiceClient } from "@sluice/wire/client/service-client.ts";
import {
  ConnectionUnknown,
  connectionTo,
  resolveConnection,
  type Connection as ServerConnection,
} from "@sluice/wire/config/connection.ts";
import { noteServer } from "../asked-server.ts";
import {
  DATA_VARIABLE,
  describePlace,
  type ServerPlace,
  serverPlace,
  startCommand,
  UP_DIRECTORY,
} from "./server-place.ts";
import { dataOfUnit } from "./service-unit.ts";

/** Far more than errors are wrapped in one another. */
const MAX_CAUSES = 10;

/** A server, and who we are to it. Dispose of it to close its connections. */
export interface Connection extends Disposable {
  readonly server: ServerConnection;
  /** As it was given with --data: a command that is proposed gets it, too. */
  readonly dataDirectory: string | undefined;
  readonly codeDeploy: CodeDeployClient;
  readonly sluice: SluiceClient;
}

/**
 * Connects to the server of `--data`, or else to the one that server-place.ts finds.
 * @throws ConnectionUnknown when nothing says where the server is
 */
export function connect(options: { readonly data?: string | undefined }): Connection {
  const place = serverPlace(options.data);
  const server = connectionOf(place);
  const codeDeploy = namingPlace(codeDeployClient(connectionTo(server, "codedeploy")), place);
  const sluice = namingPlace(sluiceClient(connectionTo(server, "sluice")), place);
  return {
    server,
    dataDirectory: options.data,
    codeDeploy,
    sluice,
    [Symbol.dispose]: () => {
      codeDeploy.close();
      sluice.close();
    },
  };
}

/** @throws ConnectionUnknown that says which place was looked at */
export function connectionOf(place: ServerPlace): ServerConnection {
  try {
    return resolveConnection({ data: place.kind === "directory" ? place.directory : undefined });
  } catch (error) {
    if (!(error instanceof ConnectionUnknown)) throw error;
    const message = messageAt(place, error);
    throw message === error.message ? error : new ConnectionUnknown(message, { cause: error });
  }
}

function messageAt(place: ServerPlace, { message }: ConnectionUnknown): string {
  if (place.kind === "none") {
    const ofService = dataOfUnit("sluice-server");
    if (ofService !== undefined)
      return `no server is named, and this machine has one as a service. Name it: export ${DATA_VARIABLE}=${ofService}`;
    return `${message} ${DATA_VARIABLE} is not set, and there is no ${UP_DIRECTORY} in this directory or its parents. Start a server here: sluice up --detach`;
  }
  return place.kind === "directory" && place.chosenBy !== "--data" ? `${describePlace(place)}: ${message}` : message;
}

/** A server that was found and not named is named with its errors: it may be another one than was meant. */
function namingPlace<Operations>(client: ServiceClient<Operations>, place: ServerPlace): ServiceClient<Operations> {
  return {
    call: (operation, input, options) =>
      client.call(operation, input, options).catch((error: unknown) => {
        throw namingServer(error, place);
      }),
    close: () => client.close(),
  };
}

/** The same error, which is told with the server that it is from, unless that was named with --data, and with how to start one that is not running. */
export function namingServer(error: unknown, place: ServerPlace): unknown {
  const isNamed = place.kind === "directory" && place.chosenBy === "--data";
  const isStopped = place.kind === "directory" && error instanceof TransportError && isRefused(error);
  noteServer(error, {
    foundIn: isNamed ? undefined : describePlace(place),
    start: isStopped ? startCommand(place.directory) : undefined,
  });
  return error;
}

function isRefused(error: Error): boolean {
  let one: unknown = error;
  for (let depth = 0; one instanceof Error && depth < MAX_CAUSES; depth++) {
    if ((one as NodeJS.ErrnoException).code === "ECONNREFUSED") return true;
    one = one.cause;
  }
  return false;
}
