/** Lists of the API, item by item: those that come in pages, and those that come as lines. */

interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
}

/** Every item of a list; a page is asked for when the one before is used up. */
export async function* readPages<Item>(
  load: (place: { readonly cursor?: string }) => Promise<Page<Item>>,
): AsyncGenerator<Item, void, void> {
  let page = await load({});
  yield* page.items;
  while (page.nextCursor !== null) {
    page = await load({ cursor: page.nextCursor });
    yield* page.items;
  }
}

/** Every line of an answer, as JSON. Throws when the answer breaks off. */
export async function* readLines<Item>(
  answer: Promise<{ readonly data?: ReadableStream<Uint8Array> | null }>,
): AsyncGenerator<Item, void, void> {
  const { data } = await answer;
  if (!data) return;
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of data) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield JSON.parse(line);
  }
  if (rest !== '') throw new TypeError('The answer broke off within a line');
}

/** A body of lines. */
export function toLines(items: readonly unknown[]): string {
  return items.map((item) => `${JSON.stringify(item)}\n`).join('');
}
