/** The periods of a collector, whose name is given as SQL; `is_whole`: it and all older ones that were to be read are loaded. */
export const periods = (collectorName: string): string => `
    select partition, key, last_success_at, checked_at,
           bool_and(last_success_at is not null) over (partition by partition order by key) as is_whole
      from tidemark.items
     where collector_name = ${collectorName} and kind = 'period'`;
