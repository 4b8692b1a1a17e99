/** What scripts answer as one flat list: two values in turns. */

/** The fields of a hash, which come as names and values. */
export function toFields(flat: readonly string[]): Record<string, string> {
  const fields: Record<string, string> = {};
  for (let index = 0; index < flat.length; index += 2) fields[String(flat[index])] = String(flat[index + 1]);
  return fields;
}

/** The rows of a list, which come as ids and values. */
export function toRows(flat: readonly unknown[]): { readonly id: string; readonly value: unknown }[] {
  const rows: { readonly id: string; readonly value: unknown }[] = [];
  for (let index = 0; index < flat.length; index += 2) rows.push({ id: String(flat[index]), value: flat[index + 1] });
  return rows;
}
