/** A country as the API names it. */
export interface Country {
  name: string;
  iso2: string;
  iso3: string;
}

function readTable(table: string): Country[] {
  return table
    .trim()
    .split('\n')
    .map((line) => {
      const [iso2 = '', iso3 = '', ...words] = line.trim().split(' ');
      return { iso2, iso3, name: words.join(' ') };
    });
}

/** The 62 countries of the data, with their ISO 3166 codes. */
export const countries: readonly Country[] = readTable(`
  AF AFG Afghanistan
  AR ARG Argentina
  AU AUS Australia
  AT AUT Austria
  BS BHS Bahamas
  BD BGD Bangladesh
  BB BRB Barbados
  BE BEL Belgium
  BO BOL Bolivia
  BR BRA Brazil
  CA CAN Canada
  CL CHL Chile
  CN CHN China
  CO COL Colombia
  CR CRI Costa Rica
  HR HRV Croatia
  CU CUB Cuba
  DO DOM Dominican Republic
  EC ECU Ecuador
  EG EGY Egypt
  SV SLV El Salvador
  FI FIN Finland
  FR FRA France
  GE GEO Georgia
  DE DEU Germany
  GR GRC Greece
  GD GRD Grenada
  HT HTI Haiti
  HK HKG Hong Kong, China
  IS ISL Iceland
  IN IND India
  ID IDN Indonesia
  IR IRN Iran
  IQ IRQ Iraq
  IE IRL Ireland
  IL ISR Israel
  IT ITA Italy
  JM JAM Jamaica
  JP JPN Japan
  KE KEN Kenya
  LB LBN Lebanon
  MX MEX Mexico
  NL NLD Netherlands
  NZ NZL New Zealand
  NG NGA Nigeria
  KP PRK North Korea
  NO NOR Norway
  PK PAK Pakistan
  PE PER Peru
  PH PHL Philippines
  PL POL Poland
  PT PRT Portugal
  RW RWA Rwanda
  SA SAU Saudi Arabia
  ZA ZAF South Africa
  KR KOR South Korea
  ES ESP Spain
  CH CHE Switzerland
  TR TUR Turkey
  GB GBR United Kingdom
  US USA United States
  VE VEN Venezuela
`);

/** Countries that are not in the data and can be added while a test runs; `NA` is a classic trap. */
export const furtherCountries: readonly Country[] = readTable(`
  NA NAM Namibia
  CI CIV Côte d'Ivoire
  SE SWE Sweden
  DK DNK Denmark
  UY URY Uruguay
  PY PRY Paraguay
  VN VNM Viet Nam
  TH THA Thailand
  MA MAR Morocco
  GH GHA Ghana
  KZ KAZ Kazakhstan
  ZM ZMB Zambia
`);
