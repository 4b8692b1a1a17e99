/** Every error that the model lists, as the JavaScript SDK sees it. */
import * as sdk from '@aws-sdk/client-ivs';
import { describe, expect, it } from 'vitest';
import { model } from '../../src/local-ivs/api/model.ts';
import type { Operation } from '../../src/local-ivs/api/model-format.ts';
import type { OperationName } from '../../src/local-ivs/api/model-types.ts';
import { operationNames } from '../../src/local-ivs/api/route.ts';
import { startRunning } from './running.ts';

const ivs = await startRunning();
const client = ivs.client();
const arn = 'arn:aws:ivs:us-west-2:123456789012:channel/abcdABCDefgh';
const everyMember = { arn, channelArn: arn, resourceArn: arn, tags: {}, tagKeys: ['a'] };

/** Calls an operation by name; the input need not fit, since the fault comes first. */
function call(name: OperationName): Promise<unknown> {
  const commands: Readonly<Record<string, unknown>> = { ...sdk };
  const Command = commands[`${name}Command`] as new (input: unknown) => sdk.GetChannelCommand;
  return client.send(new Command(everyMember));
}

describe('every error that an operation models', () => {
  it.each(operationNames)('reaches the JavaScript SDK as its own class from %s', async (name) => {
    const { errors }: Operation = model.operations[name];
    for (const error of errors) {
      const order = { operation: name, error, message: `as ordered: ${error}` };
      expect(await ivs.control('POST', '/faults', order)).toMatchObject({ status: 201 });
      const thrown = await call(name).catch((reason: unknown) => reason);
      expect(thrown).toBeInstanceOf(Reflect.get(sdk, error));
      expect(thrown).toMatchObject({
        name: error,
        message: `as ordered: ${error}`,
        exceptionMessage: `as ordered: ${error}`,
      });
      expect(thrown).toMatchObject({ $metadata: { httpStatusCode: model.errors[error as keyof typeof model.errors] } });
    }
    expect((await ivs.control('GET', '/faults')).body).toEqual({ faults: [] });
  });
});
