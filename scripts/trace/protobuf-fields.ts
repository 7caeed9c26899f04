/** One field of a protobuf message: a number for varints and fixed 32, 64 bits as BigInt, bytes for the rest. */
export interface ProtobufField {
  readonly number: number;
  readonly value: bigint | Buffer;
}

/** The fields of a protobuf message in the order in which they were written. */
export function readFields(bytes: Buffer): ProtobufField[] {
  const fields: ProtobufField[] = [];
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes.readUInt8(at);
      at += 1;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  const take = (length: number): Buffer => {
    if (at + length > bytes.length) throw new RangeError('a field reaches beyond its message');
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const tag = Number(varint());
    fields.push({ number: tag >> 3, value: readValue(tag & 7, varint, take) });
  }
  return fields;
}

function readValue(
  wireType: number,
  varint: () => bigint,
  take: (length: number) => Buffer,
): bigint | Buffer {
  switch (wireType) {
    case 0:
      return varint();
    case 1:
      return take(8).readBigUInt64LE();
    case 2:
      return take(Number(varint()));
    case 5:
      return BigInt(take(4).readUInt32LE());
    default:
      throw new RangeError(`wire type ${wireType} is not used by OTLP`);
  }
}

/** The bytes of every field with this number. */
export function bytesOf(fields: readonly ProtobufField[], number: number): Buffer[] {
  return fields.flatMap(({ number: each, value }) =>
    each === number && Buffer.isBuffer(value) ? [value] : [],
  );
}

/** The last field with this number as text; empty without one. */
export function textOf(fields: readonly ProtobufField[], number: number): string {
  return bytesOf(fields, number).at(-1)?.toString('utf8') ?? '';
}

/** The last field with this number as lower-case hexadecimal digits; empty without one. */
export function hexOf(fields: readonly ProtobufField[], number: number): string {
  return bytesOf(fields, number).at(-1)?.toString('hex') ?? '';
}

/** The last field with this number as an unsigned integer; 0 without one. */
export function integerOf(fields: readonly ProtobufField[], number: number): bigint {
  const value = fields.findLast((field) => field.number === number)?.value;
  return typeof value === 'bigint' ? value : 0n;
}
