/**
 * Writes docs/reference/errors.md from the catalogue of errors that `tests/compat/modelled-errors.test.ts` raises. `--check` writes nothing
 * and exits 1 when the committed page is not what would be written.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { COMMON_ERRORS } from "../tests/compat/modelled-errors/common-errors.ts";
import { RAISED_ERRORS, UNRAISED_ERRORS } from "../tests/compat/modelled-errors/index.ts";
import { EXAMPLE_IDS, withIds } from "../tests/compat/modelled-errors/modelled-error.ts";
import { readCommandLine } from "./command-line.ts";

const { values: options } = readCommandLine("npm run generate -- [--check]", {
  options: { check: { type: "boolean", default: false } },
});

const PAGE = fileURLToPath(new URL("../docs/reference/errors.md", import.meta.url));

const text = render();
if (!options.check) {
  writeFileSync(PAGE, text);
} else if (text !== readFileSync(PAGE, "utf8")) {
  console.error(
    'docs/reference/errors.md is not what the catalogue gives. Run "npm run generate" and commit the result.',
  );
  process.exitCode = 1;
}

function render(): string {
  return [
    ...introduction(),
    ...errorTable(),
    "",
    "## Errors that are never answered",
    "",
    ...table(
      ["error", "why"],
      UNRAISED_ERRORS.toSorted(byCode).map(({ code, reason }) => [`\`${code}\``, reason]),
    ),
    "",
    "## Errors of every operation",
    "",
    "They come before an operation reads its members, or from none of them. The services that Sluice serves beside CodeDeploy answer them too.",
    "",
    ...table(
      ["error", "status", "when", "message", "cure"],
      COMMON_ERRORS.map(({ code, status, when, message, cure }) => [
        `\`${code}\``,
        String(status),
        sentence(when),
        message,
        cure,
      ]),
    ),
    "",
  ].join("\n");
}

function introduction(): string[] {
  const codes = new Set(RAISED_ERRORS.map(({ code }) => code));
  return [
    '<!-- Made by scripts/generate-error-page.ts. Do not edit: run "npm run generate". -->',
    "",
    "# Errors",
    "",
    `CodeDeploy's model has ${codes.size + UNRAISED_ERRORS.length} errors. Sluice answers ${codes.size} of them, with HTTP status 400 and AWS's names, so that \`instanceof\` and \`except\` in clients work.`,
    "For each, this page has the operation of an example, when it comes, the message of that example word for word, and what to do. A test makes each of these requests through the AWS SDK for JavaScript and compares.",
    "",
    "A message says the cause first and then the cure; it begins with AWS's own sentence where that is known. Checks run in the order: required members, syntax, whether what is named exists, and what members say together.",
    "The first that fails is answered. Ids, names and numbers are those of the example.",
    "",
    "## Errors of CodeDeploy's operations",
    "",
  ];
}

function errorTable(): string[] {
  const rows = RAISED_ERRORS.toSorted(byCode).map(({ code, operation, when, message, cure }) => [
    `\`${code}\``,
    `\`${operation}\``,
    sentence(when),
    withIds(message, EXAMPLE_IDS),
    cure,
  ]);
  return table(["error", "operation", "when", "message", "cure"], rows);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.map(escapeCell).join(" | ")} |`;
  return [line(head), `|${"---|".repeat(head.length)}`, ...rows.map(line)];
}

/** What would end a cell or begin a tag is shown as it is. */
function escapeCell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("<", "&lt;").replaceAll("\n", " ");
}

function sentence(clause: string): string {
  return clause.charAt(0).toUpperCase() + clause.slice(1);
}

function byCode(a: { readonly code: string }, b: { readonly code: string }): number {
  return a.code < b.code ? -1 : a.code > b.code ? 1 : 0;
}
