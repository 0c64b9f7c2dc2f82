/** Why an asynchronous invocation is not run any more. */
export function deletedMeanwhile(functionName: string): string {
  return `the function ${functionName} was deleted before this invocation of it was run`;
}
