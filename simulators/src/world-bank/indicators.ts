/** The indicators that are simulated. */
export type IndicatorCode = 'SP.POP.TOTL' | 'SP.DYN.LE00.IN' | 'SP.DYN.TFRT.IN';

/** The source databases that are simulated. */
export type DatabaseId = '2' | '16' | '40';

/** One indicator: how it is called, where its values come from and how many decimals it has. */
export interface Indicator {
  code: IndicatorCode;
  name: string;
  field: 'pop' | 'life_expect' | 'fertility';
  decimals: number;
  /** The source databases that carry it; 2 carries everything. */
  databases: readonly DatabaseId[];
}

/** All simulated indicators. */
export const indicators: readonly Indicator[] = [
  {
    code: 'SP.POP.TOTL',
    name: 'Population, total',
    field: 'pop',
    decimals: 0,
    databases: ['2', '40'],
  },
  {
    code: 'SP.DYN.LE00.IN',
    name: 'Life expectancy at birth, total (years)',
    field: 'life_expect',
    decimals: 3,
    databases: ['2', '16'],
  },
  {
    code: 'SP.DYN.TFRT.IN',
    name: 'Fertility rate, total (births per woman)',
    field: 'fertility',
    decimals: 3,
    databases: ['2'],
  },
];

/** The indicator with this code, whatever its case. */
export function findIndicator(code: string): Indicator | undefined {
  return indicators.find((each) => each.code === code.toUpperCase());
}

/** True for the id of a simulated source database. */
export function isDatabaseId(id: string): id is DatabaseId {
  return id === '2' || id === '16' || id === '40';
}
