/** Asked for and not imported: an import reads every export, among them the texts of all authorities. */
const tls = process.getBuiltinModule("node:tls");
let areTrusted = false;

/**
 * From now on, what names no authority of its own trusts those of this machine, too (`SSL_CERT_FILE`, `SSL_CERT_DIR`, else `/etc/ssl`): Node by itself trusts
 * the list alone that it brings along, in which no company's own authority is. Read once; what is added later counts after the next start.
 */
export function trustSystemAuthorities(): void {
  if (areTrusted) return;
  areTrusted = true;
  tls.setDefaultCACertificates([...tls.getCACertificates("default"), ...tls.getCACertificates("system")]);
}
