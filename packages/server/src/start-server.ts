import { existsSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import { SLUICE_VERSION } from "@sluice/model/version.ts";
import { WrongOptionError } from "@sluice/model/wrong-option.ts";
import { isSingleFile, ownProgram } from "@sluice/wire/program/own-program.ts";
import type { FastifyInstance } from "fastify";
import type { Logger } from "pino";
import { newAccessKey } from "./access/new-access-key.ts";
import { LETTERS_AND_DIGITS, randomText } from "./access/random-text.ts";
import { CompressedPrograms } from "./agent-programs/compressed-programs.ts";
import { agentPrograms } from "./agent-programs/find-agent-program.ts";
import { checkNoUnfinishedRestore } from "./backup/restore-backup.ts";
import { noteRestoreTold, settleRestored } from "./backup/settle-restored.ts";
import { loadConfig } from "./bindings/compose-drivers.ts";
import { compose } from "./compose.ts";
import type { WebDirectory } from "./http/console/web-files.ts";
import { createHttpServer } from "./http/http-server.ts";
import { isLoopback, type ListenAddress, listensOn, urlOf } from "./http/listener.ts";
import { checkFree, openListener } from "./http/open-listener.ts";
import { ServerNames } from "./http/server-names.ts";
import { JoinAddresses } from "./join-address.ts";
import { authoritiesFor } from "./public-authority.ts";
import {
  CERTIFICATE_FORM,
  fingerprintsOf,
  givenCertificate,
  hostForClients,
  namesNotIn,
  ownCertificate,
} from "./server-certificate.ts";
import { createServerLog } from "./server-log.ts";
import { signServerKeys } from "./signing/sign-server-keys.ts";
import { createSigningCertificate, loadSigningKey, type SigningCertificate } from "./signing/specification-envelope.ts";
import { dataDirectory, writeClientFiles } from "./store/data-directory.ts";
import { type LockOptions, openStore, type Store } from "./store/open-store.ts";
import { adoptDatabase, checkDatabase, checkPlace, namingOwnDatabase } from "./store/own-database.ts";
import { rootKeyOrNew } from "./store/root-key.ts";
import { JsonSetting, settingOrNew } from "./store/settings.ts";

/** The documentation's account and region, so that its ARNs resolve as printed. */
export const DEFAULT_ACCOUNT_ID = "111122223333";
export const DEFAULT_REGION = "us-east-1";

const SOURCES = join(sep, "packages", "server", "src");
const METRICS_TOKEN_CHARACTERS = 40;
/** After its start a server of one file compresses itself for its hosts: whoever waits for its first answers comes first. */
const COMPRESS_AFTER_MILLISECONDS = 10_000;

/** What the operator of a restored server has to do. */
const AFTER_RESTORE =
  "this server was restored from a backup: deployments that were in progress became Failed, enrolment tokens are used up, and `--deploy-to-late-hosts` is now off. Enrol hosts again that joined since the backup, remove hosts again that were removed since, and deploy again";

/** What the operator has to do when callers know the server by names that its certificate does not have. */
const NAMES_NOT_IN_CERTIFICATE =
  "names of server.names are not in the server's certificate: AWS tools refuse the server under them. Sluice's agents do not compare names and keep working. Start with --tls-cert and --tls-key of a certificate that has the names. See docs/reference/sluice-yml.md, A name that the certificate lacks";

const AUTHORITY_NOT_IN_CERTIFICATE =
  "the file of --tls-cert ends without its authority's own certificate, so AWS tools cannot check the server by tls-certificate.pem of the data directory. Sluice's agents and commands can. Append the authority's certificate to the file, and restart the server";

export interface ServerOptions {
  readonly dataDirectory: string;
  /** The first is the one that clients on this machine are pointed at. Off loopback a listener speaks TLS. */
  readonly listen: readonly ListenAddress[];
  readonly databaseUrl?: string | undefined;
  /** Of PostgreSQL: start though another server is on the database. Not supported. */
  readonly allowSeveralServers?: boolean | undefined;
  readonly configFile?: string | undefined;
  /** PEM files; without them a self-signed certificate is made at the first start that needs one. */
  readonly tlsCert?: string | undefined;
  readonly tlsKey?: string | undefined;
  readonly region?: string | undefined;
  readonly accountId?: string | undefined;
  readonly logLevel?: string | undefined;
  readonly logFormat?: string | undefined;
}

export interface RunningServer {
  /** By which clients on this machine reach the first listener. */
  readonly url: string;
  /** Of all, as they were asked for, in the order of `listen`. */
  readonly listensOn: readonly string[];
  close(): Promise<void>;
}

/** Starts a control plane, and returns when it can be called. Rejects with a message that says what to change. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const region = options.region ?? DEFAULT_REGION;
  const accountId = options.accountId ?? DEFAULT_ACCOUNT_ID;
  checkIdentity(accountId, region);
  const log = createServerLog({ level: options.logLevel, format: options.logFormat });
  const config = await loadConfig(options.configFile);
  checkNoUnfinishedRestore(options.dataDirectory);
  if (options.allowSeveralServers && options.databaseUrl === undefined) {
    throw new WrongOptionError(
      "--allow-several-servers is for PostgreSQL: SQLite has one server. Leave it out, or add --database postgres://USER:PASSWORD@HOST:PORT/DATABASE",
    );
  }
  checkPlace(options);
  const given = givenCertificate(options);
  // A first start that fails would leave files, and no backup is restored into a directory that has some.
  if (!existsSync(dataDirectory(options.dataDirectory).bucket))
    for (const address of options.listen) await checkFree(address);
  const store = await openStore({
    dataDirectory: options.dataDirectory,
    databaseUrl: options.databaseUrl,
    check: (db, dialect) => checkDatabase(db, dialect, options),
    lock: serverLock(options, log),
  }).catch((error: unknown) => {
    throw namingOwnDatabase(error, options);
  });
  const apps: FastifyInstance[] = [];
  try {
    const restored = await settleRestored(store, Date.now);
    if (restored) log.warn(restored, AFTER_RESTORE);
    await adoptDatabase(store, options);
    const directory = dataDirectory(options.dataDirectory);
    const rootKey = () => rootKeyOrNew(store, () => newAccessKey(randomText), Date.now());
    let clientKey = await rootKey();
    const metricsToken = await settingOrNew(store, "metrics-token", async () =>
      randomText(LETTERS_AND_DIGITS, METRICS_TOKEN_CHARACTERS),
    );
    const needsTls = options.listen.some(({ host }) => !isLoopback(host));
    const tls = given ?? (needsTls ? await ownCertificate(store, options.listen, config.server.names) : undefined);
    const serverNames = new ServerNames({
      listen: options.listen.map(({ host }) => host),
      certificatePem: tls?.certificatePem,
      configured: config.server.names,
    });
    const missing = tls ? namesNotIn(tls, config.server.names) : [];
    if (missing.length > 0) log.warn({ names: missing }, NAMES_NOT_IN_CERTIFICATE);
    const signingKey = await loadSigningKey(await signingCertificate(store));
    const serverKeys = tls ? await signServerKeys(tls, signingKey, new Date()) : undefined;
    let renewClientFiles = async () => {};
    const own = ownSingleFile();
    const compressed = new CompressedPrograms({
      directory: join(options.dataDirectory, "agent-programs", "compressed"),
      now: Date.now,
      onError: (error) =>
        log.warn(
          { problem: String(error) },
          "the agent's program cannot be kept compressed: hosts download all of it, which works and takes longer",
        ),
    });
    const findAgentProgram = agentPrograms({
      version: SLUICE_VERSION,
      own,
      dataDirectory: options.dataDirectory,
      releaseDirectory: releaseDirectory(),
      compressed,
    });
    let acceptedConnections = 0;
    const openListeners: ListenAddress[] = [];
    const controlPlane = await compose({
      store,
      directory,
      config,
      log,
      accountId,
      region,
      signingKey,
      serverFingerprints: tls ? fingerprintsOf(tls) : [],
      certificatePem: tls?.certificatePem,
      serverNames,
      webDirectory: webDirectory(),
      findAgentProgram,
      joinAddresses: new JoinAddresses({
        certificatePem: tls?.certificatePem,
        configured: config.server.names,
        listeners: () => openListeners,
      }),
      onKeyDeleted: (accessKeyId) => {
        if (accessKeyId === clientKey.accessKeyId) void renewClientFiles();
      },
      acceptedConnections: () => acceptedConnections,
    });
    let url: string | undefined;
    const addresses: string[] = [];
    /** Every address is heard by itself: of two that a name has, a client takes either. */
    const heardAt: string[] = [];
    for (const { host, port } of options.listen) {
      const usesTls = tls !== undefined && (given !== undefined || !isLoopback(host));
      const newApp = () => {
        const app = createHttpServer({ ...controlPlane, metricsToken, ...(usesTls ? { tls, serverKeys } : {}) });
        apps.push(app);
        app.server.on("connection", () => acceptedConnections++);
        return app;
      };
      const opened = await openListener(newApp, { host, port });
      const openPort = opened[0]?.port ?? port;
      url ??= urlOf(usesTls ? hostForClients(tls, host, config.server.names) : host, openPort, usesTls);
      openListeners.push({ host, port: openPort });
      addresses.push(listensOn(host, openPort, usesTls));
      heardAt.push(...opened.map((address) => urlOf(address.host, address.port, usesTls)));
    }
    if (!url) throw new Error("--listen names no address; give HOST:PORT");
    const authorities = tls && url.startsWith("https:") ? authoritiesFor(tls.certificatePem) : undefined;
    if (authorities?.hasRoot === false) log.warn(AUTHORITY_NOT_IN_CERTIFICATE);
    const tlsCertificatePem = authorities?.pem;
    const endpoint = url;
    const writeFiles = () =>
      writeClientFiles(directory, { rootKey: clientKey, region, endpoint, metricsToken, tlsCertificatePem });
    writeFiles();
    // The profile of the data directory never has a key that opens nothing.
    renewClientFiles = async () => {
      try {
        clientKey = await rootKey();
        writeFiles();
        log.info(
          { accessKeyId: clientKey.accessKeyId },
          "the data directory's profile has another root key now: its old one was deleted",
        );
      } catch (error) {
        log.error(
          { error: String(error) },
          "cannot write the data directory's profile, whose key was deleted: restart the server",
        );
      }
    };
    if (restored) await noteRestoreTold(store);
    controlPlane.start(heardAt);
    log.info(
      { listensOn: addresses, names: serverNames.known, dataDirectory: options.dataDirectory, database: store.dialect },
      "the server is ready",
    );
    if (own) setTimeout(() => void findAgentProgram(own.platform).catch(() => {}), COMPRESS_AFTER_MILLISECONDS).unref();
    const closeAll = async () => {
      await compressed.close();
      await close(apps, controlPlane, log);
    };
    return { url, listensOn: addresses, close: closeAll };
  } catch (error) {
    for (const app of apps) await app.close();
    await store.close().catch(() => {});
    throw error;
  }
}

