import { expect, it } from "vitest";
import { leftRunning } from "./left-running.ts";

const foundIn = (script: string) => leftRunning(script).map(({ line, how }) => `${line} ${how}`);

it.each([
  "npm start",
  "yarn start --port 80",
  "npm run serve",
  "cd /opt/app && NODE_ENV=production exec node server.js",
  "node --max-old-space-size=512 ./dist/api-server.mjs >/var/log/app.log 2>&1",
  "sudo -u app nohup node bin/www # start it",
  "python3 -m http.server 8080",
  "/usr/bin/env python3 -m uvicorn main:app",
  "gunicorn -w 4 app:app",
  "java -Xmx512m -jar /opt/app/app.jar --server.port=8080",
  "java -jar app.jar > app.log",
  "tail -f /var/log/app.log",
  "tail -n 20 -F log",
  "nginx -g 'daemon off;'",
  'nginx -c /etc/nginx.conf -g "daemon off;"',
  "apachectl -D FOREGROUND",
  "docker compose -f docker-compose.yml up",
  "bundle exec puma -C config/puma.rb",
  "journalctl -fu app",
])("a server in the foreground: %s", (line) => {
  expect(foundIn(`#!/bin/bash\nset -e\n${line}\nexit 0\n`)).toEqual(["3 foreground"]);
});

it.each([
  "node migrate.js",
  "node index.js",
  "node server.js migrate",
  "node scripts/migrate-app.js",
  "node server.js >/var/log/app.log 2>&1 </dev/null &",
  "npm ci",
  "npm run build",
  "npm run start-docker-image-build",
  "npm start\npm2 save",
  "pm2 start npm -- start",
  "systemctl start app",
  "echo npm start",
  "echo 'then: npm start; tail -f log'",
  "java -jar flyway.jar migrate",
  "java -jar db-migration.jar",
  "java -version",
  "gunicorn --daemon app:app",
  "gunicorn -D app:app",
  "gunicorn -c conf.py app:app",
  "docker compose up -d",
  "docker compose --detach -f $compose up",
  "docker compose up --detach --wait",
  "docker compose exec app up",
  "tail -n 5 log",
  "tail -f log | grep -m 1 started",
  "timeout 30 tail -f log",
  "nginx -s reload",
  "nginx",
  "python3 app.py --init-db",
  "rails server -d",
  "start() {\n  node server.js\n}\nstart >log 2>&1 </dev/null &",
  "(\n  cd /opt/app\n  node server.js\n) >log 2>&1 </dev/null &",
  "cat >/etc/systemd/system/app.service <<END\n[Service]\nExecStart=/usr/bin/npm start\nEND",
  "printf '%s\\n' 'first\nnpm start\n' >run.sh",
  '[ -n "$DEBUG" ] && echo debug\nif [ -n "$DEBUG" ]; then\n  tail -f log\nfi',
  "su - app -c 'npm start' >log 2>&1 </dev/null &",
])("nothing is said of %s", (lines) => {
  expect(foundIn(`#!/bin/sh\n${lines}\n`)).toEqual([]);
});
