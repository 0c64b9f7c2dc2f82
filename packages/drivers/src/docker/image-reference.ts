/** What to ask a registry for. `tag` may be a digest. */
export interface PullReference {
  readonly name: string;
  readonly tag: string;
}

/** `nginx`, `registry:5000/team/app:1.2`, `app@sha256:…`, `app:1.2@sha256:…`, in which the digest decides. Without both: `latest`. */
export function pullReferenceOf(image: string): PullReference {
  const [named = "", digest] = image.split("@");
  const colon = named.lastIndexOf(":");
  // A colon before the last slash is that of a registry's port.
  const hasTag = colon > named.lastIndexOf("/");
  const name = hasTag ? named.slice(0, colon) : named;
  return { name, tag: digest ?? (hasTag ? named.slice(colon + 1) : "latest") };
}
