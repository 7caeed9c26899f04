const secretWord = /api[-_]?key|token|secret|password|passwd|pwd|credential|signature/;
/** Names that are secrets only when they stand alone or at the end: `key`, `access_key`, `X-Auth`. */
const secretEnd = /(^|[-_])(key|auth|authorization|sig|app_?id)$/;

/** Whether a value under this name (of a field, a query parameter, a header) must not be seen. */
export function isSecretName(name: string): boolean {
  const lower = name.toLowerCase();
  return secretWord.test(lower) || secretEnd.test(lower);
}

// Neither begins where it has been before: a text of any length is read once.
const userInfo = /(?<=[a-z0-9+.-]:\/\/)[^\s/@"'\\]*@/gi;
const queryPair = /([?&])([^\s=?&"'#\\]+)=([^\s&"'#\\]*)/g;

/** A text in which URLs have lost their user and password and the values of parameters that are named like secrets. */
export function redactText(text: string): string {
  return text
    .replace(userInfo, '***@')
    .replace(queryPair, (pair, mark: string, name: string) =>
      isSecretName(name) ? `${mark}${name}=***` : pair,
    );
}
