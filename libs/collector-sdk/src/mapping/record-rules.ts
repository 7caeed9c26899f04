import { isRawJson } from '../answer/raw-json.ts';
import { parseCursor } from '../cursor-format.ts';
import type { Definition } from '../definition/definition.ts';
import type { Rule } from '../definition/transform.ts';
import { isAbsent } from './columns/absent.ts';
import { type Refusal, refuse } from './line-of.ts';
import { compilePath } from './record-path.ts';

/** Whether a value that is there is as the rule wants it. */
type Passes = (value: unknown) => boolean;

interface RulePlan {
  readonly read: (record: unknown) => unknown;
  readonly isThere: (value: unknown) => boolean;
  readonly passes: Passes | 'when there';
  readonly weight: number;
  /** Why a record is rejected that does not pass; undefined when that only lowers its quality. */
  readonly refusal: Refusal | undefined;
}

/** What the rules say of the record that was judged last. */
export class RecordRules {
  /** 100 × the weight of the rules that it passed / the weight of all. */
  quality = 100;
  readonly #rules: readonly RulePlan[];
  readonly #weight: number;

  constructor(rules: readonly RulePlan[]) {
    this.#rules = rules;
    this.#weight = rules.reduce((sum, { weight }) => sum + weight, 0);
  }

  /** Judges a record by all rules; answers why it is rejected, by the first of those that reject. */
  judge(record: unknown): Refusal | undefined {
    let passed = 0;
    let refusal: Refusal | undefined;
    for (const rule of this.#rules) {
      if (isPassed(rule, rule.read(record))) passed += rule.weight;
      else refusal ??= rule.refusal;
    }
    this.quality = Math.round((100 * passed) / this.#weight);
    return refusal;
  }
}

/** The rules of a definition; undefined when it has none. */
export function compileRules({ transform, target }: Definition): RecordRules | undefined {
  const rules = transform?.rules ?? [];
  if (rules.length === 0) return undefined;
  const fields = target.kind === 'table' ? target.fields : {};
  return new RecordRules(
    rules.map((rule) => {
      const field = rule.field === undefined ? undefined : fields[rule.field];
      const path = rule.path ?? field?.path ?? rule.field ?? '$';
      const isTyped = field !== undefined && field.type !== 'text';
      return {
        read: compilePath(path),
        // A text may be empty, and "NaN" is one.
        isThere: (value) => (isTyped ? !isAbsent(value) : value !== null && value !== undefined),
        passes: passesOf(rule),
        weight: rule.weight,
        refusal: rule.severity === 'reject' ? refuse(reasonOf(rule, path)) : undefined,
      };
    }),
  );
}

function isPassed({ isThere, passes }: RulePlan, value: unknown): boolean {
  if (!isThere(value)) return passes !== 'when there';
  return passes === 'when there' || passes(value);
}

function passesOf(rule: Rule): RulePlan['passes'] {
  switch (rule.rule) {
    case 'notNull':
      return 'when there';
    case 'range':
      return inRange(rule.min, rule.max);
    case 'regex': {
      const pattern = new RegExp(rule.pattern, 'u');
      return (value) => pattern.test(textOf(value) ?? '');
    }
    case 'oneOf': {
      const values = new Set(rule.values.map(String));
      return (value) => values.has(textOf(value) ?? '');
    }
    case 'length': {
      const { min = 0, max = Infinity } = rule;
      return (value) => {
        const length = Array.isArray(value) ? value.length : Array.from(textOf(value) ?? '').length;
        return length >= min && length <= max;
      };
    }
  }
}

type End = number | string | undefined;

/** Ends that are instants compare instants, all others numbers; what is neither lies in no range. */
function inRange(min: End, max: End): Passes {
  const isTime = [min, max].some((end) => typeof end === 'string' && instantOf(end) !== undefined);
  if (!isTime) {
    const [low, high] = [Number(min ?? -Infinity), Number(max ?? Infinity)];
    return (value) => {
      const number = Number(textOf(value)?.trim() || Number.NaN);
      return number >= low && number <= high;
    };
  }
  const [low, high] = [instantOf(min), instantOf(max)];
  return (value) => {
    const instant = instantOf(textOf(value));
    if (instant === undefined) return false;
    return (low === undefined || instant >= low) && (high === undefined || instant <= high);
  };
}

function instantOf(end: End): bigint | undefined {
  if (typeof end !== 'string' || !/^\d{4}-/.test(end)) return undefined;
  const digits = parseCursor(end, 'time');
  return digits === undefined ? undefined : BigInt(digits);
}

/** A value as its source writes it; undefined for objects and lists. */
function textOf(value: unknown): string | undefined {
  if (isRawJson(value)) return value.rawJSON;
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

function reasonOf(rule: Rule, path: string): string {
  return `${rule.field ?? path}: does not pass the rule ${describe(rule)}`;
}

/** What a rule wants, in the words of the definition. */
function describe(rule: Rule): string {
  switch (rule.rule) {
    case 'notNull':
      return 'notNull';
    case 'range':
    case 'length':
      return `${rule.rule} (${rule.min ?? '…'} to ${rule.max ?? '…'})`;
    case 'regex':
      return `regex (${rule.pattern})`;
    case 'oneOf':
      return `oneOf (${rule.values.slice(0, 10).join(', ')}${rule.values.length > 10 ? ', …' : ''})`;
  }
}
