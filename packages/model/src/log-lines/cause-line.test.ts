import { describe, expect, test } from "vitest";
import { causeLine, type OutputLine } from "./cause-line.ts";

/** What programs print when they fail, and the line of it that tells why: the one behind `>>> `. */
const OUTPUTS: Readonly<Record<string, string>> = {
  "bash without the command": `
Installing dependencies
>>> /opt/app/scripts/install.sh: line 12: pg_config: command not found`,
  "bash with set -u": `
>>> ./start.sh: line 3: DATABASE_URL: unbound variable`,
  "bash with set -ex": `
+ systemctl stop web
+ cp -r /opt/app/build /var/www
>>> cp: cannot create directory '/var/www/build': Permission denied
+ echo 'error: this was not printed'`,
  "a script that went on after its first error": `
rm: cannot remove '/opt/app/old': No such file or directory
Running migrations
>>> ERROR: column "email" of relation "users" already exists
exiting`,
  "a script's own words": `
checking the port
>>> The port 8080 answers with 503: the service does not come up`,
  "npm with a script that fails": `
> web@1.4.0 build
> webpack --mode production
>>> Error: Cannot find module 'webpack'
Require stack:
- /app/build.js
npm ERR! code ELIFECYCLE
npm ERR! errno 1
npm ERR! web@1.4.0 build: \`webpack --mode production\`
npm ERR! Exit status 1
npm ERR! 
npm ERR! Failed at the web@1.4.0 build script.
npm ERR! This is probably not a problem with npm. There is likely additional logging output above.
npm ERR! A complete log of this run can be found in:
npm ERR!     /root/.npm/_logs/2026-11-30T01_58_06_123Z-debug-0.log`,
  "npm without the package": `
npm error code E404
npm error 404 Not Found - GET https://registry.example/left-padd - Not found
>>> npm error 404  'left-padd@^1.0.0' is not in this registry.
npm error A complete log of this run can be found in: /root/.npm/_logs/2026-11-30T01_58_06_123Z-debug-0.log`,
  "npm without the script": `
>>> npm ERR! Missing script: "biuld"
npm ERR! A complete log of this run can be found in:
npm ERR!     /root/.npm/_logs/x-debug-0.log`,
  systemd: `
>>> nginx: [emerg] bind() to 0.0.0.0:80 failed (98: Address already in use)
Job for nginx.service failed because the control process exited with error code.
See "systemctl status nginx.service" and "journalctl -xeu nginx.service" for details.`,
  "systemd without a cause": `
>>> Job for web.service failed because the control process exited with error code.
See "systemctl status web.service" and "journalctl -xeu web.service" for details.`,
  "systemctl without the unit": `
>>> Failed to restart webb.service: Unit webb.service not found.`,
  journalctl: `
Nov 30 01:58:06 web-1 web[1234]: listening on 8080
>>> Nov 30 01:58:07 web-1 web[1234]: FATAL: password authentication failed for user "web"
Nov 30 01:58:07 web-1 systemd[1]: web.service: Main process exited, code=exited, status=1/FAILURE
Nov 30 01:58:07 web-1 systemd[1]: web.service: Failed with result 'exit-code'.
Nov 30 01:58:07 web-1 systemd[1]: Failed to start web.service - The web application.`,
  "apt without the package": `
Reading package lists...
Building dependency tree...
>>> E: Unable to locate package libfoo-dev`,
  "apt with another apt": `
>>> E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 4711 (unattended-upgr)
N: Be aware that removing the lock file is not a solution and may break your system.`,
  dpkg: `
>>> dpkg: error processing archive /tmp/web.deb (--install): trying to overwrite '/usr/bin/web', which is also in package web-old
Errors were encountered while processing:
 /tmp/web.deb
E: Sub-process /usr/bin/dpkg returned an error code (1)`,
  "a Python trace": `
Traceback (most recent call last):
  File "/opt/app/manage.py", line 22, in <module>
    main()
  File "/opt/app/manage.py", line 18, in main
    raise ValueError("no such setting: failed")
>>> django.core.exceptions.ImproperlyConfigured: The SECRET_KEY setting must not be empty.`,
  "a Java trace": `
2026-11-30 01:58:06.123  INFO 1 --- [main] o.s.boot.SpringApplication : Starting
Exception in thread "main" java.lang.IllegalStateException: could not start
	at com.example.Main.start(Main.java:42)
	at com.example.Main.main(Main.java:12)
>>> Caused by: java.net.ConnectException: Connection refused (Connection refused)
	at java.base/sun.nio.ch.Net.pollConnect(Native Method)
	... 12 more`,
  "a trace of Node.js": `
/opt/app/server.js:10
    throw new Error("no port");
    ^

>>> Error: no port
    at Object.<anonymous> (/opt/app/server.js:10:11)
    at Module._compile (node:internal/modules/cjs/loader:1546:14)

Node.js v24.0.0`,
  "a panic of Go": `
>>> panic: runtime error: invalid memory address or nil pointer dereference
[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x47b3a1]

goroutine 1 [running]:
main.main()
	/src/main.go:8 +0x1d
exit status 2`,
  "docker without the port": `
Unable to find image 'web:2' locally
>>> docker: Error response from daemon: driver failed programming external connectivity on endpoint web: Bind for 0.0.0.0:80 failed: port is already allocated.
See 'docker run --help'.`,
  "nginx -t": `
>>> nginx: [emerg] unknown directive "sever" in /etc/nginx/conf.d/web.conf:3
nginx: configuration file /etc/nginx/nginx.conf test failed`,
  "a full disk": `
>>> tar: app/data.bin: Cannot write: No space left on device
tar: Exiting with failure status due to previous errors`,
  "curl in a loop": `
curl: (7) Failed to connect to localhost port 8080 after 0 ms: Connection refused
waiting
>>> curl: (7) Failed to connect to localhost port 8080 after 0 ms: Connection refused
giving up`,
  "out of memory": `
<--- Last few GCs --->
>>> FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory
Aborted (core dumped)`,
  "killed by the kernel": `
building
>>> ./build.sh: line 4:  4711 Killed                  node build.js`,
  make: `
>>> src/main.c:4:10: fatal error: foo.h: No such file or directory
compilation terminated.
make: *** [Makefile:3: main.o] Error 1`,
  "JSON of a logger": `
{"level":30,"msg":"no errors so far"}
>>> {"level":50,"msg":"database is locked"}
{"level":"info","msg":"stopped, errors: 0"}`,
  "colours and progress": `
\u001b[32m✔\u001b[0m done with 0 errors
>>> \u001b[31mError\u001b[39m: the licence is not valid
10%\r50%\r100%`,
  "a warning after the words": `
>>> the database is at version 7, and this needs 8
`,
};

