import { expect, it } from "vitest";
import type { Command } from "../commands.ts";
import { bestMatches, matchScore } from "./match.ts";

const command = (title: string, more: Partial<Command> = {}): Command => ({
  id: title,
  title,
  section: "Groups",
  run: () => {},
  ...more,
});

it("wants every word, in the title or beside it", () => {
  const group = command("checkout / production", { keywords: ["Server"] });
  expect(matchScore(group, "prod check")).toBeGreaterThan(0);
  expect(matchScore(group, "checkout server")).toBeGreaterThan(0);
  expect(matchScore(group, "checkout staging")).toBe(0);
  expect(matchScore(group, "  ")).toBeGreaterThan(0);
});

it("puts beginnings before middles, and titles before what is beneath them", () => {
  const titles = (text: string) =>
    bestMatches(
      [
        command("research / api"),
        command("billing / web", { subtitle: "search" }),
        command("shop / search"),
        command("search / api"),
      ],
      text,
      3,
    ).map(({ title }) => title);
  expect(titles("search")).toEqual(["search / api", "shop / search", "research / api"]);
});

it("finds a word that begins later than where it first occurs", () => {
  expect(matchScore(command("webby / web"), "web")).toBeGreaterThan(matchScore(command("cobweb"), "web"));
});
