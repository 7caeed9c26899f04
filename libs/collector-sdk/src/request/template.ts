import { TerminalError } from '@tidemark/runtime';
import { parseTemplate } from 'url-template';

/** Values that the variables of a template may take. */
export type TemplateValues = Readonly<Record<string, TemplateValue | undefined>>;
type TemplateValue = string | number | boolean | readonly string[];

/** A URI template (RFC 6570) that was read once. */
export interface CompiledTemplate {
  /** The expanded text, percent-encoded. */
  expand(values: TemplateValues): string;
  /** Whether the template has variables and none of them has a value. */
  isEmpty(values: TemplateValues): boolean;
}

/** Reads a URI template; its literal text stays as it is. */
export function compileTemplate(text: string): CompiledTemplate {
  const template = parseTemplate(text);
  const names = variablesOf(text);
  return {
    expand: (values) => template.expand(defined(values)),
    isEmpty: (values) =>
      names.length > 0 && names.every((name) => values[name] === undefined || values[name] === ''),
  };
}

/** Names of the variables that a URI template uses. */
export function variablesOf(text: string): string[] {
  return [...text.matchAll(/\{[+#./;?&]?([^{}]+)\}/g)].flatMap(([, list = '']) =>
    list.split(',').map((name) => name.replace(/(\*|:\d+)$/, '')),
  );
}

/** The value of a query parameter: the expanded text, encoded for a query and not twice. */
export function encodeQueryValue(expanded: string): string {
  return encodeURIComponent(decodeExpanded(expanded)).replaceAll(/%(3A|2C|2F|40)/g, (code) =>
    decodeURIComponent(code),
  );
}

/** The expanded text as it is meant, without its percent-encoding. */
export function decodeExpanded(expanded: string): string {
  try {
    return decodeURIComponent(expanded);
  } catch (cause) {
    throw new TerminalError('DEFINITION_INVALID', 'a template is not valid UTF-8', { cause });
  }
}

function defined(values: TemplateValues): Record<string, string | number | boolean | string[]> {
  const found: Record<string, string | number | boolean | string[]> = {};
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined) found[name] = typeof value === 'object' ? [...value] : value;
  }
  return found;
}
