/** A request as a command of curl, for whoever wants to see it, or to keep it in a script. The key is a variable in it. */

/** One command, with quotes that a shell takes. */
export async function toCurl(request: Request): Promise<string> {
  const words = ['curl', '-sS'];
  if (request.method !== 'GET') words.push('-X', request.method);
  words.push(quote(request.url), '-H', '"Authorization: Bearer $PLAYGATE_API_KEY"');
  for (const [name, value] of request.headers)
    if (name !== 'authorization') words.push('-H', quote(`${name}: ${value}`));
  const body = await request.text();
  if (body !== '') words.push('--data-binary', quote(body));
  return words.join(' ');
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
