/** Lambda's rules for what an AppSpec names (the patterns of FunctionName, Name of an alias, and Version in Lambda's API). */

const NAME = "[A-Za-z0-9_-]{1,64}";
const FUNCTION = new RegExp(`^((arn:aws[a-z-]*:lambda:[a-z0-9-]+:)?\\d{12}:function:)?(${NAME})$`);
const QUALIFIED = new RegExp(`^((arn:aws[a-z-]*:lambda:[a-z0-9-]+:)?\\d{12}:function:)?${NAME}:[A-Za-z0-9_$-]+$`);
const ALIAS = /^[A-Za-z0-9_-]{1,128}$/;
const DIGITS = /^\d+$/;
/** Lambda counts up from 1. No function has had so many that more digits are one. */
const VERSION = /^[1-9]\d{0,14}$/;

/** `charge` of `charge`, of `111122223333:function:charge` and of the function's whole ARN; undefined: it is none of them. */
export function functionNameOf(text: string): string | undefined {
  return FUNCTION.exec(text)?.at(-1);
}

/** A function with a version or an alias behind it. */
export function isQualifiedFunction(text: string): boolean {
  return QUALIFIED.test(text);
}

/** An alias of digits only would be taken for a version. */
export function isAliasName(text: string): boolean {
  return ALIAS.test(text) && !DIGITS.test(text);
}

export function isPublishedVersion(text: string): boolean {
  return VERSION.test(text);
}
