/** Ports whose methods are replaced by others of the same form. */

type Method = (...args: readonly unknown[]) => unknown;

/** The same port, each of its methods replaced by what `replace` makes of it. `operation` is its path, such as `issuance.load`. Every port is an object of methods, or of concerns that are such objects. */
export function mapMethods<Port extends object>(
  port: Port,
  replace: (method: Method, operation: string) => Method,
  path = '',
): Port {
  const members = Object.entries(port).map(([name, member]) => {
    const at = `${path}${name}`;
    return [name, typeof member === 'function' ? replace(member, at) : mapMethods(member, replace, `${at}.`)];
  });
  // Each member has the type that it had.
  return Object.fromEntries(members) as Port;
}
