import { MAX_GITHUB_TOKENS } from "@sluice/model/limits.ts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { putGitHubToken } from "../../../store/github-tokens.ts";
import { putGitHubToken as put } from "../../sluice/keys/put-git-hub-token.ts";
import { type TestCodeDeploy, testCodeDeploy } from "../codedeploy.fixture.ts";

const SECRET = "ghp_0123456789abcdefghijklmnopqrstuvwxyz";

let codeDeploy: TestCodeDeploy;
beforeEach(async () => {
  codeDeploy = await testCodeDeploy();
});
afterEach(() => codeDeploy.close());

function store(tokenName: string, more: { secret?: string; repositories?: readonly string[] } = {}) {
  return put({ tokenName, secret: SECRET, ...more }, codeDeploy.context);
}

describe("GitHub tokens", () => {
  it("are listed by name, and deleted", async () => {
    await store("nightly");
    const { token } = await store("ci", { repositories: ["acme/shop", "acme/*", "acme/shop"] });
    expect(token).toMatchObject({ tokenName: "ci", repositories: ["acme/shop", "acme/*"] });
    expect(await codeDeploy.call("ListGitHubAccountTokenNames", {})).toEqual({ tokenNameList: ["ci", "nightly"] });
    expect(await codeDeploy.call("DeleteGitHubAccountToken", { tokenName: "ci" })).toEqual({ tokenName: "ci" });
    expect(await codeDeploy.call("ListGitHubAccountTokenNames", {})).toEqual({ tokenNameList: ["nightly"] });
  });

  it.each([
    ["no secret", { secret: "" }, /secret is missing/],
    ["a secret of two words", { secret: "hush hush" }, /secret is no token of GitHub/],
    ["a repository by its URL", { repositories: ["https://github.com/acme/shop"] }, /write OWNER\/NAME/],
  ])("refuse %s, and repeat no secret", async (_what, more, message) => {
    const error = await store("ci", more).catch((refused: Error) => refused);
    expect(error).toMatchObject({ code: "ValidationException", message: expect.stringMatching(message) });
    expect((error as Error).message).not.toContain("hush");
  });

  it("are at most 25; one that there is may be replaced all the same", async () => {
    await codeDeploy.context.store.write(async (transaction) => {
      for (let number = 0; number < MAX_GITHUB_TOKENS; number++) {
        await putGitHubToken(transaction, { tokenName: `t${number}`, secret: SECRET, repositories: [], at: 0 });
      }
    });
    await expect(store("one-more")).rejects.toMatchObject({ message: expect.stringContaining("at most 25") });
    await expect(store("t7")).resolves.toMatchObject({ token: { tokenName: "t7" } });
  });
});
