import { X509Certificate } from "node:crypto";
import { rootCertificates } from "node:tls";

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/**
 * Whether an authority that everybody knows stands behind a certificate, as far as Node knows them: a machine then needs no pin, and such certificates get
 * another key at each renewal.
 * @param chainPem the certificate and those that signed it, as a server sends them
 */
export function isPubliclyTrusted(chainPem: string, roots: readonly string[] = rootCertificates): boolean {
  const chain = (chainPem.match(CERTIFICATE) ?? []).map((pem) => new X509Certificate(pem));
  const last = chain.findLast((certificate, index) => index === 0 || isIssuedBy(chain[index - 1]!, certificate));
  if (!last || last.issuer === last.subject) return false;
  // Most are not the one: only their names are compared before a key is.
  return roots.some((pem) => isIssuedBy(last, new X509Certificate(pem)));
}

function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}
