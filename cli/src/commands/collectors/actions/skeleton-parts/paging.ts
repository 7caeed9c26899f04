/** How a source gives its answer in pages; a database has its own way. */
export const pageKinds = [
  'none',
  'page',
  'offset',
  'cursor',
  'keyset',
  'next-url',
  'link',
] as const;
export type PageKind = (typeof pageKinds)[number];

/** The section `paginate` of a definition to begin with. */
export function pagingOf(kind: PageKind): string {
  const others = pageKinds.filter((each) => each !== kind).join(', ');
  return texts[kind].replace('OTHERS', `Others: ${others}.`);
}

const texts: Readonly<Record<PageKind, string>> = {
  none: `# The whole answer comes at once. OTHERS
paginate:
  kind: none
`,
  page: `# Pages have numbers. OTHERS
paginate:
  kind: page
  param: page
  start: 1
  size: { param: per_page, value: 100 }
  # Where the answer tells how many pages there are; then several can be asked for at the same time.
  # totalPages: meta.pages
  # width: 4
`,
  offset: `# A page begins behind so many records. OTHERS
paginate:
  kind: offset
  param: offset
  start: 0
  size: { param: limit, value: 100 }
  # Where the answer tells how many records there are; then several pages can be asked for at the same time.
  # totalRecords: meta.total
  # width: 4
`,
  cursor: `# Each answer says where the next page begins. OTHERS
paginate:
  kind: cursor
  # The query parameter that carries it from the second page on.
  param: cursor
  # Where it is in the answer; absent, null or empty: the last page.
  next: meta.next_cursor
`,
  keyset: `# A page follows the last record of the page before. OTHERS
paginate:
  kind: keyset
  # Query parameters from the second page on, and where their values are in that record. With a parameter of its own for
  # records of one moment, none of them is skipped: { since: updated_at, after_id: id }
  after: { after_id: id }
  size: { param: limit, value: 100 }
`,
  'next-url': `# Each answer gives the address of the next page. OTHERS
paginate:
  kind: next-url
  # Where it is in the answer, absolute or relative; absent, null or empty: the last page.
  next: links.next
`,
  link: `# The Link header gives the address of the next page. OTHERS
paginate:
  kind: link
  size: { param: per_page, value: 100 }
`,
};
