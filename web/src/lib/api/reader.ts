// Reading JSON whose shape is not yet known: every value is checked where it enters the page, so that the rest
// of the code may trust its types.

export class ContractError extends Error {
  constructor(where: string, wanted: string, got: unknown) {
    super(`The service's answer is not as agreed: ${where} should be ${wanted}, got ${describe(got)}`);
    this.name = 'ContractError';
  }
}

function describe(value: unknown): string {
  if (value === null) return 'null';
  if (value === undefined) return 'nothing';
  return Array.isArray(value) ? 'an array' : `a ${typeof value}`;
}

export type JsonObject = Record<string, unknown>;

export function asObject(value: unknown, where: string): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new ContractError(where, 'an object', value);
  return value as JsonObject;
}

export function asString(value: unknown, where: string): string {
  if (typeof value !== 'string') throw new ContractError(where, 'a string', value);
  return value;
}

export function asNumber(value: unknown, where: string): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new ContractError(where, 'a number', value);
  return value;
}

export function asBoolean(value: unknown, where: string): boolean {
  if (typeof value !== 'boolean') throw new ContractError(where, 'true or false', value);
  return value;
}

export function asArray<T>(value: unknown, where: string, item: (value: unknown, where: string) => T): T[] {
  if (!Array.isArray(value)) throw new ContractError(where, 'an array', value);
  return value.map((entry, index) => item(entry, `${where}[${index}]`));
}

/** `null` and an absent field both read as `null`. */
export function asNullable<T>(value: unknown, where: string, item: (value: unknown, where: string) => T): T | null {
  return value === null || value === undefined ? null : item(value, where);
}
