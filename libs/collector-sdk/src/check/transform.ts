import type { Rule } from '../definition/transform.ts';
import type { Mistake, Sections } from './mistake.ts';

/** What is done to records before their fields are read. */
export function checkTransform(sections: Sections, functionNames: readonly string[]): Mistake[] {
  const { transform } = sections;
  return [
    ...checkQuality(sections),
    ...(transform?.function === undefined ? [] : checkFunction(transform.function, functionNames)),
    ...(transform?.unpivot ? checkPattern('transform.unpivot.keys', transform.unpivot.keys) : []),
    ...(transform?.rules ?? []).flatMap((rule, place) => checkRule(rule, place, sections)),
  ];
}

function checkFunction(name: string, names: readonly string[]): Mistake[] {
  if (names.includes(name)) return [];
  const known = names.length > 0 ? `there are ${names.join(', ')}` : 'there is none';
  return [{ path: 'transform.function', message: `no function "${name}"; ${known}` }];
}

function checkQuality({ target, transform }: Sections): Mistake[] {
  if (target?.kind !== 'table' || target.quality === undefined) return [];
  const path = 'target.quality';
  const mistakes: Mistake[] = [];
  if (target.fields[target.quality]) {
    mistakes.push({ path, message: `"${target.quality}" is the name of a field` });
  }
  if ((transform?.rules ?? []).length === 0) {
    mistakes.push({ path, message: 'needs transform.rules, which it is the result of' });
  }
  return mistakes;
}

function checkRule(rule: Rule, place: number, { target }: Sections): Mistake[] {
  const at = `transform.rules.${place}`;
  const { field, path } = rule;
  const mistakes: Mistake[] = [];
  if ((field === undefined) === (path === undefined)) {
    mistakes.push({ path: at, message: 'needs either field or path, and not both' });
  }
  if (field !== undefined && target && (target.kind === 'raw' || !target.fields[field])) {
    mistakes.push({ path: `${at}.field`, message: `target.fields has no field "${field}"` });
  }
  const hasQuality = target?.kind === 'table' && target.quality !== undefined;
  if (rule.severity === 'warn' && target && !hasQuality) {
    const message = 'does nothing without target.quality, where it would be seen';
    mistakes.push({ path: `${at}.severity`, message });
  }
  return [...mistakes, ...checkLimits(rule, at)];
}

function checkLimits(rule: Rule, at: string): Mistake[] {
  if (rule.rule === 'regex') return checkPattern(`${at}.pattern`, rule.pattern);
  if (rule.rule !== 'range' && rule.rule !== 'length') return [];
  const { min, max } = rule;
  if (min === undefined && max === undefined) {
    return [{ path: at, message: 'needs min or max' }];
  }
  const mistakes = [min, max].flatMap((end, place): Mistake[] =>
    end === undefined || isEnd(end)
      ? []
      : [
          {
            path: `${at}.${place === 0 ? 'min' : 'max'}`,
            message: `"${end}" is neither a number nor a date or an instant with a zone`,
          },
        ],
  );
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
