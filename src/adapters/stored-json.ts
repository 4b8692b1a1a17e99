/** Records as the stores keep them: JSON that this service wrote. */

/** The record in a column or a key; undefined when there is none. Its type is the writer's promise. */
export function parseStored<T>(json: unknown): T | undefined {
  return typeof json === 'string' ? (JSON.parse(json) as T) : undefined;
}
