/** Devices of a viewer on a channel, where a policy allows so many at a time: each keeps its own session version, so that IVS can end the oldest. Pure. */

/** One on which the viewer watches. */
export interface Device {
  /** As whoever asked named it; '' for a token that named none, which counts as a device of its own. */
  readonly id: string;
  /** In every token of the device. IVS ends all versions up to one, so those of later devices are higher. */
  readonly version: number;
}

/** What is known of them, the oldest first. */
export interface DeviceState {
  readonly devices: readonly Device[];
  /** The highest version that the viewer ever got on the channel; 0 for none. */
  readonly latestVersion: number;
}

/** The device that a session is for. */
export interface JoiningDevice {
  /** '' when it was not named. */
  readonly id: string;
  /** How many the policy allows at a time. */
  readonly most: number;
}

/** What becomes of the devices: with the session's own, and up to which version those are ended that were too many (0 for none). */
export interface JoinedDevices {
  readonly devices: readonly Device[];
  readonly endedFloor: number;
}

/** The version of the next token for a device: its own while that is above every floor, else one above all before. `floor` is the highest. */
export function toDeviceVersion(state: DeviceState, id: string, floor: number, nowSeconds: number): number {
  const known = findDevice(state.devices, id, floor);
  if (known !== undefined) return known.version;
  return Math.max(nowSeconds, floor + 1, toNewest(state) + 1);
}

/** The devices with one more session; `outrun` when another device came in between, and the version must be another. */
export function joinDevices(
  state: DeviceState,
  floor: number,
  version: number,
  { id, most }: JoiningDevice,
): JoinedDevices | 'outrun' {
  const known = findDevice(state.devices, id, floor);
  const alive = listAlive(state, floor);
  if (known !== undefined) return known.version === version ? { devices: alive, endedFloor: 0 } : 'outrun';
  if (version <= toNewest(state)) return 'outrun';
  const joined = [...alive, { id, version }];
  return { devices: joined.slice(-most), endedFloor: joined.at(-most - 1)?.version ?? 0 };
}

function findDevice(devices: readonly Device[], id: string, floor: number): Device | undefined {
  return id === '' ? undefined : devices.find((device) => device.id === id && device.version > floor);
}

/** Those that no floor has ended. Sessions from before devices were counted are one together. */
function listAlive({ devices, latestVersion }: DeviceState, floor: number): readonly Device[] {
  const alive = devices.filter(({ version }) => version > floor);
  const newest = alive.at(-1)?.version ?? floor;
  return latestVersion > newest ? [...alive, { id: '', version: latestVersion }] : alive;
}

function toNewest({ devices, latestVersion }: DeviceState): number {
  return Math.max(latestVersion, devices.at(-1)?.version ?? 0);
}
