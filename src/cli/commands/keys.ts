/** `playgate keys`: the key pairs that sign, and their rotation. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { toData } from '../../api-client/api-client.ts';
import type { RegionRotations, Rotation, RotationPlan } from '../../api-client/openapi.ts';
import type { Context, Io } from '../context.ts';
import { describeCommand, onService } from '../describe-command.ts';
import { toDistance } from '../duration.ts';
import { createProgress } from '../progress.ts';
import { UnwellError } from '../unwell-error.ts';
import { createPairCommands, createRotationCommands } from './key-changes.ts';

interface RotateOptions {
  readonly emergency?: boolean;
  readonly dryRun?: boolean;
  readonly wait: boolean;
}

/** A rotation's steps in their order, as people say them. */
const steps = {
  importing: 'IVS takes the new key pair',
  settling: "waiting until IVS's edges know it",
  retiring: 'the new one signs; the last tokens of the old one run out',
  deleting: 'the old one is deleted',
} as const;

type FinishedRotation = NonNullable<RegionRotations['lastRotation']>;

const lookEveryMs = 1000;

/** Creates the command, with those below it. */
export function createKeyCommands(io: Io): Command {
  const keys = describeCommand({
    usage: 'keys',
    description: 'List, make and rotate key pairs, and bring store, vault and IVS in line',
    examples: ['playgate keys list', 'playgate keys rotate us-west-2'],
  })
    .addCommand(createList(io), { isDefault: true })
    .addCommand(createShow(io))
    .addCommand(createCreate(io))
    .addCommand(createRotate(io))
    .addCommand(createReconcile(io));
  for (const command of [...createRotationCommands(io), ...createPairCommands(io)]) keys.addCommand(command);
  return keys;
}

function createList(io: Io): Command {
  return describeCommand({
    usage: 'list',
    description: 'List the key pairs, and what goes on with them',
    examples: ['playgate keys list'],
  }).action(
    onService(io, async ({ api, answer, output }) => {
      const found = await toData(api.GET('/v1/admin/keys'));
      answer(found, ({ items, regions }) => {
        output.table(
          ['Region', 'Key pair', 'State', 'Since', 'Name'],
          items.map(({ region, id, state, since, name }) => [region, id, state, toDistance(since, io.nowMs()), name]),
          'There is no key pair yet: playgate keys create <region>',
        );
        for (const { region, rotation } of regions)
          if (rotation) output.line(`\n${region}: ${toStep(rotation, io.nowMs())}`);
      });
    }),
  );
}

function createShow(io: Io): Command {
  return describeCommand({
    usage: 'show <id>',
    description: 'Show a key pair, never its private half',
    examples: ['playgate keys show key_019aa25b6c80d1e2f3a4b5c6'],
  }).action(
    onService(io, async ({ api, answer, output }, _: unknown, id: string) => {
      const found = await toData(api.GET('/v1/admin/keys/{id}', { params: { path: { id } } }));
      answer(found, () => output.table(['Of', id], Object.entries(found), ''));
    }),
  );
}

function createCreate(io: Io): Command {
  return describeCommand({
    usage: 'create <region>',
    description: 'Make a key pair; the first of a region signs at once',
    examples: ['playgate keys create us-west-2'],
  }).action(
    onService(io, async ({ api, answer, output }, _: unknown, region: string) => {
      const made = await toData(api.POST('/v1/admin/keys', { body: { region } }));
      answer(made, ({ id, state }) => output.line(`${id} is ${state}.`));
    }),
  );
}

function createRotate(io: Io): Command {
  return describeCommand({
    usage: 'rotate <region>',
    description: 'Replace the key pair that signs, without a refused token, and show each step',
    examples: ['playgate keys rotate us-west-2 --dry-run', 'playgate keys rotate us-west-2 --emergency'],
  })
    .option('--emergency', 'the old key is known to others: delete it in seconds, whatever plays with it')
    .option('--dry-run', 'say what would be done and lost, and change nothing')
    .option('--no-wait', 'start it, and do not follow it')
    .action(onService(io, (context, options: RotateOptions, region: string) => rotate(context, io, options, region)));
}

async function rotate(context: Context, io: Io, { wait, ...asked }: RotateOptions, region: string): Promise<void> {
  const { api, answer, output } = context;
  const begun = await toData(api.POST('/v1/admin/keys/rotate', { body: { region, ...asked } }));
  if (isPlan(begun)) {
    return answer(begun, ({ from, channels, sessions, loses }) =>
      output.line(`${from ?? 'nothing'} would be replaced; ${channels} channels, ${sessions} sessions. ${loses}`),
    );
  }
  if (!wait) return answer(begun, () => output.line('Started: playgate keys list says how far it is.'));
  const last = await follow(context, io, region, begun);
  answer(last, ({ outcome, to, from }) =>
    output.line(
      outcome === 'rotated'
        ? `${to} signs, and the old key pair is gone.`
        : `It was turned back: ${from} signs, and the new key pair is gone.`,
    ),
  );
}

function isPlan(answer: Rotation | RotationPlan): answer is RotationPlan {
  return 'loses' in answer;
}

/** Shows each step until the rotation is over, and answers how it ended. */
async function follow({ lookUp, output }: Context, io: Io, region: string, begun: Rotation): Promise<FinishedRotation> {
  const names = Object.keys(steps);
  const progress = createProgress(io, steps[begun.step], names.length);
  let seen = begun;
  let told = '';
  try {
    for (;;) {
      const step = toStep(seen, io.nowMs());
      if (seen.step !== told && !io.isTerminal) output.line(step);
      told = seen.step;
      progress.set(names.indexOf(seen.step), step);
      if (seen.halted) throw new UnwellError(`The rotation stands still: playgate keys resume ${region}`);
      await sleep(lookEveryMs);
      const { regions } = await toData(lookUp.GET('/v1/admin/keys'));
      const { rotation, lastRotation } = regions.find((each) => each.region === region) ?? {};
      if (rotation) seen = rotation;
      else if (lastRotation) return lastRotation;
    }
  } finally {
    progress.end();
  }
}

function toStep({ step, nextAt, trouble, halted }: Rotation, nowMs: number): string {
  const next = Date.parse(nextAt) > nowMs ? `, goes on ${toDistance(nextAt, nowMs)}` : '';
  return `${steps[step]}${halted ? ' (halted)' : next}${trouble === null ? '' : `; trouble: ${trouble}`}`;
}

function createReconcile(io: Io): Command {
  return describeCommand({
    usage: 'reconcile',
    description: 'Say where store, vault and IVS differ; with --repair mend what loses nothing',
    examples: ['playgate keys reconcile', 'playgate keys reconcile --repair'],
  })
    .option('--repair', 'mend what can be mended without losing anything')
    .action(
      onService(io, async ({ api, answer, output }, { repair }: { repair?: true }) => {
        const found = await toData(
          repair ? api.POST('/v1/admin/keys/reconcile', { body: {} }) : api.GET('/v1/admin/keys/reconcile'),
        );
        answer(found, ({ items }) =>
          output.table(
            ['Region', 'What', 'Can be repaired', 'Message'],
            items.map(({ region, kind, isRepairable, message }) => [
              region,
              kind,
              isRepairable ? 'yes' : 'no',
              message,
            ]),
            'Store, vault and IVS say the same.',
          ),
        );
      }),
    );
}
