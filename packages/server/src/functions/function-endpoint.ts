import { X509Certificate } from "node:crypto";
import { isIP } from "node:net";

/**
 * Where functions on this machine call the server: plain HTTP on loopback where it is served, else a URL that its certificate stands for,
 * so that a stock SDK believes it. Addresses come first: by them every SDK calls S3 in path style.
 *
 * @param urls of the listeners that are open, at least one
 * @param certificatePem undefined without TLS
 */
export function functionEndpoint(urls: readonly string[], certificatePem: string | undefined): string {
  const plain = urls.filter((url) => url.startsWith("http:")).sort((one, other) => rankOf(one) - rankOf(other))[0];
  if (plain !== undefined) return plain;
  const secure = [...urls].sort((one, other) => rankOf(one) - rankOf(other));
  const [first = ""] = secure;
  if (certificatePem === undefined) return first;
  const certificate = new X509Certificate(certificatePem);
  const covered = secure.find((url) => isNameOf(certificate, hostOf(url)));
  if (covered !== undefined) return covered;
  // The listener is reached by an address of its own, and the certificate is for a name: it leads here, or nobody could call at all.
  const name = namesOf(certificate)[0];
  return name === undefined ? first : `https://${name}:${new URL(first).port || 443}`;
}

function hostOf(url: string): string {
  return new URL(url).hostname.replace(/^\[|\]$/g, "");
}

/** An address of IPv4, one of IPv6, a name. */
function rankOf(url: string): number {
  return { 4: 0, 6: 1 }[isIP(hostOf(url))] ?? 2;
}

function isNameOf(certificate: X509Certificate, host: string): boolean {
  return (isIP(host) ? certificate.checkIP(host) : certificate.checkHost(host)) !== undefined;
}

/** Without wildcards, which are no names. */
function namesOf({ subjectAltName = "" }: X509Certificate): readonly string[] {
  return subjectAltName.split(", ").flatMap((entry) => /^DNS:([A-Za-z0-9_][A-Za-z0-9_.-]*)$/.exec(entry)?.[1] ?? []);
}
