import { shellWord } from "@sluice/model/shell-word.ts";
import { nodeProject } from "./node-project.ts";
import { needs, type Project, type ProjectFolder, plainName, portIn, type ServiceProject } from "./project.ts";
import { ecsProject, lambdaProject } from "./service-projects.ts";

const COMPOSE_FILES = ["compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"];
const SITE_FOLDERS = ["", "dist", "build", "public", "_site", "out", "site"];
const PYTHON_MAINS = ["app.py", "main.py", "server.py", "wsgi.py"];
const JARS = /^(?:(?:target|build\/libs)\/)?[^/]+\.jar$/;
/** Of jars without what they need to run, or with something else. */
const OTHER_JARS = /-(?:plain|sources|javadoc|tests)\.jar$|^original-/;

/** What a directory holds. The first that fits: a compose file says more than the sources beside it. @param isForHosts whatever else it holds */
export function detectProject(folder: ProjectFolder, isForHosts: boolean): Project {
  const name = plainName(folder.name);
  return (
    (isForHosts ? undefined : ecsProject(folder)) ??
    composeProject(folder, name) ??
    nodeProject(folder) ??
    pythonProject(folder, name) ??
    goProject(folder, name) ??
    javaProject(folder, name) ??
    rubyProject(folder, name) ??
    staticProject(folder, name) ?? { kind: "plain", name, what: "a directory of files", source: "/" }
  );
}

/** For `--platform`, whatever the directory holds. */
export function projectFor(platform: "ECS" | "Lambda", folder: ProjectFolder): Project {
  if (platform === "Lambda") return lambdaProject(folder);
  return (
    ecsProject(folder) ?? {
      kind: "ecs",
      what: "an ECS service",
      taskDefinition: plainName(folder.name),
      containerName: plainName(folder.name),
      containerPort: 80,
    }
  );
}

function composeProject({ paths }: ProjectFolder, name: string): Project | undefined {
  const file = COMPOSE_FILES.find((each) => paths.has(each));
  return file === undefined ? undefined : { kind: "compose", name, what: `a Compose project (${file})`, source: "/" };
}

function staticProject({ paths }: ProjectFolder, name: string): Project | undefined {
  const at = SITE_FOLDERS.find((each) => paths.has(each === "" ? "index.html" : `${each}/index.html`));
  if (at === undefined) return undefined;
  return { kind: "static", name, what: `a static site (${at === "" ? "" : `${at}/`}index.html)`, source: `/${at}` };
}

function pythonProject({ paths, text }: ProjectFolder, name: string): ServiceProject | undefined {
  const main = PYTHON_MAINS.find((each) => paths.has(each));
  const isDjango = paths.has("manage.py");
  if (!isDjango && main === undefined) return undefined;
  const hasRequirements = paths.has("requirements.txt");
  const python = hasRequirements ? "venv/bin/python" : "python3";
  const port = isDjango ? 8000 : portIn(text(main ?? ""));
  return {
    kind: "python",
    name,
    what: isDjango ? "a Django project (manage.py)" : `a Python program (${main})`,
    // Django's own server is enough to begin with; a larger site names gunicorn here.
    run: isDjango ? `exec ${python} manage.py runserver --noreload "127.0.0.1:$PORT"` : `exec ${python} ${main}`,
    prepare: [
      needs("python3", "Python 3"),
      ...(hasRequirements
        ? [
            "[ -x venv/bin/python ] || python3 -m venv venv",
            "venv/bin/python -m pip install --quiet --requirement requirements.txt",
          ]
        : []),
    ],
    port,
  };
}

function goProject({ paths }: ProjectFolder, name: string): ServiceProject | undefined {
  if (!paths.has("go.mod")) return undefined;
  return {
    kind: "go",
    name,
    what: "a Go program (go.mod)",
    run: `exec ./${name}`,
    prepare: [
      `# Without a program in the bundle it is built here: build it beforehand (go build -o ${name}), and hosts need no Go.`,
      `if [ ! -f ${name} ]; then`,
      `  ${needs("go", "Go")}`,
      `  go build -o ${name} .`,
      "fi",
      `chmod +x ${name}`,
    ],
    port: undefined,
  };
}

function javaProject({ paths }: ProjectFolder, name: string): ServiceProject | undefined {
  const jars = [...paths].filter((path) => JARS.test(path) && !OTHER_JARS.test(path)).sort();
  const [jar] = jars;
  const isBuilt = jar !== undefined;
  if (!isBuilt && !["pom.xml", "build.gradle", "build.gradle.kts"].some((each) => paths.has(each))) return undefined;
  const pattern = paths.has("pom.xml") ? "target/*.jar" : "build/libs/*.jar";
  return {
    kind: "java",
    name,
    what: isBuilt ? `a Java program (${jar})` : "a Java program that is not built yet",
    run: `exec java -jar ${isBuilt ? shellWord(jar) : pattern}`,
    prepare: [
      needs("java", "Java"),
      ...(isBuilt
        ? []
        : [
            `ls ${pattern} >/dev/null 2>&1 || { echo "the bundle has no ${pattern}: build it before you deploy" >&2; exit 1; }`,
          ]),
    ],
    port: undefined,
  };
}

function rubyProject({ paths }: ProjectFolder, name: string): ServiceProject | undefined {
  if (!paths.has("Gemfile")) return undefined;
  const isRails = paths.has("bin/rails");
  const main = ["app.rb", "main.rb", "server.rb"].find((each) => paths.has(each));
  if (!isRails && !paths.has("config.ru") && main === undefined) return undefined;
  return {
    kind: "ruby",
    name,
    what: isRails ? "a Rails application" : "a Ruby program (Gemfile)",
    run: isRails
      ? 'exec bundle exec rails server --binding 127.0.0.1 --port "$PORT"'
      : paths.has("config.ru")
        ? 'exec bundle exec rackup --host 127.0.0.1 --port "$PORT"'
        : `exec bundle exec ruby ${main}`,
    prepare: [needs("bundle", "Bundler"), "bundle config set --local path vendor/bundle", "bundle install --quiet"],
    port: isRails ? 3000 : paths.has("config.ru") ? 9292 : undefined,
  };
}
