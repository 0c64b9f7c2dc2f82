const SEPARATORS = /&&|\|\||;/;
const QUOTED = /'([^']*)'|"((?:\\.|[^"\\])*)"/g;
/** Words before a command that change nothing of how long it takes. With `timeout` it ends. */
const BEFORE =
  /^(?:(?:[A-Za-z_]\w*=\S*|exec|nohup|(?:\S*\/)?env|time|command|bundle exec|npx|sudo(?: +(?:-[EHn]+|-u +\S+))*|setsid(?: +-w)?|nice(?: +-n +\S+)?) +)+/;
const ONE_OFF = /migrat|seed|flyway|liquibase|batch|setup|init|build|test|check|cli\b|tool/i;

/** Programs that run until they are stopped, by how they are called; `unless` says what makes them return. */
const SERVERS: readonly { readonly call: RegExp; readonly unless?: RegExp }[] = [
  { call: /^node(?:js)?(?: +-\S+)* +(?:\S*[/._-])?(?:server|app|www)(?:\.[cm]?[jt]s)?$/, unless: ONE_OFF },
  { call: /^python[\d.]*(?: +-\S+)* +(?:\S*[/._-])?(?:server|app)\.py$/, unless: ONE_OFF },
  { call: /^python[\d.]*(?: +-u)? +-m +(?:http\.server|SimpleHTTPServer|uvicorn|hypercorn|waitress)\b/ },
  {
    call: /^(?:python[\d.]*(?: +-u)? +-m +)?(?:flask +(?:\S+ +)*run|gunicorn|uvicorn|hypercorn|waitress-serve)\b/,
    // A configuration can make it a daemon.
    unless: /(?:^| )(?:-D|--daemon|-c|--config)\b|--version|--help/,
  },
  { call: /^python[\d.]*(?: +-u)? +\S*manage\.py +runserver\b/ },
  { call: /^(?:npm|pnpm|yarn)(?: +-\S+)*(?: +run)? +(?:start|serve|dev)(?: +--? *\S.*)?$/ },
  { call: /^(?:nodemon|http-server|next +start|nuxt +start|pm2-runtime)\b/ },
  { call: /^java\b(?: +-\S+)* +-jar +\S+\.[jw]ar(?: +-\S+)*$/, unless: ONE_OFF },
  { call: /^dotnet +\S+\.dll(?: +-\S+)*$/, unless: ONE_OFF },
  {
    call: /^(?:rails +(?:s|server)|puma|unicorn|rackup|sidekiq)\b/,
    unless: /(?:^| )(?:-[dD]|--daemon\w*)\b|--version|--help/,
  },
  { call: /^php +(?:-\S+ +)*-S +\S/ },
  { call: /^\S*php-fpm[\d.]*\b.* (?:-F|--nodaemonize)\b/ },
  { call: /^\S*nginx\b.*\bdaemon +off\b/ },
  { call: /^\S*(?:httpd|apache2|apachectl|apache2ctl)\b.* -D *FOREGROUND\b/ },
  { call: /^supervisord\b.* (?:-n|--nodaemon)\b/ },
  { call: /^\S*catalina\.sh +run\b/ },
  {
    call: /^docker(?:-| +)compose(?: +-\S+(?: +[^- ]\S*)?)* +up\b/,
    unless: / (?:-d|--detach|--wait|--no-start|--abort-on-container-(?:exit|failure)|--exit-code-from)\b/,
  },
  { call: /^tail +(?:\S+ +)*(?:-\w*[fF]\w*|--follow\S*)(?: |$)/, unless: /--pid/ },
  { call: /^journalctl +(?:\S+ +)*(?:-\w*f\w*|--follow)(?: |$)/ },
  { call: /^pm2 +logs?\b/, unless: /--nostream/ },
  { call: /^sleep +infinity$/ },
];

/**
 * Whether a command line, which does not go to the background, runs a program that is known to run until somebody stops it. What a name does not tell,
 * such as `node index.js`, is not said to be one.
 * @param script all of it: `npm start` ends where the program behind it is another one's to keep
 */
export function foregroundCommand(line: string, script: string): boolean {
  // Texts in quotes stay, and what separates commands does not separate in them.
  const bare = line.replaceAll(QUOTED, (_, one?: string, two?: string) =>
    (one ?? two ?? "").replaceAll(/[;&|<>#]/g, " "),
  );
  return bare.split(SEPARATORS).some((part) => {
    // A pipe's other end may end it.
    if (part.includes("|") || part.includes("`") || part.includes("$(")) return false;
    const words = part
      .replace(/(?:\s|^)#.*/, "")
      .replaceAll(/\s*\d?>{1,2}\s*&?\S+|\s*<\s*\S+/g, "")
      .trim()
      .replaceAll(/\s+/g, " ");
    const command = words.replace(BEFORE, "").replace(/^\/\S*\//, "");
    const server = SERVERS.find(({ call }) => call.test(command));
    if (server === undefined || server.unless?.test(command)) return false;
    return !(/^(?:npm|pnpm|yarn)\b/.test(command) && /\b(?:pm2|forever|systemctl)\b/.test(script));
  });
}
