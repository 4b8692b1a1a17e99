/** The tables of settings, made of their schemas: compared with what stands there, or written with `--write`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { localIvsEnvironmentSchema } from '../src/local-ivs/settings.ts';
import { laptopEnvironmentSchema, localIvsNotes } from '../src/runtimes/laptop/settings.ts';
import { environmentSchema } from '../src/settings.ts';

const begin = '<!-- settings:begin -->';
const end = '<!-- settings:end -->';

/** What `withNotes()` keeps beside a schema. */
const notesSchema = z.object({
  description: z.string(),
  unit: z.string().optional(),
  defaultText: z.string().optional(),
  consequence: z.string().default(''),
});
type Notes = z.output<typeof notesSchema>;

const { NODE_ENV, LOCAL_IVS } = laptopEnvironmentSchema.shape;
const settings = { NODE_ENV, ...environmentSchema.shape, LOCAL_IVS, ...localIvsEnvironmentSchema.shape };
const header = [
  '| Setting | Meaning, unit and bounds | Default | When, and what follows |',
  '| --- | --- | --- | --- |',
];

refresh('docs/settings.md', settings, localIvsNotes);
refresh('src/local-ivs/README.md', localIvsEnvironmentSchema.shape);

/** `others` are the notes that differ from those of the schemas. */
function refresh(file: string, shape: Readonly<Record<string, z.ZodType>>, others: typeof localIvsNotes = {}): void {
  const rows = Object.entries(shape).map(([name, schema]) =>
    toRow(name, schema, notesSchema.parse({ ...schema.meta(), ...others[name] })),
  );
  const table = [begin, '', ...header, ...rows, '', end].join('\n');
  const readme = readFileSync(file, 'utf8');
  const [from, to] = [readme.indexOf(begin), readme.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${file} has no "${begin}" with an "${end}" behind it`);
  const refreshed = readme.slice(0, from) + table + readme.slice(to + end.length);
  if (process.argv.includes('--write')) writeFileSync(file, refreshed);
  else if (refreshed !== readme) {
    console.error(`The settings in ${file} are not those of the schemas. Refresh them: npm run docs`);
    process.exitCode = 1;
  }
}

function toRow(name: string, schema: z.ZodType, notes: Notes): string {
  return `| \`${name}\` | ${notes.description}${toBounds(schema, notes)} | ${toDefault(schema, notes)} | ${notes.consequence} |`;
}

/** What the setting may be once it is read. */
function toBounds(schema: z.ZodType, { unit }: Notes): string {
  const { type, minimum, maximum, minLength = 0, enum: choices, items } = z.toJSONSchema(schema);
  if (type === 'integer') return `${unit === undefined ? '' : `, ${unit}`}, ${minimum} to ${maximum}`;
  if (choices !== undefined) return `: ${toList(choices)}`;
  if (type === 'array' && typeof items === 'object' && 'enum' in items) return `: ${toList(items.enum ?? [])}`;
  return minLength > 1 ? `, at least ${minLength} characters` : '';
}

/** As it stands in the environment, where that is not what becomes of it. */
function toDefault(schema: z.ZodType, { defaultText }: Notes): string {
  if (defaultText !== undefined) return defaultText;
  const value = z.toJSONSchema(schema).default ?? z.toJSONSchema(schema, { io: 'input' }).default;
  return value === undefined ? 'none' : `\`${value}\``;
}

function toList(choices: readonly unknown[]): string {
  const quoted = choices.map((choice) => `\`${choice}\``);
  return quoted.length === 1 ? quoted.join('') : `${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1)}`;
}
