import { describe, expect, it } from "vitest";
import { AppSpecError } from "./app-spec-error.ts";
import { parseAppSpec } from "./app-spec-parser.ts";
import { findUnknownLifecycleEvents, hookScripts } from "./hook-scripts.ts";
import { filePaths, permissionRule } from "./install-values.ts";
import { MAX_APP_SPEC_DEPTH } from "./yaml-document.ts";
import { MAX_APP_SPEC_BYTES } from "./yaml-text.ts";

const HEAD = "version: 0.0\nos: linux\n";

function errorOf(text: string | Uint8Array, options?: Parameters<typeof parseAppSpec>[1]): AppSpecError {
  try {
    parseAppSpec(text, options);
  } catch (error) {
    if (error instanceof AppSpecError) return error;
    throw error;
  }
  throw new Error("the file was accepted");
}

describe("parseAppSpec", () => {
  it("accepts either operating system unless the host's is given", () => {
    expect(parseAppSpec("version: 0.0\nos: windows\n").os).toBe("windows");
    expect(errorOf("version: 0.0\nos: windows\n", { os: "linux" }).message).toContain("(windows)");
  });

  it("names the line of a YAML fault", () => {
    expect(errorOf(`${HEAD}files:\n  - source: c:\\a: b\n`).line).toBe(4);
    expect(errorOf(Uint8Array.of(0x61, 0x0a, 0xe9, 0x0a)).line).toBe(2);
    expect(errorOf(`${HEAD}x: *y\n`)).toMatchObject({ line: 3, message: expect.stringContaining("repeat the value") });
  });

  it.each([
    ["comments before the key", `${HEAD}# one\n# two\n files:\n  - source: /\n`, 5],
    ["no comments before the key", `${HEAD} files:\n  - source: /\n`, 3],
    ["blank lines before the key", `${HEAD}\n\n files:\n  - source: /\n`, 5],
    ["a comment, a blank line and text before the key", `${HEAD}# c\n\n  foo\n  bar: x\n`, 5],
    ["a comment before an entry", `${HEAD}files:\n  - source: /\n    destination: /x\n # c\n - source: a\n`, 7],
    ["a comment before a member", `${HEAD}files:\n  - source: /\n   # c\n   destination: /x\n`, 6],
    ["a comment before a list", `${HEAD}# c\n- a\n`, 4],
    ["a quote that is never closed", 'version: 0.0\nos: "linux\n# c\nfiles:\n', 2],
    ["a key without its colon", `${HEAD}# c\nfiles\nhooks:\n`, 4],
  ])("names the line of what is wrong, not one before or behind it: %s", (_, text, line) => {
    expect(errorOf(text)).toMatchObject({ line, message: expect.stringContaining(`at line ${line}: `) });
  });

  it("knows the line of a fault that is none of YAML", () => {
    expect(errorOf("version: 0.0\n# c\nos: linuks\n").line).toBe(3);
    expect(errorOf(`${HEAD}hooks:\n  # c\n  AfterInstall:\n    - location: a\n    - timeout: 3\n`).line).toBe(7);
    expect(errorOf(`${HEAD}files:\n  - source: a\n    destination: b\n  - source: c\n`).line).toBe(6);
    expect(errorOf(`${HEAD}permissions:\n  - object: /a\n  - owner: b\n`).line).toBe(5);
    expect(errorOf("os: linux\n").line).toBeNull();
  });

  it("names the field and the value where the reference crashes", () => {
    expect(errorOf(`${HEAD}hooks:\n  AfterInstall:\n    - a.sh\n`).message).toContain('hooks.AfterInstall[0]: "a.sh"');
    expect(errorOf(`${HEAD}hooks:\n  A:\n    - {location: a, timeout: .inf}\n`).message).toContain("timeout: Infinity");
  });

  it("refuses large, deep and self-multiplying files", () => {
    expect(errorOf("#".repeat(MAX_APP_SPEC_BYTES + 1)).message).toContain(String(MAX_APP_SPEC_BYTES));
    const nested = (depth: number) => `${HEAD}x: ${"[".repeat(depth)}${"]".repeat(depth)}\n`;
    expect(parseAppSpec(nested(MAX_APP_SPEC_DEPTH - 1)).os).toBe("linux");
    expect(errorOf(nested(MAX_APP_SPEC_DEPTH + 1)).message).toContain("nested more than");
    expect(errorOf(`${HEAD}x: &a [b, b]\ny: &c [*a, *a]\nz: [*c, *c]\n`).message).toContain("alias");
  });

  it("lets brackets and quotes go on at the margin", () => {
    const text = `${HEAD}files: [{\nsource: "a\nb", # [\n\tdestination: 'c\n\n  d'\n}\n]\n`;
    expect(parseAppSpec(text).files).toEqual([{ source: "a b", destination: "c\nd" }]);
    expect(errorOf(`${HEAD}x: [a\n`)).toBeInstanceOf(AppSpecError);
    expect(errorOf(`${HEAD}x: 'a\n---\nb'\n`)).toBeInstanceOf(AppSpecError);
  });

  it("refuses tabs where indentation decides", () => {
    expect(errorOf(`${HEAD}files:\n  - source: a\n    destination: b\n\t\nx: y\n`).line).toBe(6);
    expect(errorOf(`${HEAD}files:\n  -\tsource: a\n`).line).toBe(4);
    expect(errorOf(`${HEAD}x:\n  - \ta\n`).line).toBe(4);
    expect(parseAppSpec(`version:\t0.0\t# a\nos: linux\t\nx: a\n  \tb\n`).os).toBe("linux");
  });

  it("merges with the last word winning", () => {
    const hooks = `${HEAD}hooks:\n  A:\n    - location: a\n      <<: [{location: b, timeout: 5}, {location: c, runas: d}]\n`;
    expect(hookScripts(parseAppSpec(hooks), "A")).toEqual([
      { location: "b", timeoutSeconds: 5, runas: "d", sudo: false },
    ]);
  });

  it.each([
    ["files:\n  - source: /a\n    destination: ~/x\n", 5, "~/x for files[0].destination", "/home/USER/x"],
    [
      "files:\n  - source: /a\n    destination: /b\n  - destination: '~web/x/y'\n    source: b\n",
      6,
      "~web/x/y for files[1].destination",
      "/home/web/x/y",
    ],
    ['permissions:\n  - mode: 644\n    object: "~web"\n', 5, "~web for permissions[0].object", "/home/web,"],
  ])("refuses a home directory that a shell would have to name: %j", (section, line, words, cure) => {
    const error = errorOf(HEAD + section);
    expect(error).toMatchObject({ line, message: expect.stringContaining(words) });
    expect(error.message).toContain(`Write the whole path, such as ${cure}`);
    expect(parseAppSpec(HEAD + section, { isInstalled: true }).os).toBe("linux");
  });

  it("takes a tilde anywhere else as it is", () => {
    const files = "files:\n  - {source: ~a, destination: /b/~c}\n";
    expect(parseAppSpec(HEAD + files).files).toEqual([{ source: "~a", destination: "/b/~c" }]);
  });

  it("refuses hooks for events that the deployment does not have", () => {
    const text = `${HEAD}hooks:\n  AfterInstal:\n    - location: a\n  AfterInstall:\n    - location: b\n`;
    const lifecycleEvents = ["BeforeInstall", "AfterInstall"];
    expect(errorOf(text, { lifecycleEvents }).message).toBe(
      'appspec.yml file contains unknown lifecycle events: ["AfterInstal"]',
    );
    expect(findUnknownLifecycleEvents(parseAppSpec(text), lifecycleEvents)).toEqual(["AfterInstal"]);
  });
});

