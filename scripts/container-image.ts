import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { parseArgs } from "node:util";
import { create } from "tar";

/** What examples/containers/task-definition.json names. */
export const EXAMPLE_IMAGE = "sluice-example/shop:1";
const APPLICATION = resolve(import.meta.dirname, "../examples/containers/server.mjs");
/** Where it is in the image, and how it starts. */
const CHANGES = ["ENV PATH=/bin", "EXPOSE 8080", 'CMD ["/bin/node","/app/server.mjs"]'];

/**
 * The image's one layer, as tar: this Node, the libraries that it loads, and the application. No registry is asked for anything. GNU tar would refuse
 * a file that gets another name meanwhile, and each program of Sluice that starts gives Node's file one.
 */
export async function* exampleImage(): AsyncGenerator<Buffer> {
  const root = mkdtempSync(join(tmpdir(), "sluice-example-image-"));
  try {
    const files = { "/bin/node": process.execPath, "/app/server.mjs": APPLICATION, ...librariesOf(process.execPath) };
    for (const [path, file] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      symlinkSync(file, join(root, path));
    }
    mkdirSync(join(root, "tmp"));
    const layer = create({ cwd: root, follow: true, portable: true, noMtime: true, strict: true }, ["."]);
    for await (const chunk of layer) yield chunk as Buffer;
  } finally {
    rmSync(root, { recursive: true });
  }
}

/** Puts it into the engine behind the socket, as `docker import` does. */
export async function importExampleImage(socketPath: string, image = EXAMPLE_IMAGE): Promise<void> {
  const [repo = "", tag = "latest"] = image.split(":");
  const query = new URLSearchParams({ fromSrc: "-", repo, tag });
  for (const change of CHANGES) query.append("changes", change);
  const headers = { "content-type": "application/x-tar" };
  const sent = request({ socketPath, method: "POST", path: `/images/create?${query}`, agent: false, headers });
  const [[answer]] = await Promise.all([once(sent, "response"), pipeline(exampleImage, sent)]);
  let text = "";
  for await (const chunk of answer) text += chunk;
  if (answer.statusCode >= 400 || text.includes('"error"')) throw new Error(`the engine refused the image: ${text}`);
}

/** What the program loader would load, under the paths by which it looks for them. */
function librariesOf(program: string): Record<string, string> {
  const listed = execFileSync("ldd", [program], { encoding: "utf8" });
  const paths = [...listed.matchAll(/(\/\S+) \(0x/g)].map(([, path = ""]) => path);
  return Object.fromEntries(paths.map((path) => [path, path]));
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      socket: { type: "string", default: "/var/run/docker.sock" },
      image: { type: "string", default: EXAMPLE_IMAGE },
    },
  });
  await importExampleImage(values.socket, values.image);
  console.log(`${values.image} is in the Docker Engine at ${values.socket}.`);
}
