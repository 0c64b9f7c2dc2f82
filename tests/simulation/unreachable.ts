/** A part of the outside that does not answer: what the server is to live with, and says that it does. */
export class Unreachable extends Error {}
