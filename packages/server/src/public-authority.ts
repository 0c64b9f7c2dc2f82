import { X509Certificate } from "node:crypto";
import { rootCertificates } from "node:tls";

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/**
 * Whether an authority that everybody knows stands behind a certificate, as far as Node knows them: a machine then needs no pin, and such certificates get
 * another key at each renewal.
 * @param chainPem the certificate and those that signed it, as a server sends them
 */
export function isPubliclyTrusted(chainPem: string, roots: readonly string[] = rootCertificates): boolean {
  return publicRootOf(chainPem, roots) !== undefined;
}

/**
 * With what a client can check a certificate, whatever else it trusts: the chain as the server sends it, with the public authority's own certificate, which
 * servers leave out. `hasRoot` is false where a private authority's own is not in it: OpenSSL then trusts nothing, and so do AWS tools.
 */
export function authoritiesFor(
  chainPem: string,
  roots: readonly string[] = rootCertificates,
): { readonly pem: string; readonly hasRoot: boolean } {
  const root = publicRootOf(chainPem, roots);
  const last = lastOf(chainPem);
  const pem = root === undefined ? chainPem : `${chainPem.trimEnd()}\n${root.trim()}\n`;
  return { pem, hasRoot: root !== undefined || last?.issuer === last?.subject };
}

function publicRootOf(chainPem: string, roots: readonly string[]): string | undefined {
  const last = lastOf(chainPem);
  if (!last || last.issuer === last.subject) return undefined;
  // Most are not the one: only their names are compared before a key is.
  return roots.find((pem) => isIssuedBy(last, new X509Certificate(pem)));
}

/** The one that signed all the others. */
function lastOf(chainPem: string): X509Certificate | undefined {
  const chain = (chainPem.match(CERTIFICATE) ?? []).map((pem) => new X509Certificate(pem));
  return chain.findLast((certificate, index) => index === 0 || isIssuedBy(chain[index - 1]!, certificate));
}

function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}
