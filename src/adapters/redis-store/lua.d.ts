/** A Lua file is its text, where wrangler bundles it. */
declare module '*.lua' {
  const text: string;
  export default text;
}
