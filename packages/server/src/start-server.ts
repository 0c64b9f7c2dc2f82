import { createHash, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { hostname, networkInterfaces } from "node:os";
import type { FastifyInstance } from "fastify";
import { type Logger, pino } from "pino";
import { compose } from "./compose.ts";
import { loadConfig } from "./compose-drivers.ts";
import { dataDirectory, writeClientFiles } from "./data-directory.ts";
import { newAccessKey } from "./hosts/host-identity.ts";
import { createHttpServer } from "./http/http-server.ts";
import { isLoopback, isUnspecified, type ListenAddress, urlOf } from "./listener.ts";
import { LETTERS_AND_DIGITS, randomText } from "./random-text.ts";
import { type CertificateAndKey, createSelfSignedCertificate } from "./signing/self-signed-certificate.ts";
import { createSigningCertificate, loadSigningKey, type SigningCertificate } from "./signing/specification-envelope.ts";
import { openStore, type Store } from "./store/open-store.ts";
import { rootKeyOrNew } from "./store/root-key.ts";
import { settingOrNew } from "./store/settings.ts";

/** The documentation's account and region, so that its ARNs resolve as printed. */
export const DEFAULT_ACCOUNT_ID = "111122223333";
export const DEFAULT_REGION = "us-east-1";

const METRICS_TOKEN_CHARACTERS = 40;
/**
 * Connections that may wait to be accepted; the kernel lowers it to its own limit (net.core.somaxconn, 4,096). With Node's 511 a fleet of
 * 1,000 agents that all get a command at once overflows the queue, and the connections that were dropped hang for up to a minute.
 */
const LISTEN_BACKLOG = 65_535;

export interface ServerOptions {
  readonly dataDirectory: string;
  /** The first is the one that clients on this machine are pointed at. Off loopback a listener speaks TLS. */
  readonly listen: readonly ListenAddress[];
  readonly databaseUrl?: string | undefined;
  readonly configFile?: string | undefined;
  /** PEM files; without them a self-signed certificate is made at the first start that needs one. */
  readonly tlsCert?: string | undefined;
  readonly tlsKey?: string | undefined;
  readonly region?: string | undefined;
  readonly accountId?: string | undefined;
  readonly logLevel?: string | undefined;
}

export interface RunningServer {
  /** Of the first listener. */
  readonly url: string;
  /** Of all, in the order of `listen`. */
  readonly urls: readonly string[];
  close(): Promise<void>;
}

/** Starts a control plane, and returns when it can be called. Rejects with a message that says what to change. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const region = options.region ?? DEFAULT_REGION;
  const accountId = options.accountId ?? DEFAULT_ACCOUNT_ID;
  checkIdentity(accountId, region);
  const log = pino({ level: options.logLevel ?? "info" }, pino.destination({ dest: 2, sync: true }));
  const config = await loadConfig(options.configFile);
  const store = await openStore({ dataDirectory: options.dataDirectory, databaseUrl: options.databaseUrl });
  const apps: FastifyInstance[] = [];
  try {
    const directory = dataDirectory(options.dataDirectory);
    const rootKey = await rootKeyOrNew(store, () => newAccessKey(randomText), Date.now());
    const metricsToken = await settingOrNew(store, "metrics-token", async () =>
      randomText(LETTERS_AND_DIGITS, METRICS_TOKEN_CHARACTERS),
    );
    const needsTls = options.tlsCert !== undefined || options.listen.some(({ host }) => !isLoopback(host));
    const tls = needsTls ? await tlsCertificate(store, options) : undefined;
    const controlPlane = await compose({
      store,
      directory,
      config,
      log,
      accountId,
      region,
      rootKey,
      signingKey: await loadSigningKey(await signingCertificate(store)),
      serverFingerprints: tls ? [fingerprintOf(tls)] : [],
      hostNames: ["localhost", ...options.listen.map(({ host }) => host)],
    });
    const urls: string[] = [];
    for (const { host, port } of options.listen) {
      const usesTls = tls !== undefined && (options.tlsCert !== undefined || !isLoopback(host));
      const app = createHttpServer({ ...controlPlane, metricsToken, tls: usesTls ? tls : undefined });
      apps.push(app);
      await listen(app, host, port);
      urls.push(urlOf(host, portOf(app), usesTls));
    }
    const url = urls[0];
    if (!url) throw new Error("--listen names no address; give HOST:PORT");
    const tlsCertificatePem = url.startsWith("https:") ? tls?.certificatePem : undefined;
    writeClientFiles(directory, { rootKey, region, endpoint: url, metricsToken, tlsCertificatePem });
    controlPlane.start();
    log.info({ urls, dataDirectory: options.dataDirectory, database: store.dialect }, "the server is ready");
    return { url, urls, close: () => close(apps, controlPlane, log) };
  } catch (error) {
    for (const app of apps) await app.close();
    await store.close().catch(() => {});
    throw error;
  }
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

async function listen(app: FastifyInstance, host: string, port: number): Promise<void> {
  try {
    await app.listen({ host, port, backlog: LISTEN_BACKLOG });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "EADDRINUSE") {
      throw new Error(`${host}:${port} is in use by another program; stop that one, or choose another --listen`, {
        cause: error,
      });
    }
    if (code === "EADDRNOTAVAIL") {
      throw new Error(`${host} is no address of this machine; choose another --listen`, { cause: error });
    }
    throw error;
  }
}

function portOf(app: FastifyInstance): number {
  const address = app.server.address();
  return typeof address === "object" && address ? address.port : 0;
}

async function signingCertificate(store: Store): Promise<SigningCertificate> {
  const kept = await settingOrNew(store, "signing-certificate", async () =>
    JSON.stringify(await createSigningCertificate()),
  );
  return JSON.parse(kept) as SigningCertificate;
}

async function tlsCertificate(store: Store, { tlsCert, tlsKey, listen }: ServerOptions): Promise<CertificateAndKey> {
  if (tlsCert !== undefined && tlsKey !== undefined) {
    return { certificatePem: readFileSync(tlsCert, "utf8"), privateKeyPem: readFileSync(tlsKey, "utf8") };
  }
  const kept = await settingOrNew(store, "tls-certificate", async () =>
    JSON.stringify(
      await createSelfSignedCertificate({ commonName: hostname(), subjectAltNames: namesOfThisMachine(listen) }),
    ),
  );
  return JSON.parse(kept) as CertificateAndKey;
}

/** Every name and IPv4 address by which the listeners may be reached when the certificate is made. */
function namesOfThisMachine(listen: readonly ListenAddress[]): readonly string[] {
  const own = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ family }) => family === "IPv4")
    .map(({ address }) => address);
  const listened = listen.map(({ host }) => host).filter((host) => !isUnspecified(host));
  return [...new Set(["localhost", hostname(), ...own, ...listened])];
}

/** SHA-256 of the certificate's DER form, hex: what agents pin. */
function fingerprintOf({ certificatePem }: CertificateAndKey): string {
  return createHash("sha256").update(new X509Certificate(certificatePem).raw).digest("hex");
}

function checkIdentity(accountId: string, region: string): void {
  if (!/^\d{12}$/.test(accountId)) throw new Error(`--account-id is '${accountId}'; it must be 12 digits`);
  if (!/^[a-z0-9-]{1,40}$/.test(region)) {
    throw new Error(`--region is '${region}'; it must be lower-case letters, digits and hyphens, such as us-east-1`);
  }
}
