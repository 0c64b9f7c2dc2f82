import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { lintPath } from "../revision/lint-target.ts";
import { define } from "./init.ts";

let directory: string;
let printed: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "sluice-init-"));
  printed = "";
  vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    printed += String(text);
    return true;
  });
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(directory, { recursive: true });
});

async function init(...args: readonly string[]): Promise<void> {
  const command = new Command("init").exitOverride().configureOutput({ writeErr: () => {} });
  define(command);
  await command.parseAsync([directory, ...args], { from: "user" });
}

async function put(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(directory, path, ".."), { recursive: true });
    await writeFile(join(directory, path), text);
  }
}
const read = (path: string) => readFile(join(directory, path), "utf8");

it.each([
  [
    "node",
    {
      "package.json": '{"name":"@acme/web","scripts":{"start":"node src/main.js"},"dependencies":{"x":"1"}}',
      "src/main.js": "",
      "package-lock.json": "{}",
    },
    "exec node src/main.js",
    "npm ci --omit=dev",
  ],
  ["node", { "package.json": "{}", "server.mjs": "createServer().listen(8081)" }, "exec node server.mjs", "port=8081"],
  ["node", { "package.json": `{"scripts":{"start":"next start"}}` }, "exec npm start", "command -v node"],
  [
    "node",
    { "package.json": `{"main":"a'b $(id).js"}`, "a'b $(id).js": "" },
    "exec node 'a'\\''b $(id).js'",
    "command -v node",
  ],
  ["python", { "app.py": "PORT = 5000", "requirements.txt": "flask" }, "exec venv/bin/python app.py", "port=5000"],
  ["python", { "manage.py": "" }, "exec python3 manage.py runserver", "port=8000"],
  ["go", { "go.mod": "module x" }, "exec ./", "go build"],
  [
    "java",
    { "target/web-1.jar": "x", "target/web-1-sources.jar": "x", "pom.xml": "" },
    "exec java -jar target/web-1.jar",
    "command -v java",
  ],
  ["java", { "build.gradle": "" }, "exec java -jar build/libs/*.jar", "build it before you deploy"],
  ["ruby", { Gemfile: "", "config.ru": "" }, "exec bundle exec rackup", "bundle install"],
  [
    "compose",
    { "compose.yaml": "services: {}", "package.json": "{}" },
    "docker compose up --detach",
    "docker compose pull",
  ],
  ["static", { "dist/index.html": "x", "package.json": "{}" }, "source: /dist", "/index.html ] ||"],
  ["static", { "index.html": "x" }, "source: /", "/index.html ] ||"],
  ["plain", { "data.txt": "x" }, "destination: /opt/", "Check here that what was installed works"],
  [
    "ecs",
    {
      "task-definition.json":
        '{"family":"shop","containerDefinitions":[{"name":"log"},{"name":"web","portMappings":[{"containerPort":8080}]}]}',
    },
    "TaskDefinition: shop",
    "ContainerPort: 8080",
  ],
])("what it writes for %s lints without a finding, and does what the project needs", async (kind, files, ...texts) => {
  await put(files);
  await init("--json");
  expect(JSON.parse(printed)).toMatchObject({ project: kind, written: true });
  expect((await lintPath(directory)).findings).toEqual([]);
  const scripts = await readdir(join(directory, "deploy")).catch(() => []);
  const written = await Promise.all([read("appspec.yml"), ...scripts.map((name) => read(`deploy/${name}`))]);
  for (const text of texts) expect(written.join("")).toContain(text);
  for (const name of scripts) {
    expect((await stat(join(directory, "deploy", name))).mode & 0o111, name).toBe(
      0o111 * Number(name !== "service.sh"),
    );
  }
});

it("writes for Lambda and ECS what a platform asks for", async () => {
  await init("--platform", "lambda");
  expect(await read("appspec.yml")).toContain("AWS::Lambda::Function");
  expect((await lintPath(directory)).findings).toEqual([]);
  await rm(join(directory, "appspec.yml"));
  await put({ "task-definition.json": "{}", "index.html": "x" });
  await init("--platform", "server");
  expect(await read("appspec.yml")).toContain("os: linux");
});

it("never overwrites a file, and then writes none", async () => {
  await put({ "index.html": "x", "deploy/validate.sh": "mine" });
  await expect(init()).rejects.toThrow("validate.sh exists already. Move them away");
  expect(await readdir(directory)).toEqual(["deploy", "index.html"]);
  await put({ "appspec.yaml": "x" });
  await expect(init()).rejects.toThrow(
    `appspec.yaml, ${join(directory, "deploy/validate.sh")} exist already. Check it instead: sluice lint`,
  );
  expect(await read("deploy/validate.sh")).toBe("mine");
});

it("writes nothing where a link or a file has the name of something that it writes", async () => {
  await put({ "index.html": "x" });
  await symlink("nowhere", join(directory, "appspec.yml"));
  await expect(init()).rejects.toThrow("appspec.yml exists already. Check it instead");
  await rm(join(directory, "appspec.yml"));
  await put({ deploy: "a file" });
  await expect(init()).rejects.toThrow(`${join(directory, "deploy")} is not a directory. Move it away: mv`);
  await rm(join(directory, "deploy"));
  await symlink("..", join(directory, "deploy"));
  await expect(init()).rejects.toThrow("is not a directory");
  expect((await readdir(directory)).sort()).toEqual(["deploy", "index.html"]);
});

it("prints what it would write, and what to do next", async () => {
  await put({ "index.html": "x" });
  await init("--dry-run", "--destination", "/srv/site/");
  expect(printed).toContain("is taken for a static site (index.html).\nWould write:\n  appspec.yml");
  expect(printed).toContain("  2. Check it: sluice lint ");
  expect(printed).toContain("    destination: /srv/site\n");
  expect(await readdir(directory)).toEqual(["index.html"]);
});

it("refuses values that would do something else in a script, and options of another kind", async () => {
  await put({ "index.html": "x" });
  for (const bad of ["relative", "/", "/a/../b", "/a b", "/a;b", "/$x"]) {
    await expect(init("--destination", bad), bad).rejects.toThrow("Give an absolute path");
  }
  await expect(init("--port", "80")).rejects.toThrow("--port is for a service on hosts");
  await expect(init("--platform", "ECS", "--destination", "/a")).rejects.toThrow("--destination is for hosts");
});
