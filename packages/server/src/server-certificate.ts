import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import { hostname, networkInterfaces } from "node:os";
import { objectOf } from "@sluice/model/stored-json/form.ts";
import { whyUnreadable } from "@sluice/model/unreadable-file.ts";
import { keyFingerprintOf, normaliseFingerprint } from "@sluice/wire/client/connection-agent.ts";
import { isUnspecified, type ListenAddress } from "./http/listener.ts";
import type { ConfiguredName } from "./http/server-names.ts";
import { type CertificateAndKey, createSelfSignedCertificate } from "./signing/self-signed-certificate.ts";
import type { Store } from "./store/open-store.ts";
import { JsonSetting } from "./store/settings.ts";

/** As Node writes them, without those that stand for many. */
const DNS_NAME = /DNS:([A-Za-z0-9.-]+)(?=,|$)/g;

export interface CertificateFiles {
  /** PEM files, both or neither. */
  readonly tlsCert?: string | undefined;
  readonly tlsKey?: string | undefined;
}

/** What the operator's files hold; undefined: there are none. Rejects what no server could show, with the option that names it. */
export function givenCertificate({ tlsCert, tlsKey }: CertificateFiles): CertificateAndKey | undefined {
  if (tlsCert === undefined || tlsKey === undefined) return undefined;
  const certificatePem = readGiven("--tls-cert", tlsCert);
  const privateKeyPem = readGiven("--tls-key", tlsKey);
  const certificate = parsed(() => new X509Certificate(certificatePem));
  if (!certificate) throw new Error(`--tls-cert is ${tlsCert}: it holds no certificate in PEM form`);
  const key = parsed(() => createPrivateKey(privateKeyPem));
  if (!key) throw new Error(`--tls-key is ${tlsKey}: it holds no private key in PEM form without a passphrase`);
  if (!certificate.checkPrivateKey(key)) {
    throw new Error(`--tls-key is ${tlsKey}: it is not the key of the certificate in ${tlsCert}`);
  }
  return { certificatePem, privateKeyPem };
}

function readGiven(option: string, file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new Error(
      `${option} ${file} ${whyUnreadable(error)}. Name a PEM file that this user may read: ls -l ${file}`,
      {
        cause: error,
      },
    );
  }
}

function parsed<T>(parse: () => T): T | null {
  try {
    return parse();
  } catch {
    return null;
  }
}

/** As settings hold it. */
export const CERTIFICATE_FORM = objectOf<CertificateAndKey>({ certificatePem: "text", privateKeyPem: "text" });

/** What a server shows that was given nothing: made at the first start, with the names that are configured at that moment, and kept. */
export async function ownCertificate(
  store: Store,
  listen: readonly ListenAddress[],
  configured: readonly ConfiguredName[],
): Promise<CertificateAndKey> {
  return new JsonSetting("tls-certificate", CERTIFICATE_FORM).orNew(store, () =>
    createSelfSignedCertificate({
      commonName: hostname(),
      subjectAltNames: namesOfThisMachine(listen, configured),
    }),
  );
}

/** Every name and address by which the listeners may be reached when the certificate is made. */
function namesOfThisMachine(
  listen: readonly ListenAddress[],
  configured: readonly ConfiguredName[],
): readonly string[] {
  const own = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    // An address of the link alone is none without the interface's name, which certificates do not have.
    .filter((address) => address.family === "IPv4" || address.scopeid === 0)
    .map(({ address }) => address);
  const listened = listen.map(({ host }) => host).filter((host) => !isUnspecified(host));
  return [...new Set(["localhost", hostname(), ...own, ...listened, ...configured.map(({ name }) => name)])];
}

/** The configured names under which a caller that checks certificates refuses this one. Under a name with a scheme a proxy shows its own. */
export function namesNotIn(
  { certificatePem }: Pick<CertificateAndKey, "certificatePem">,
  configured: readonly ConfiguredName[],
): readonly string[] {
  const certificate = new X509Certificate(certificatePem);
  const names = configured.filter(({ scheme }) => scheme === undefined).map(({ name }) => name);
  return [...new Set(names)].filter((name) => !isIn(certificate, name));
}

/**
 * By what clients on this machine call a listener: its address, or loopback's for all addresses, where the certificate has it, as the one that the server
 * makes itself does; else a name that it has, since they refuse the address.
 */
export function hostForClients(
  { certificatePem }: Pick<CertificateAndKey, "certificatePem">,
  host: string,
  configured: readonly ConfiguredName[],
): string {
  const certificate = new X509Certificate(certificatePem);
  const address = isUnspecified(host) ? "127.0.0.1" : host;
  const own = [...(certificate.subjectAltName ?? "").matchAll(DNS_NAME)].map(([, name = ""]) => name);
  const names = configured.filter(({ scheme }) => scheme === undefined).map(({ name }) => name);
  return [address, "localhost", ...names, ...own].find((name) => isIn(certificate, name)) ?? address;
}

function isIn(certificate: X509Certificate, name: string): boolean {
  return (isIP(name) ? certificate.checkIP(name) : certificate.checkHost(name)) !== undefined;
}

/** What enrolment tokens carry: SHA-256, hex, of the certificate, for agents before 0.2.0, and of its key, which outlives a renewal. */
export function fingerprintsOf({ certificatePem }: Pick<CertificateAndKey, "certificatePem">): readonly string[] {
  const certificate = new X509Certificate(certificatePem);
  return [normaliseFingerprint(certificate.fingerprint256), keyFingerprintOf(certificate)];
}