/** The lines as stderr, and the index of the one that is marked. */
function read(output: string): { readonly lines: OutputLine[]; readonly marked: number } {
  const texts = output.replace(/^\n/, "").split("\n");
  const marked = texts.findIndex((text) => text.startsWith(">>> "));
  return { lines: texts.map((text) => ({ stream: "stderr", text: text.replace(/^>>> /, "") })), marked };
}

describe("the line that tells why a program failed", () => {
  for (const [name, output] of Object.entries(OUTPUTS)) {
    test(name, () => {
      const { lines, marked } = read(output);
      expect(lines[causeLine(lines)?.index ?? -1]?.text).toBe(lines[marked]?.text);
    });
  }

  test("is the last on stderr where no line says that anything is wrong", () => {
    const lines: OutputLine[] = [
      { stream: "stderr", text: "the licence ends today" },
      { stream: "stdout", text: "bye" },
      { stream: "agent", text: "[sluice: error]" },
    ];
    expect(causeLine(lines)).toEqual({ index: 0, kind: "last-words" });
    expect(causeLine(lines.slice(1))).toEqual({ index: 0, kind: "last-words" });
    expect(causeLine(lines.slice(2))).toBeUndefined();
    expect(causeLine([{ stream: "stderr", text: "  " }])).toBeUndefined();
  });

  test("is not one that calls itself a warning", () => {
    const lines = ["error: the disk is full", "WARN: could not remove the cache", "[warn] lookup failed"];
    expect(causeLine(lines.map((text) => ({ stream: "stdout", text })))?.index).toBe(0);
  });
});
