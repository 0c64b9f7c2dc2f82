/** What operating systems, shells and run-times say of what went wrong, whichever program prints it. */
const SAID_BY_SYSTEM = new RegExp(
  [
    "permission denied",
    "operation not permitted",
    "access denied",
    "no such file or directory",
    "file exists",
    "not a directory",
    "is a directory",
    "no space left on device",
    "disk quota exceeded",
    "read-only file system",
    "text file busy",
    "device or resource busy",
    "too many open files",
    "argument list too long",
    "exec format error",
    "bad interpreter",
    "cannot execute",
    "command not found",
    ": not found$",
    "unbound variable",
    "unexpected token",
    "syntax error",
    "cannot allocate memory",
    "out of memory",
    "heap out of memory",
    "oom-?kill",
    "outofmemoryerror",
    "segmentation fault",
    "core dumped",
    "bus error",
    "illegal instruction",
    "connection refused",
    "connection reset",
    "connection timed out",
    "connection closed",
    "network is unreachable",
    "no route to host",
    "host is unreachable",
    "could not resolve",
    "name or service not known",
    "temporary failure in name resolution",
    "address already in use",
    "broken pipe",
    "certificate (?:has expired|verify failed|is not trusted)",
    "authentication failed",
    "unauthorized",
    "forbidden",
    "timed? ?out",
    "deadline exceeded",
    "unknown host",
    "unable to locate package",
    "could not get lock",
    "missing script:",
    "E(?:ACCES|ADDRINUSE|CONNREFUSED|CONNRESET|EXIST|ISDIR|MFILE|NOENT|NOSPC|NOTDIR|NOTFOUND|PERM|PIPE|ROFS|TIMEDOUT|AI_AGAIN|BADENGINE|INTEGRITY|RESOLVE)\\b",
    "unit \\S+ (?:not found|could not be found|is masked)",
    "exited, code=(?:killed|dumped)",
    "\\bkilled\\b",
  ].join("|"),
  "i",
);

/** `ValueError: …`, `java.net.ConnectException`, `Caused by: …`, `Uncaught TypeError …`, and what else begins with its kind. */
const EXCEPTION =
  /^\s*(?:Caused by: |Uncaught |Unhandled |Exception in thread "[^"]{0,100}" |thread '[^']{0,100}' panicked|panic: |runtime error: |PHP (?:Fatal|Parse) error|(?:[\w$]+[.:\\]{1,2}){0,12}[A-Za-z]\w{0,60}(?:Error|Exception|Fault|Failure)(?: \[\w+\])?(?::|$|\())/;

const ERROR_WORD =
  /\b(?:errors?|err!|fatal|fail(?:ed|s|ure|ures|ing)?|panic(?:ked)?|exception|abort(?:ed|ing)?|cannot|can't|could ?n[o']t|unable to|invalid|refused|denied|rejected|unhealthy|crash(?:ed)?|traceback|terminated by signal|assertion|missing|unsupported|unrecognized|undefined|corrupt(?:ed)?|mismatch)\b/i;

/** `0 errors`, `failed=0`, `no errors`, `error.log`, `error_page`, `--on-error`, and what repeats a line of code: nothing went wrong. */
const NOT_MEANT =
  /\b(?:no|0|zero|without|any) (?:errors?|failures?|failed|missing)\b|\b(?:errors?|failed|failures?|unreachable|missing|rejected)"?\s{0,3}[:=]\s{0,3}"?(?:0|none|null|false)\b|\b(?:errors?|failed|failure|fail|missing|exception)[._/-]\w|[\w/-][._/-](?:errors?|fail|failed|failure|missing|exception)\b(?!:)|\bif .{0,60}\bfails?\b|\bon (?:error|failure)\b/gi;

/** What is printed because something else failed: of two lines, the other one is the cause. */
const CONSEQUENCE = new RegExp(
  [
    "exit(?:ed)? (?:with )?(?:status|code|value)",
    "exit status:? \\d",
    "exited with",
    "non-?zero",
    "returned an? error(?: code)?",
    "returned (?:exit )?(?:code|status)",
    "code=exited",
    "failed with result",
    "process exited, code",
    "failed because the control process",
    "failed to start (?!server\\b)",
    "\\btest failed$",
    "due to previous errors",
    "^aborted(?: \\(core dumped\\))?$",
    "^(?:exit|signal): ",
    "^\\[signal SIG",
    "^(?:g?make|ninja)(?:\\[\\d+\\])?: ",
    "npm (?:ERR!|error)(?:\\s*$| (?:errno|code|syscall|path|command|cwd|signal|dest|file|workspace|location|lifecycle|code ELIFECYCLE|failed at the|this is probably|this is related|a complete log|\\s|\\S{1,80}(?: \\S{1,80})?: `|\\{|\\}|exit status|network this is|network 'proxy'))",
    "command failed",
    "returned non-zero",
    "^Traceback \\(most recent call last\\)",
    "^(?:error: )?(?:deployment|deploy|installation|install|build|script|hook|job|task|step|upgrade|migration) (?:has )?(?:failed|aborted)[.!]?$",
    "^\\s*(?:aborting|aborted|giving up|failed|error|failure|fatal|rolling back|stopping|exiting)[.! ]{0,3}$",
    "errors were encountered while processing",
    "sub-process \\S+ returned",
    "dependency failed for",
    "error processing package",
    "after \\d+ (?:attempts|tries|retries)[.!]?$",
  ].join("|"),
  "i",
);

/** Frames of stacks, and where more can be read: they lead to an error and do not say it. */
const FRAME =
  /^\s+at\s|^\s+File "|^\s*\.\.\. \d+ (?:more|common frames)|^\s*\^+\s*$|^\s+~+|^goroutine \d|^\t\S+\.go:\d|^\s+\d+: 0x|^Node\.js v\d|^see (?:also |the )?["'`]?(?:systemctl|journalctl|logs?|docker)/i;

/** What `set -x` shows before a command runs. */
const XTRACE = /^\++ /;

/** It says what went wrong, and not merely that something did. */
export function isCause(text: string): boolean {
  if (text === "" || isTrace(text) || FRAME.test(text) || isConsequence(text)) return false;
  if (EXCEPTION.test(text)) return true;
  const meant = text.replace(NOT_MEANT, " ");
  return SAID_BY_SYSTEM.test(meant) || ERROR_WORD.test(meant);
}

export function isConsequence(text: string): boolean {
  return !isTrace(text) && CONSEQUENCE.test(text.trimEnd());
}

/** A frame of a stack. */
export function isFrame(text: string): boolean {
  return FRAME.test(text);
}

/** A command that a shell shows before it runs it. */
export function isTrace(text: string): boolean {
  return XTRACE.test(text);
}
