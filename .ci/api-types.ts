/** The types of the API, made of its OpenAPI document: compared with what stands in `src/api-client`, or written with `--write`. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApiDescription } from '../src/app.ts';

const file = 'src/api-client/openapi.ts';
// With a TypeScript of its own: it calls the compiler in ways that the project's no longer knows.
const generator = '.ci/openapi-types/node_modules/.bin/openapi-typescript';

const made = mkdtempSync(join(tmpdir(), 'playgate-api-types-'));
try {
  const [description, types] = [join(made, 'openapi.json'), join(made, 'openapi.ts')];
  writeFileSync(description, JSON.stringify(createApiDescription()));
  // What has a default may be left out of a request.
  const options = ['--root-types', '--root-types-no-schema-prefix', '--default-non-nullable=false'];
  execFileSync(generator, [description, '--output', types, ...options]);
  const text = `/** The HTTP API as types, made of its OpenAPI document by \`npm run docs\`. */\n${readFileSync(types, 'utf8')}`;
  if (process.argv.includes('--write')) writeFileSync(file, text);
  else if (text !== readFileSync(file, 'utf8')) {
    console.error(`${file} does not say what the routes say. Make it anew: npm run docs`);
    process.exitCode = 1;
  }
} finally {
  rmSync(made, { recursive: true });
}
