const base = ['contracts', 'runtime'];
const forServices = [...base, 'telemetry', 'bus', 'store', 'collector-sdk', 'collectors'];
const forTests = ['testkit', 'simulators', 'local'];

/** What each package may depend on, by folder name; whatever is not here may not be imported. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  contracts: [],
  runtime: ['contracts'],
  telemetry: base,
  bus: [...base, 'telemetry'],
  store: base,
  'collector-sdk': base,
  collectors: ['collector-sdk'],
  cli: [...base, 'bus', 'store', 'collector-sdk', 'collectors'],
  local: ['runtime'],
  testkit: [...base, 'telemetry', 'bus', 'store', 'collector-sdk', 'local'],
  simulators: [],
};

/** Tells whether a package may depend on another one of ours; `isForTests` when it needs it only there. */
export function mayDepend(folder: string, on: string, isForTests: boolean): boolean {
  if (folder === '') return true;
  if (isForTests && forTests.includes(on)) return true;
  if (folder.startsWith('services/')) return forServices.includes(on);
  return allowed[folder.split('/').at(-1) ?? '']?.includes(on) ?? false;
}
