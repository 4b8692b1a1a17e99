/** Writes the API model in the form that the AWS CLI reads, so that a CLI older than an operation can still call it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { model } from '../../src/local-ivs/api/model.ts';
import type { Operation, Shape } from '../../src/local-ivs/api/model-format.ts';

function toServiceModel() {
  return {
    version: '2.0',
    metadata: {
      apiVersion: model.apiVersion,
      endpointPrefix: model.signingName,
      protocol: 'rest-json',
      serviceFullName: 'Amazon Interactive Video Service',
      serviceId: 'ivs',
      signatureVersion: 'v4',
      signingName: model.signingName,
      uid: `${model.signingName}-${model.apiVersion}`,
    },
    operations: mapValues(model.operations, toOperation),
    shapes: { ...mapValues(model.shapes, toShape), ...mapValues(model.errors, toError) },
  };
}

const mapValues = <T, U>(record: Readonly<Record<string, T>>, toValue: (value: T, key: string) => U) =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, toValue(value, key)]));

const toOperation = ({ method, path, status, input, output, errors }: Operation, name: string) => ({
  name,
  http: { method, requestUri: path, responseCode: status },
  input: { shape: input },
  ...(output !== undefined && { output: { shape: output } }),
  errors: errors.map((shape) => ({ shape })),
});

const toError = (httpStatusCode: number) => ({
  type: 'structure',
  members: { exceptionMessage: { shape: 'errorMessage' } },
  error: { httpStatusCode },
  exception: true,
});

function toShape(shape: Shape) {
  if (shape.type === 'list') return { ...shape, member: { shape: shape.member } };
  if (shape.type === 'map') return { ...shape, key: { shape: shape.key }, value: { shape: shape.value } };
  if (shape.type === 'timestamp') return { type: 'timestamp', timestampFormat: shape.format };
  if (shape.type !== 'structure') return shape;
  const { uri, querystring, required, members } = shape;
  const toMember = (type: string, member: string) => ({
    shape: type,
    ...(member === uri && { location: 'uri', locationName: member }),
    ...(member === querystring && { location: 'querystring', locationName: member }),
  });
  return { type: 'structure', required, members: mapValues(members, toMember) };
}

const [directory] = process.argv.slice(2);
if (directory === undefined)
  throw new TypeError('Usage: node service-model.ts DIRECTORY (the CLI reads it as AWS_DATA_PATH)');

const folder = join(directory, model.signingName, model.apiVersion);
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, 'service-2.json'), JSON.stringify(toServiceModel()));
