import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";

/** A registry of one image, which every engine takes from loopback without TLS. */
export interface ImageRegistry {
  /** `127.0.0.1:PORT/team/app`; it has the tag `1`. */
  readonly name: string;
  readonly digest: string;
  /** Answers for the image's layer wait until then. */
  hold(): void;
  release(): void;
  /** Layers break off in the middle; null: no more. */
  breakAfter(bytes: number | null): void;
  close(): void;
}

/** By the distribution API, version 2, with a manifest of schema 2. @param tar the image's one layer */
export async function startImageRegistry(tar: Buffer): Promise<ImageRegistry> {
  const layer = gzipSync(tar);
  const config = Buffer.from(
    JSON.stringify({
      architecture: process.arch === "arm64" ? "arm64" : "amd64",
      os: "linux",
      config: { Env: ["PATH=/bin"], Cmd: ["waits"] },
      rootfs: { type: "layers", diff_ids: [digestOf(tar)] },
      history: [{ created_by: "a test" }],
    }),
  );
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: "application/vnd.docker.distribution.manifest.v2+json",
      config: described("application/vnd.docker.container.image.v1+json", config),
      layers: [described("application/vnd.docker.image.rootfs.diff.tar.gzip", layer)],
    }),
  );
  let held: (() => void)[] | null = null;
  let cut: number | null = null;

  const answers = new Map<string, (response: ServerResponse) => void>();
  const sendManifest = (response: ServerResponse) =>
    response
      .writeHead(200, {
        "content-type": "application/vnd.docker.distribution.manifest.v2+json",
        "docker-content-digest": digestOf(manifest),
        "content-length": manifest.length,
      })
      .end(manifest);
  answers.set("manifests/1", sendManifest);
  answers.set(`manifests/${digestOf(manifest)}`, sendManifest);
  answers.set(`blobs/${digestOf(config)}`, (response) => response.end(config));
  answers.set(`blobs/${digestOf(layer)}`, (response) => {
    const send = () => {
      response.writeHead(200, { "content-length": layer.length });
      if (cut === null) response.end(layer);
      else response.write(layer.subarray(0, cut), () => response.destroy());
    };
    if (held) held.push(send);
    else send();
  });
  const server = createServer((request, response) => {
    response.setHeader("docker-distribution-api-version", "registry/2.0");
    const path = request.url ?? "";
    const answer = answers.get(path.replace("/v2/team/app/", ""));
    if (answer) answer(response);
    else if (path === "/v2/") response.end("{}");
    else {
      const error = { errors: [{ code: "MANIFEST_UNKNOWN", message: "manifest unknown" }] };
      response.writeHead(404, { "content-type": "application/json" }).end(JSON.stringify(error));
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    name: `127.0.0.1:${(server.address() as AddressInfo).port}/team/app`,
    digest: digestOf(manifest),
    hold: () => {
      held = [];
    },
    release: () => {
      for (const send of held ?? []) send();
      held = null;
    },
    breakAfter: (bytes) => {
      cut = bytes;
    },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function described(mediaType: string, bytes: Buffer): object {
  return { mediaType, size: bytes.length, digest: digestOf(bytes) };
}

function digestOf(bytes: Buffer): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}
