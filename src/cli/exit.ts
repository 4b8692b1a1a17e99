/** How a command ends: which status, and in one line why. */
import { CommanderError } from 'commander';
import { ApiError } from '../api-client/api-client.ts';
import { Printed } from './context.ts';
import { UnwellError } from './unwell-error.ts';
import { UsageError } from './usage-error.ts';

/** The end of a process. */
export interface Exit {
  readonly status: 0 | 1 | 2;
  /** Undefined where all is well. */
  readonly message?: string;
}

/** Status and line for what a command threw. What nobody expected is thrown on, with its stack. */
export function toExit(error: unknown): Exit {
  if (error instanceof Printed) return { status: 0 };
  if (error instanceof CommanderError) return { status: error.exitCode === 0 ? 0 : 2, message: error.message };
  if (error instanceof UsageError) return { status: 2, message: error.message };
  // Ctrl-C at a question.
  if (error instanceof Error && error.name === 'ExitPromptError') return { status: 1, message: 'Stopped' };
  if (error instanceof UnwellError) return { status: 1, message: error.message };
  if (error instanceof ApiError) return { status: 1, message: toLine(error) };
  if (error instanceof TypeError && error.message === 'fetch failed')
    return {
      status: 1,
      message: `The service does not answer: ${toCause(error)}. Is it running, and is its URL right?`,
    };
  throw error;
}

function toLine({ status, problem, message }: ApiError): string {
  if (problem === undefined) return message;
  const { code, until, opensAt, retryAfter, channels, requestId } = problem;
  const helps = [
    ...(until === undefined ? [] : [`until ${until}`]),
    ...(opensAt === undefined ? [] : [`opens ${opensAt}`]),
    ...(retryAfter === undefined ? [] : [`again in ${retryAfter} s`]),
    ...(channels === undefined ? [] : [`used by ${channels.join(', ')}`]),
    ...(status === 401 ? ['is the key right, and not expired? playgate login'] : []),
    `request ${requestId}`,
  ];
  return `${message} (${code}; ${helps.join('; ')})`;
}

function toCause({ cause }: Error): string {
  if (cause instanceof AggregateError) return toCause(new Error('', { cause: cause.errors[0] }));
  return cause instanceof Error ? cause.message : String(cause);
}
