/** As Docker's reference grammar has it, of what stands after the registry's host. */
const MAX_REPOSITORY_CHARACTERS = 255;
/** As much as is kept. */
const MAX_IMAGE_CHARACTERS = 2_048;

const HOST = /^([a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*|\[[0-9a-f:]+\])(:[0-9]+)?$/i;
const REPOSITORY = /^[a-z0-9]+(([._]|__|-+)[a-z0-9]+)*(\/[a-z0-9]+(([._]|__|-+)[a-z0-9]+)*)*$/;
const TAG = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
/** Hexadecimal digits, by the algorithms that the engine knows. */
const DIGEST_DIGITS: ReadonlyMap<string, number> = new Map([
  ["sha256", 64],
  ["sha384", 96],
  ["sha512", 128],
]);

/**
 * Why the engine cannot take an image's reference, in words without a full stop; undefined: it can. An image's id is one, too. By
 * https://pkg.go.dev/github.com/distribution/reference.
 */
export function imageTrouble(image: string): string | undefined {
  if (image.length > MAX_IMAGE_CHARACTERS) return `use at most ${MAX_IMAGE_CHARACTERS} characters`;
  const [named = "", digest, ...more] = image.split("@");
  if (more.length > 0) return "use one @ at most, before the digest";
  // A colon before the last slash is that of a registry's port.
  const colon = named.lastIndexOf(":");
  const hasTag = colon > named.lastIndexOf("/");
  return (
    nameTrouble(hasTag ? named.slice(0, colon) : named) ??
    (hasTag ? tagTrouble(named.slice(colon + 1)) : undefined) ??
    (digest === undefined ? undefined : digestTrouble(digest))
  );
}

function nameTrouble(name: string): string | undefined {
  const slash = name.indexOf("/");
  const first = name.slice(0, Math.max(slash, 0));
  const isHost = first === "localhost" || /[.:]/.test(first);
  const repository = isHost ? name.slice(slash + 1) : name;
  if (repository.length > MAX_REPOSITORY_CHARACTERS)
    return `use at most ${MAX_REPOSITORY_CHARACTERS} characters for the repository`;
  // What is no host with a dot in it may be a repository all the same.
  if (REPOSITORY.test(repository) && (!isHost || HOST.test(first) || REPOSITORY.test(first))) return undefined;
  if (REPOSITORY.test(repository.toLowerCase()) && (!isHost || HOST.test(first)))
    return "write the repository in lower case";
  return "give [HOST[:PORT]/]REPOSITORY[:TAG][@DIGEST], the repository of lower-case letters, digits and separators (. _ __ - /) between them";
}

function tagTrouble(tag: string): string | undefined {
  if (TAG.test(tag)) return undefined;
  return "give a tag of 1 to 128 letters, digits, underscores, periods and hyphens that begins with none of the last two";
}

function digestTrouble(digest: string): string | undefined {
  const [algorithm = "", digits = "", ...more] = digest.split(":");
  const wanted = DIGEST_DIGITS.get(algorithm);
  if (wanted === undefined || more.length > 0) return `begin the digest with ${[...DIGEST_DIGITS.keys()].join(":, ")}:`;
  if (/^[0-9a-f]*$/.test(digits) && digits.length === wanted) return undefined;
  return `give a digest of ${algorithm} with ${wanted} lower-case hexadecimal digits`;
}
