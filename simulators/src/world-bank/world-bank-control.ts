import {
  findCount,
  mustCount,
  mustText,
  readFlag,
  refuseUnknown,
} from '../server/change-arguments.ts';
import type { ChangeArguments, ControlRoutes } from '../server/control-routes.ts';
import { ControlArgumentError } from '../server/control-routes.ts';
import { findIndicator, indicators } from './indicators.ts';
import type { DatabaseId } from './indicators.ts';
import type { ChangeSelection, Observation, WorldBankContent } from './world-bank-content.ts';

/** Changes of the content; each returns the observations that it touched. */
export interface WorldBankControl {
  revise(selection: ChangeSelection): Observation[];
  fillNulls(selection: ChangeSelection): Observation[];
  addYear(): Observation[];
  addCountries(count: number): Observation[];
  deleteRows(selection: ChangeSelection): Observation[];
  /** Everything the source has now, in the order of its answers. */
  content(): readonly Observation[];
  lastUpdated(database: DatabaseId): string;
}

/** The control of a content. */
export function makeWorldBankControl(content: WorldBankContent): WorldBankControl {
  return {
    revise: (selection) => content.revise(selection),
    fillNulls: (selection) => content.fillNulls(selection),
    addYear: () => content.addYear(),
    addCountries: (count) => content.addCountries(count),
    deleteRows: (selection) => content.deleteRows(selection),
    content: () => content.rows(),
    lastUpdated: (database) => content.lastUpdated(database),
  };
}

/** The changes of a World Bank simulator over HTTP. */
export function worldBankRoutes(control: WorldBankControl): ControlRoutes['changes'] {
  return {
    revise: (args) => control.revise(readSelection(args)),
    'fill-nulls': (args) => control.fillNulls(readSelection(args)),
    'delete-rows': (args) => control.deleteRows(readSelection(args)),
    'add-year': (args) => {
      refuseUnknown(args, []);
      return control.addYear();
    },
    'add-countries': (args) => {
      refuseUnknown(args, ['count']);
      return control.addCountries(mustCount(args, 'count'));
    },
  };
}

function readSelection(args: ChangeArguments): ChangeSelection {
  refuseUnknown(args, ['indicator', 'count', 'untilYear', 'silent']);
  const indicator = findIndicator(mustText(args, 'indicator'));
  if (indicator === undefined) {
    const known = indicators.map((each) => each.code).join(', ');
    throw new ControlArgumentError(`unknown indicator; known: ${known}`);
  }
  const untilYear = findCount(args, 'untilYear');
  return {
    indicator: indicator.code,
    count: mustCount(args, 'count'),
    silent: readFlag(args, 'silent'),
    ...(untilYear === undefined ? {} : { untilYear }),
  };
}
