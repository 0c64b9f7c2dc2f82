/** How messages name a host: `NAME (id)`, or the name alone where it is the id. */
export function hostLabel(name: string, id: string): string {
  return name === id ? name : `${name} (${id})`;
}
