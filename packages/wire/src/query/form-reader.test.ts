import { describe, expect, it } from "vitest";
import { boolean, double, integer, list, long, map, string, structure, timestamp } from "../shapes/shape.ts";
import { FormMismatch, readForm } from "./form-reader.ts";

const tag = structure({ Key: string, Value: string });
const SHAPE = structure({
  Name: string,
  Count: integer,
  Size: long,
  Weight: double,
  IsOn: boolean,
  At: timestamp,
  Names: list(string),
  Tags: list(tag),
  Attributes: map(string),
  Inner: structure({ Tags: list(tag) }),
});

const read = (form: string) => readForm(SHAPE, new URLSearchParams(form));

it.each([
  ["nothing", "", {}],
  ["scalars", "Name=a&Count=-3&Weight=0.5&IsOn=true", { Name: "a", Count: -3, Weight: 0.5, IsOn: true }],
  ["a long number", "Size=9007199254740991", { Size: 9_007_199_254_740_991 }],
  ["a time", "At=2026-11-29T12:00:00Z", { At: new Date("2026-11-29T12:00:00Z") }],
  ["a time in seconds", "At=1.5", { At: new Date(1500) }],
  ["empty text", "Name=", { Name: "" }],
  ["a list", "Names.member.1=a&Names.member.2=b", { Names: ["a", "b"] }],
  [
    "a list by its numbers, not by its order",
    "Names.member.10=c&Names.member.2=b&Names.member.1=a",
    { Names: ["a", "b", "c"] },
  ],
  ["an empty list", "Names=", { Names: [] }],
  [
    "structures in a list",
    "Tags.member.1.Key=a&Tags.member.1.Value=b&Tags.member.2.Key=c",
    { Tags: [{ Key: "a", Value: "b" }, { Key: "c" }] },
  ],
  [
    "a map",
    "Attributes.entry.1.key=a&Attributes.entry.1.value=b&Attributes.entry.2.key=__proto__&Attributes.entry.2.value=c",
    {
      Attributes: Object.fromEntries([
        ["a", "b"],
        ["__proto__", "c"],
      ]),
    },
  ],
  ["an empty map", "Attributes=", { Attributes: {} }],
  ["a list in a structure", "Inner.Tags.member.1.Key=a", { Inner: { Tags: [{ Key: "a" }] } }],
  [
    "and drops what it does not know",
    "Action=x&Other.member.1=a&Tags.member.1.Key=a&Tags.member.1.Foreign=b",
    {
      Tags: [{ Key: "a" }],
    },
  ],
])("reads %s", (_what, form, value) => {
  expect(read(form)).toEqual(value);
});

describe("refuses, by the parameter's name,", () => {
  it.each([
    ["Count=1.5", 'Count: expected Integer, got "1.5"'],
    ["Count=2147483648", 'Count: expected Integer, got "2147483648"'],
    ["Size=9007199254740992", 'Size: expected Long, got "9007199254740992"'],
    ["Weight=NaN", 'Weight: expected Double, got "NaN"'],
    ["IsOn=yes", 'IsOn: expected Boolean, got "yes"'],
    ["At=soon", 'At: expected Timestamp, got "soon"'],
    ["Name=%00", 'Name: expected String, got "\0"'],
    ["Name=a&Name=b", "Name: it is given more than once: give it once"],
    ["Name.member.1=a", "Name: expected String, got a structure"],
    ["Names=a", 'Names: expected List, got "a"'],
    ["Names.1=a", "Names.1: expected Names.member.1"],
    ["Names.member=a", 'Names.member: expected a number, got "a"'],
    ["Names.member.x=a", "Names.member.x: expected a number"],
    ["Names.member.1=a&Names.member.01=b", "Names.member.01: expected a number"],
    ["Tags.member.1=a", 'Tags.member.1: expected Structure, got "a"'],
    ["Attributes.entry.1.key=a", "Attributes.entry.1: an entry has a key and a value"],
    ["Attributes.member.1=a", "Attributes.member: expected Attributes.entry.1"],
    ["Inner=a", 'Inner: expected Structure, got "a"'],
  ])("%s", (form, message) => {
    expect(() => read(form)).toThrow(FormMismatch);
    expect(() => read(form)).toThrow(expect.objectContaining({ message }));
  });

  it("and says little of a long one", () => {
    const error = (() => {
      try {
        return read(`Names.member.${"x".repeat(60_000)}=a`);
      } catch (reason) {
        return reason as Error;
      }
    })();
    expect((error as Error).message.length).toBeLessThan(400);
  });
});

it("takes a name of many parts for what it is: not a parameter of ours, or one that is refused", () => {
  expect(read(`Foreign${".a".repeat(30_000)}=b`)).toEqual({});
  expect(() => read(`Name${".a".repeat(30_000)}=b`)).toThrow(FormMismatch);
});
