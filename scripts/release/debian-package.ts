import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { SLUICE_VERSION } from "@sluice/model/version.ts";
import type { Platform } from "./platform.ts";
import { type TarEntry, tarFile, withFolders } from "./tar-file.ts";

const CONFFILES = ["etc/default/sluice-agent", "etc/default/sluice-server", "etc/sluice/sluice.yml"];
const SCRIPTS = ["postinst", "postrm", "prerm"];
const MAINTAINER = "The Sluice authors <sluice@localhost>";
const press = promisify(gzip);

/** What a package holds, by paths without a leading slash. */
export type PackageFiles = Readonly<Record<string, { readonly content: Buffer | string; readonly mode: number }>>;

/**
 * The files of the package `sluice`, but for its executable.
 * @param documents to /usr/share/doc, by their names
 * @param time of the release, in seconds since 1970
 */
export async function packageFiles(
  documents: Readonly<Record<string, Buffer | string>>,
  time: number,
): Promise<PackageFiles> {
  const file = async (path: string) => ({ content: await readFile(`packaging/${path}`), mode: 0o644 });
  const named = Object.entries(documents).map(
    ([name, content]) => [`usr/share/doc/sluice/${name}`, { content, mode: 0o644 }] as const,
  );
  return {
    "etc/default/sluice-agent": await file("etc/sluice-agent"),
    "etc/default/sluice-server": await file("etc/sluice-server"),
    "etc/sluice/sluice.yml": await file("etc/sluice.yml"),
    "usr/lib/systemd/system/sluice-agent.service": await file("systemd/sluice-agent.service"),
    "usr/lib/systemd/system/sluice-server.service": await file("systemd/sluice-server.service"),
    "usr/share/doc/sluice/changelog.gz": { content: await press(changelog(time), { level: 9 }), mode: 0o644 },
    "usr/share/doc/sluice/copyright": await file("debian/copyright"),
    "usr/share/doc/sluice/examples/isolated-functions.conf": await file("systemd/isolated-functions.conf"),
    ...Object.fromEntries(named),
  };
}

/**
 * A package as deb(5) has it. Made here and not by dpkg-deb, whose bytes differ with its version, and which only Debian has. Gzip, which every version of
 * dpkg reads.
 * @param time of all that is in it, in seconds since 1970
 */
export async function debianPackage(files: PackageFiles, { debian }: Platform, time: number): Promise<Buffer> {
  const entries = Object.entries(files).map(([path, { content, mode }]) => ({
    path,
    content: Buffer.from(content),
    mode,
  }));
  const bytes = entries.reduce((sum, { content }) => sum + content.length, 0);
  const sums = entries.map(({ path, content }) => `${createHash("md5").update(content).digest("hex")}  ${path}\n`);
  const control: TarEntry[] = [
    { path: "./", mode: 0o755 },
    { path: "./conffiles", mode: 0o644, content: CONFFILES.map((path) => `/${path}\n`).join("") },
    { path: "./control", mode: 0o644, content: controlFile(debian, Math.ceil(bytes / 1024)) },
    { path: "./md5sums", mode: 0o644, content: sums.sort().join("") },
  ];
  for (const name of SCRIPTS) {
    control.push({ path: `./${name}`, mode: 0o755, content: await readFile(`packaging/debian/${name}`) });
  }
  const data = withFolders(entries.map((entry) => ({ ...entry, path: `./${entry.path}` })));
  return archive(
    {
      "debian-binary": Buffer.from("2.0\n"),
      "control.tar.gz": await press(tarFile(control, time)),
      "data.tar.gz": await press(tarFile(data, time)),
    },
    time,
  );
}

function controlFile(architecture: string, kibibytes: number): string {
  return `Package: sluice
Version: ${SLUICE_VERSION}
Architecture: ${architecture}
Maintainer: ${MAINTAINER}
Installed-Size: ${kibibytes}
Depends: libc6 (>= 2.28), libstdc++6, adduser
Suggests: haproxy, docker.io, acl
Section: admin
Priority: optional
Description: deployment orchestrator that speaks AWS CodeDeploy
 The server, the agent and the command line in one program. Deploys to your
 own hosts, containers and functions, in place or blue/green, with the API of
 AWS CodeDeploy. Neither of the two services is enabled by the installation:
 systemctl enable --now sluice-server makes a machine the control plane.
`;
}

/** As deb-changelog(5) wants one. */
function changelog(time: number): string {
  const date = new Date(time * 1000).toUTCString().replace("GMT", "+0000");
  return `sluice (${SLUICE_VERSION}) unstable; urgency=medium\n\n  * CHANGELOG.md of the source says what is new.\n\n -- ${MAINTAINER}  ${date}\n`;
}

/** ar(5), as deb(5) wants it. */
function archive(members: Readonly<Record<string, Buffer>>, time: number): Buffer {
  const parts = Object.entries(members).flatMap(([name, content]) => {
    const fields = [name.padEnd(16), String(time).padEnd(12), "0".padEnd(6), "0".padEnd(6), "100644".padEnd(8)];
    const header = `${fields.join("")}${String(content.length).padEnd(10)}\`\n`;
    return [Buffer.from(header), content, Buffer.from(content.length % 2 === 1 ? "\n" : "")];
  });
  return Buffer.concat([Buffer.from("!<arch>\n"), ...parts]);
}