describe("hookScripts", () => {
  it("finds nothing under the names of built-in members", () => {
    const appSpec = parseAppSpec(`${HEAD}hooks:\n  __proto__:\n    - location: a\n`);
    expect(hookScripts(appSpec, "__proto__")).toHaveLength(1);
    expect(hookScripts(appSpec, "constructor")).toEqual([]);
  });
});

describe("values for Install", () => {
  it("are refused when YAML did not read them as text", () => {
    const { files } = parseAppSpec(
      `${HEAD}files:\n  - {source: [a, b], destination: /c}\n  - {source: no, destination: /c}\n`,
    );
    expect(files.slice(0, 1).map(filePaths)).toEqual([{ source: "a/b", destination: "/c" }]);
    expect(() => files.map(filePaths)).toThrow("false. Put it in quotes");
  });

  it("keep what is text, and name the permission that is not", () => {
    const { permissions } = parseAppSpec(
      `${HEAD}permissions:\n  - {object: /a, owner: b, mode: 755}\n  - {object: /b, group: 0100}\n`,
    );
    expect(permissions.slice(0, 1).map(permissionRule)).toMatchObject([{ owner: "b", mode: { value: 0o755 } }]);
    expect(() => permissions.map(permissionRule)).toThrow("group in the permission for /b");
  });
});
