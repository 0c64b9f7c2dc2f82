import { expect, it } from "vitest";
import { isRepositoryPattern, repositoryMatch } from "./git-hub-repository.ts";

it.each([
  ["acme/shop", true],
  ["acme/*", true],
  ["Acme-Corp/shop.web_1", true],
  ["acme", false],
  ["acme/", false],
  ["*/*", false],
  ["acme/shop/x", false],
  ["acme/..", false],
  ["https://github.com/acme/shop", false],
])("%s names repositories: %s", (text, expected) => {
  expect(isRepositoryPattern(text)).toBe(expected);
});

it.each([
  ["acme/shop", "acme/shop", 2],
  ["Acme/Shop", "acme/shop", 2],
  ["acme/*", "acme/shop", 1],
  ["acme/*", "acme-corp/shop", 0],
  ["acme/sho", "acme/shop", 0],
] as const)("%s is for %s as closely as %d", (pattern, repository, expected) => {
  expect(repositoryMatch(pattern, repository)).toBe(expected);
});
