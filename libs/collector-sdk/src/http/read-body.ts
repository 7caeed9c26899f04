import { isUtf8 } from 'node:buffer';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';

const decompress = promisify(gunzip);
/** Deflate makes nothing smaller than this part of itself. */
const GREATEST_RATIO = 1_032;
const LEAST_OUTPUT_BYTES = 65_536;

/** Why a body could not be taken as it is. */
export class BodyError extends Error {
  override readonly name = 'BodyError';
  readonly kind: 'too-large' | 'broken';

  constructor(kind: 'too-large' | 'broken', message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}

/** Reads a body of at most so many bytes, also after it is unpacked. */
export async function readBody(
  chunks: AsyncIterable<Uint8Array>,
  encoding: string | undefined,
  maxBytes: number,
): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) throw tooLarge(maxBytes);
    parts.push(chunk);
  }
  const body = Buffer.concat(parts, bytes);
  switch ((encoding ?? 'identity').trim().toLowerCase()) {
    case 'identity':
    case '':
      return unpackFile(body, maxBytes);
    case 'gzip':
    case 'x-gzip':
      return unpackFile(await unpack(body, maxBytes), maxBytes);
    default:
      throw new BodyError(
        'broken',
        `the answer is encoded as ${encoding}, which was not asked for`,
      );
  }
}

/** A file that is gzip itself says so by its first bytes, which begin no text. */
async function unpackFile(body: Buffer, maxBytes: number): Promise<Buffer> {
  const isPacked = body[0] === 0x1f && body[1] === 0x8b && body[2] === 8;
  return isPacked ? unpack(body, maxBytes) : body;
}

async function unpack(body: Buffer, maxBytes: number): Promise<Buffer> {
  if (body.length === 0) return body;
  try {
    return await decompress(body, {
      maxOutputLength: maxBytes,
      chunkSize: outputBytes(body, maxBytes),
    });
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    if (code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(maxBytes);
    throw new BodyError('broken', 'the answer cannot be unpacked', { cause });
  }
}

/**
 * How much is likely to come out, so that it comes in one piece: the last four bytes of gzip tell. They are the source's
 * word, so they make the buffer no larger than the answer may be, or can be, and they tell the last member only. A buffer
 * that is filled to its end is followed by another, hence one byte more.
 */
function outputBytes(body: Buffer, maxBytes: number): number {
  const told = body.length < 4 ? 0 : body.readUInt32LE(body.length - 4);
  return Math.max(LEAST_OUTPUT_BYTES, Math.min(told, maxBytes, body.length * GREATEST_RATIO) + 1);
}

/** A body that is UTF-8, as declared, without a byte order mark; undefined for any other, which has to be decoded. */
export function utf8Of(body: Buffer, contentType: string | undefined): Buffer | undefined {
  const charset = charsetOf(contentType)?.toLowerCase() ?? 'utf-8';
  if ((charset !== 'utf-8' && charset !== 'utf8') || !isUtf8(body)) return undefined;
  const hasMark = body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf;
  return hasMark ? body.subarray(3) : body;
}

/** The text of a body in its declared character set, UTF-8 otherwise, without a byte order mark. */
export function decodeText(body: Uint8Array, contentType: string | undefined): string {
  const charset = charsetOf(contentType);
  try {
    return decoderOf(charset).decode(body);
  } catch (cause) {
    throw new BodyError('broken', `the answer is not valid ${charset ?? 'utf-8'}`, { cause });
  }
}

function charsetOf(contentType: string | undefined): string | undefined {
  return /charset\s*=\s*"?([\w-]+)/i.exec(contentType ?? '')?.[1];
}

function decoderOf(charset: string | undefined): InstanceType<typeof TextDecoder> {
  try {
    return new TextDecoder(charset ?? 'utf-8', { fatal: true });
  } catch {
    // An unknown name is more often a mistake of the header than of the text.
    return new TextDecoder('utf-8', { fatal: true });
  }
}

function tooLarge(maxBytes: number): BodyError {
  return new BodyError('too-large', `the answer has more than ${maxBytes} bytes`);
}
