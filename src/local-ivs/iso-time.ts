/** How the API writes a moment. */

/** Unix milliseconds as ISO 8601 in UTC, to the second, as IVS answers times: `2020-11-12T21:00:17Z`. */
export function toIsoTime(unixMs: number): string {
  return new Date(unixMs).toISOString().replace(/\.\d+Z$/, 'Z');
}
