/** Which settings the environment gives. */
import { describe, expect, it } from 'vitest';
import { localIvsEnvironmentSchema, parseEnvironment } from '../../src/local-ivs/settings.ts';

const defaults = { host: '127.0.0.1', port: 8788, throttling: true, batchErrorCodes: 'status' };

describe('the environment of a local IVS', () => {
  it('may be empty, and a variable that is empty counts as not set', () => {
    const names = Object.keys(localIvsEnvironmentSchema.shape);
    expect(parseEnvironment({})).toEqual(defaults);
    expect(parseEnvironment(Object.fromEntries(names.map((name) => [name, ''])))).toEqual(defaults);
    expect(parseEnvironment(Object.fromEntries(names.map((name) => [name, undefined])))).toEqual(defaults);
  });

  it('sets every option that it names', () => {
    const env = {
      LOCAL_IVS_HOST: '::1',
      LOCAL_IVS_PORT: '0',
      LOCAL_IVS_DATA: 'state.db',
      LOCAL_IVS_PUBLIC_URL: 'https://ivs.example/base',
      LOCAL_IVS_ALLOWED_HOSTS: 'ivs,IVS.test,192.0.2.7,[fd00::1]',
      LOCAL_IVS_THROTTLING: 'off',
      LOCAL_IVS_BATCH_ERROR_CODES: 'name',
      LOCAL_IVS_CREDENTIALS: 'AKID:secret,OTHER:key',
    };
    expect(Object.keys(env)).toEqual(Object.keys(localIvsEnvironmentSchema.shape));
    expect(parseEnvironment(env)).toEqual({
      host: '::1',
      port: 0,
      dataFile: 'state.db',
      publicUrl: 'https://ivs.example/base',
      allowedHosts: ['ivs', 'IVS.test', '192.0.2.7', '[fd00::1]'],
      throttling: false,
      batchErrorCodes: 'name',
      credentials: [
        { accessKeyId: 'AKID', secretAccessKey: 'secret' },
        { accessKeyId: 'OTHER', secretAccessKey: 'key' },
      ],
    });
  });

  it('goes before the defaults of the program around it, but not when it is empty', () => {
    const around = { dataFile: 'its.db', host: '0.0.0.0' };
    const unset = { LOCAL_IVS_DATA: '', LOCAL_IVS_HOST: undefined };
    expect(parseEnvironment({}, around)).toEqual({ ...defaults, ...around });
    expect(parseEnvironment(unset, around)).toEqual({ ...defaults, ...around });
    expect(parseEnvironment({ LOCAL_IVS_DATA: 'own.db', LOCAL_IVS_HOST: '::1' }, around)).toEqual({
      ...defaults,
      dataFile: 'own.db',
      host: '::1',
    });
  });

  it.each(['65536', '-1', '1e3', '0x50', '80.0', ' 80', '8788x', 'NaN'])('takes no port "%s"', (port) => {
    expect(() => parseEnvironment({ LOCAL_IVS_PORT: port })).toThrow('LOCAL_IVS_PORT');
  });

  it.each(['ivs:8788', 'http://ivs', 'ivs, other', 'ivs,', 'fd00::1', '*'])('takes no allowed host "%s"', (hosts) => {
    expect(() => parseEnvironment({ LOCAL_IVS_ALLOWED_HOSTS: hosts })).toThrow('LOCAL_IVS_ALLOWED_HOSTS');
  });

  it('has a description of each variable, as a cell of a table has it', () => {
    for (const [name, schema] of Object.entries(localIvsEnvironmentSchema.shape))
      expect(schema.description, name).toMatch(/^\S.+[^.]$/);
  });
});
