import type { Rule } from '../definition/transform.ts';
import type { Mistake, Sections } from './mistake.ts';
import { independently, inEach } from './readable.ts';

/** What is done to records before their fields are read. */
export function checkTransform(sections: Sections, functionNames: readonly string[]): Mistake[] {
  return independently(
    () => checkQualityName(sections),
    () => checkQualityRules(sections),
    () => checkFunction(sections.transform?.function, functionNames),
    () => {
      const keys = sections.transform?.unpivot?.keys;
      return keys === undefined ? [] : checkPattern('transform.unpivot.keys', keys);
    },
    () => {
      const rules = sections.transform?.rules ?? [];
      return inEach(rules.keys(), (place) => checkRule(rules[place], place, sections));
    },
  );
}

function checkFunction(name: string | undefined, names: readonly string[]): Mistake[] {
  if (name === undefined || names.includes(name)) return [];
  const known = names.length > 0 ? `there are ${names.join(', ')}` : 'there is none';
  return [{ path: 'transform.function', message: `no function "${name}"; ${known}` }];
}

function checkQualityName({ target }: Sections): Mistake[] {
  if (target?.kind !== 'table' || target.quality === undefined) return [];
  if (!Object.hasOwn(target.fields, target.quality)) return [];
  return [{ path: 'target.quality', message: `"${target.quality}" is the name of a field` }];
}

function checkQualityRules({ target, transform }: Sections): Mistake[] {
  if (target?.kind !== 'table' || target.quality === undefined) return [];
  if ((transform?.rules ?? []).length > 0) return [];
  const message = 'needs transform.rules, which it is the result of';
  return [{ path: 'target.quality', message }];
}

function checkRule(rule: Rule | undefined, place: number, { target }: Sections): Mistake[] {
  if (!rule) return [];
  const at = `transform.rules.${place}`;
  return independently(
    () => checkPlace(rule, at),
    () => checkField(rule, target, at),
    () => checkSeverity(rule, target, at),
    () => checkLimits(rule, at),
  );
}

function checkPlace({ field, path }: Rule, at: string): Mistake[] {
  if ((field === undefined) !== (path === undefined)) return [];
  return [{ path: at, message: 'needs either field or path, and not both' }];
}

function checkField({ field }: Rule, target: Sections['target'], at: string): Mistake[] {
  if (field === undefined || !target) return [];
  if (target.kind === 'table' && Object.hasOwn(target.fields, field)) return [];
  return [{ path: `${at}.field`, message: `target.fields has no field "${field}"` }];
}

function checkSeverity({ severity }: Rule, target: Sections['target'], at: string): Mistake[] {
  if (severity !== 'warn' || !target) return [];
  if (target.kind === 'table' && target.quality !== undefined) return [];
  const message = 'does nothing without target.quality, where it would be seen';
  return [{ path: `${at}.severity`, message }];
}

function checkLimits(rule: Rule, at: string): Mistake[] {
  if (rule.rule === 'regex') return checkPattern(`${at}.pattern`, rule.pattern);
  if (rule.rule !== 'range' && rule.rule !== 'length') return [];
  const { min, max } = rule;
  if (min === undefined && max === undefined) {
    return [{ path: at, message: 'needs min or max' }];
  }
  const mistakes = inEach(['min', 'max'], (name) => {
    const { [name]: end } = rule;
    if (end === undefined || isEnd(end)) return [];
    const message = `"${end}" is neither a number nor a date or an instant with a zone`;
    return [{ path: `${at}.${name}`, message }];
  });
  if (typeof min === 'number' && typeof max === 'number' && min > max) {
    mistakes.push({ path: `${at}.max`, message: `${max} is less than min` });
  }
  return mistakes;
}

function isEnd(end: number | string): boolean {
  if (typeof end === 'number') return true;
  if (/^[+-]?\d+(\.\d+)?$/.test(end)) return true;
  return (
    /^\d{4}-\d{2}-\d{2}(T.*(Z|[+-]\d{2}:?\d{2}))?$/.test(end) && !Number.isNaN(Date.parse(end))
  );
}

function checkPattern(path: string, pattern: string): Mistake[] {
  try {
    new RegExp(pattern, 'u');
    return [];
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return [{ path, message: `is no regular expression: ${reason}` }];
  }
}
