/** Which part of the house may import which, and that no files import each other in a circle: checked against every import in `src/`. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

/** What every room of the domain stands on. */
const base = ['ids', 'errors', 'input', 'time', 'page', 'record-id', 'system', 'token-limits'];

/** The rooms of the domain, each with the others that it needs. What a room asks of the outside is its own `ports.ts`. */
const domainRooms: Readonly<Record<string, readonly string[]>> = {
  access: [],
  channels: [],
  policies: ['access'],
  keys: [],
  revocations: ['access', 'channels'],
  tokens: ['access', 'channels', 'policies', 'keys', 'revocations'],
};
const domain = Object.keys(domainRooms);

/** What every runtime puts together. */
const runtimeRooms = [...base, ...domain, 'ports', 'settings', 'config', 'services', 'app', 'http', 'adapters'];

/** What every room of the local IVS shares but the edge, which stands alone. What is in none of its rooms composes it. */
const localIvsWords = ['arn', 'clock', 'iso-time', 'random-id'].map((word) => `local-ivs/${word}`);

/** For each room (a folder of `src/`, a room within it that the table names, or a file): the rooms and the packages that it may import. */
const table: Readonly<Record<string, { rooms: readonly string[]; packages: readonly string[] }>> = {
  ids: { rooms: [], packages: ['zod', 'countries-list'] },
  errors: { rooms: [], packages: [] },
  time: { rooms: ['errors'], packages: ['zod'] },
  input: { rooms: ['errors'], packages: ['zod'] },
  page: { rooms: [], packages: [] },
  system: { rooms: [], packages: [] },
  'token-limits': { rooms: [], packages: ['zod'] },
  'record-id': { rooms: ['system'], packages: [] },
  ...Object.fromEntries(
    Object.entries(domainRooms).map(([room, others]) => [
      room,
      { rooms: [...base, ...others], packages: ['jose', 'zod'] },
    ]),
  ),
  ports: { rooms: domain, packages: [] },
  settings: { rooms: ['ids', 'access'], packages: ['zod'] },
  config: { rooms: [...base, ...domain, 'settings'], packages: ['zod'] },
  readiness: { rooms: ['system', 'keys'], packages: [] },
  services: { rooms: [...base, ...domain, 'ports', 'config', 'readiness'], packages: ['jose'] },
  http: { rooms: [...base, ...domain, 'services', 'readiness'], packages: ['hono', 'zod'] },
  app: { rooms: ['http'], packages: ['hono'] },
  adapters: {
    rooms: [...base, ...domain, 'ports', 'config'],
    packages: ['node:*', 'jose', 'ioredis', 'pino', '@aws-sdk/client-ivs', '@aws-sdk/client-secrets-manager'],
  },
  'runtimes/node': { rooms: runtimeRooms, packages: ['node:*', '@hono/node-server'] },
  'runtimes/workers': { rooms: runtimeRooms, packages: ['cloudflare:workers'] },
  'runtimes/laptop': { rooms: [...runtimeRooms, 'runtimes/node', 'local-ivs', 'demo'], packages: ['node:*', 'zod'] },
  demo: {
    rooms: [...base, ...domain, 'config', 'services', 'http', 'adapters'],
    packages: ['node:*', 'hono', '@hono/node-server', 'jose', 'zod'],
  },
  ...Object.fromEntries(localIvsWords.map((room) => [room, { rooms: [], packages: ['node:*'] }])),
  'local-ivs/edge': { rooms: [], packages: ['node:*', 'hono', '@hono/node-server', 'zod'] },
  'local-ivs/state': { rooms: localIvsWords, packages: ['node:*', 'zod'] },
  'local-ivs/api': { rooms: [...localIvsWords, 'local-ivs/state'], packages: ['node:*'] },
  'local-ivs/control': {
    rooms: [...localIvsWords, 'local-ivs/state', 'local-ivs/edge', 'local-ivs/api'],
    packages: ['hono', 'zod'],
  },
  'local-ivs': {
    rooms: [...localIvsWords, 'local-ivs/state', 'local-ivs/edge', 'local-ivs/api', 'local-ivs/control'],
    packages: ['node:*', '@hono/node-server', 'zod'],
  },
};

/** Packages that belong to one file, or to one folder of adapters. */
const owners: Readonly<Record<string, string>> = {
  ioredis: 'src/adapters/redis-store/',
  pino: 'src/adapters/pino-log.ts',
  '@aws-sdk/client-ivs': 'src/adapters/ivs/',
  '@aws-sdk/client-secrets-manager': 'src/adapters/secrets-manager-vault.ts',
};

const problems: string[] = [];
/** The files of `src/` that each file imports, types included. */
const imported = new Map<string, string[]>();

for (const file of listFiles('src')) {
  const room = toRoom(file);
  const rules = table[room];
  if (rules === undefined) {
    problems.push(`${file}: the room "${room}" is not in the import table`);
    continue;
  }
  imported.set(
    file,
    listImports(file)
      .filter((specifier) => specifier.startsWith('.'))
      .map((specifier) => normalize(join(dirname(file), specifier))),
  );
  for (const specifier of listImports(file)) {
    if (specifier.startsWith('.'))
      checkRoom(file, room, rules.rooms, toRoom(normalize(join(dirname(file), specifier))));
    else checkPackage(file, rules.packages, specifier);
  }
}

for (const file of imported.keys()) {
  const circle = findCircle(file, [file]);
  // Told once, by its first file.
  if (circle?.every((other) => file <= other)) problems.push(`a circle: ${circle.join(' -> ')}`);
}

for (const problem of problems) console.error(problem);
process.exit(problems.length === 0 ? 0 : 1);

function checkRoom(file: string, room: string, allowed: readonly string[], target: string): void {
  if (target !== room && !allowed.includes(target)) problems.push(`${file}: "${room}" must not import "${target}"`);
}

function checkPackage(file: string, allowed: readonly string[], specifier: string): void {
  const name = specifier.startsWith('node:') ? 'node:*' : toPackage(specifier);
  if (!allowed.includes(name)) problems.push(`${file}: must not import ${specifier}`);
  const owner = owners[name];
  if (owner !== undefined && !file.startsWith(owner)) problems.push(`${file}: only ${owner} imports ${name}`);
}

function toPackage(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

function toRoom(file: string): string {
  const [, room = '', inner] = file.replace(/\.(d\.)?ts$/, '').split('/');
  return `${room}/${inner}` in table ? `${room}/${inner}` : room;
}

function listImports(file: string): string[] {
  const source = readFileSync(file, 'utf8');
  const found = source.matchAll(
    /^\s*(?:import|export)\b[^'"`;]*?\bfrom\s+'([^']+)'|\bimport\(\s*'([^']+)'\s*\)|^import '([^']+)'/gm,
  );
  return [...found].map((match) => match[1] ?? match[2] ?? match[3] ?? '');
}

function listFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return listFiles(path);
    return path.endsWith('.ts') && !path.endsWith('.d.ts') ? [path] : [];
  });
}

/** The shortest way from the end of the path back to a file, if there is one. */
function findCircle(start: string, from: readonly string[]): readonly string[] | undefined {
  const seen = new Set<string>();
  let paths: (readonly string[])[] = [from];
  while (paths.length > 0) {
    const longer: (readonly string[])[] = [];
    for (const path of paths)
      for (const next of imported.get(path.at(-1) ?? '') ?? []) {
        if (next === start) return path;
        if (!seen.has(next)) longer.push([...path, next]);
        seen.add(next);
      }
    paths = longer;
  }
  return undefined;
}
