import {
  type CodeDeployClient,
  codeDeployClient,
  type SluiceClient,
  sluiceClient,
} from "@sluice/wire/client/clients.ts";
import {
  connectionTo,
  resolveConnection,
  type Connection as ServerConnection,
} from "@sluice/wire/config/connection.ts";

/** A server, and who we are to it. Dispose of it to close its connections. */
export interface Connection extends Disposable {
  readonly server: ServerConnection;
  /** As it was given with --data. */
  readonly dataDirectory: string | undefined;
  readonly codeDeploy: CodeDeployClient;
  readonly sluice: SluiceClient;
}

/**
 * Connects to the server of `--data`, or else of the AWS environment and profile.
 * @throws ConnectionUnknown when nothing says where the server is
 */
export function connect(options: { readonly data?: string | undefined }): Connection {
  const server = resolveConnection({ data: options.data });
  const codeDeploy = codeDeployClient(connectionTo(server, "codedeploy"));
  const sluice = sluiceClient(connectionTo(server, "sluice"));
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
