/** Names of query parameters whose value may be a secret; what is hidden needlessly harms nobody. */
const secretParameter =
  /token|secret|password|passwd|pwd|credential|signature|api[-_]?key|((^|[-_])(key|auth|authorization|sig|app_?id)$)/i;

/** The URL without user and password, and with `REDACTED` for the values of parameters that are named like secrets. */
export function redactUrl(url: URL): URL {
  const shown = new URL(url);
  shown.username = '';
  shown.password = '';
  const names = [...shown.searchParams.keys()].filter((name) => secretParameter.test(name));
  // Untouched, a query keeps the spelling in which it was sent.
  for (const name of names) shown.searchParams.set(name, 'REDACTED');
  return shown;
}