/** In the program of a release; else beside it: from the sources, and from the built program in `dist/`. */
function webDirectory(): WebDirectory {
  if (isSingleFile()) return { path: null, mayChange: false };
  const here = import.meta.dirname;
  return here.endsWith(SOURCES)
    ? { path: join(here.slice(0, -SOURCES.length), "dist", "web"), mayChange: true }
    : { path: join(here, "web"), mayChange: false };
}

/** The file of a release holds the agent too. As it was when it started: an upgrade may have put another one in its place. */
function ownSingleFile() {
  return isSingleFile() ? { file: "/proc/self/exe", platform: ownProgram().platform } : undefined;
}

function releaseDirectory(): string | undefined {
  const here = import.meta.dirname;
  if (isSingleFile()) return undefined;
  return join(here.endsWith(SOURCES) ? here.slice(0, -SOURCES.length) : dirname(here), "release");
}

function serverLock({ allowSeveralServers = false }: ServerOptions, log: Logger): LockOptions {
  return {
    allowsOthers: allowSeveralServers,
    onWaiting: (holders) =>
      log.warn({ holders }, "another sluice server is on the database; waiting a few seconds for it to end"),
    onBeside: (holders) =>
      log.warn(
        { holders },
        "another sluice server is on the database. Several are not supported: steps take longer, and each has logs and bundles of its own. Stop all but one",
      ),
    onTakenOver(reason) {
      log.fatal({ reason }, "another sluice server has the database: this server stops, and has written nothing since");
      // Whatever is under way is the other server's business now.
      process.exit(1);
    },
  };
}

async function close(
  apps: readonly FastifyInstance[],
  controlPlane: { close(): Promise<void> },
  log: Logger,
): Promise<void> {
  for (const app of apps) await app.close();
  await controlPlane.close();
  log.info("the server has stopped");
}

function signingCertificate(store: Store): Promise<SigningCertificate> {
  return new JsonSetting("signing-certificate", CERTIFICATE_FORM).orNew(store, createSigningCertificate);
}

function checkIdentity(accountId: string, region: string): void {
  if (!/^\d{12}$/.test(accountId)) throw new WrongOptionError(`--account-id is '${accountId}'; it must be 12 digits`);
  if (!/^[a-z0-9-]{1,40}$/.test(region)) {
    throw new WrongOptionError(
      `--region is '${region}'; it must be lower-case letters, digits and hyphens, such as us-east-1`,
    );
  }
}
