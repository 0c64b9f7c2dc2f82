import { expect, it } from "vitest";
import { leftRunning } from "./left-running.ts";

const linesOf = (body: string, head = "#!/bin/sh\n") => leftRunning(head + body).map(({ line }) => line);

it.each([
  "node server.js &",
  "nohup node server.js &",
  "nohup java -jar app.jar > /dev/null &",
  "cd /opt/app && python3 app.py & # start it",
  "./run 2>/var/log/run.log &",
  "(cd /opt/app; ./run &)",
  "./run & echo $! > /run/pid",
  "node \\\n  server.js \\\n  &",
  "./run </dev/null &",
])("a program that keeps an output is left running: %s", (line) => {
  expect(linesOf(`set -e\n${line}\n`)).toEqual([3]);
});

it.each([
  "node server.js >/var/log/app.log 2>&1 &",
  "nohup node server.js > out.log 2> err.log < /dev/null &",
  "node server.js &> /dev/null &",
  "node server.js >& /dev/null &",
  "setsid sh run.sh </dev/null >>log 2>&1 & echo $!",
  "true && false",
  "command -v node >/dev/null 2>&1 || exit 1",
  'curl "http://127.0.0.1/?a=1&b=2"',
  "# node server.js &",
  "echo 'node server.js &'",
  "cat >x <<END\nnode server.js &\nEND",
  "sleep 5 &",
  "one &\ntwo &\nwait",
  "exec >/var/log/hook.log 2>&1\nnode server.js &",
  "systemctl restart app",
  "echo done >&2",
])("nothing is left running by %s", (line) => {
  expect(linesOf(`${line}\n`)).toEqual([]);
});

it("is said of shell scripts alone", () => {
  expect(linesOf("x = a & b\nx &\n", "#!/usr/bin/env python3\n")).toEqual([]);
  expect(linesOf("run &\n", "#!/usr/bin/env bash\n")).toEqual([2]);
  expect(linesOf("run &\n", "")).toEqual([1]);
});
