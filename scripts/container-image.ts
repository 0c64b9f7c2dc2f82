import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";

/** What examples/containers/task-definition.json names. */
export const EXAMPLE_IMAGE = "sluice-example/shop:1";
const APPLICATION = resolve(import.meta.dirname, "../examples/containers/server.mjs");
/** Where it is in the image, and how it starts. */
const CHANGES = ["ENV PATH=/bin", "EXPOSE 8080", 'CMD ["/bin/node","/app/server.mjs"]'];

/** The image's one layer: this Node, the libraries that it loads, and the application. No registry is asked for anything. */
export function packExampleImage(): { readonly tar: NodeJS.ReadableStream; readonly packed: Promise<void> } {
  const root = mkdtempSync(join(tmpdir(), "sluice-example-image-"));
  const files = { "/bin/node": process.execPath, "/app/server.mjs": APPLICATION, ...librariesOf(process.execPath) };
  for (const [path, file] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    symlinkSync(file, join(root, path));
  }
  mkdirSync(join(root, "tmp"));
  const tar = spawn("tar", ["-C", root, "--dereference", "--owner=0", "--group=0", "-c", "."], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const packed = once(tar, "close").then(([code]) => {
    rmSync(root, { recursive: true });
    if (code !== 0) throw new Error(`tar ended with ${code}`);
  });
  return { tar: tar.stdout, packed };
}

/** Puts it into the engine behind the socket, as `docker import` does. */
export async function importExampleImage(socketPath: string, image = EXAMPLE_IMAGE): Promise<void> {
  const [repo = "", tag = "latest"] = image.split(":");
  const query = new URLSearchParams({ fromSrc: "-", repo, tag });
  for (const change of CHANGES) query.append("changes", change);
  const { tar, packed } = packExampleImage();
  const headers = { "content-type": "application/x-tar" };
  const sent = request({ socketPath, method: "POST", path: `/images/create?${query}`, agent: false, headers });
  tar.pipe(sent);
  const answered = once(sent, "response");
  const [[answer]] = await Promise.all([answered, packed]);
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
