import { expect, it } from "vitest";
import { historySearch } from "./history-search.ts";
import { isFiltered, searchInput } from "./search-input.ts";

it("asks for what the URL says, and for nothing else", () => {
  const search = historySearch({
    status: ["Failed", "Stopped"],
    application: "web",
    after: "2026-11-30T02:00:00.000Z",
  });
  expect(searchInput(search, 0)).toEqual({
    applicationName: "web",
    statuses: ["Failed", "Stopped"],
    createdAfter: new Date("2026-11-30T02:00:00Z"),
  });
  expect(isFiltered(search)).toBe(true);
  expect(searchInput(historySearch({}), 0)).toEqual({});
});

it("counts a range back from now, and passes over a date that is none", () => {
  expect(searchInput(historySearch({ range: "1h", before: "2026-01-01" }), 7_200_000)).toEqual({
    createdAfter: new Date(3_600_000),
  });
  expect(searchInput(historySearch({ after: "yesterday", range: "3y" }), 0)).toEqual({});
});
