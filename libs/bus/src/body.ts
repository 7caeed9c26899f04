import { zstdCompressSync, zstdDecompressSync, constants } from 'node:zlib';
import { TerminalError } from '@tidemark/runtime';

export interface EncodedBody {
  readonly contentEncoding: 'zstd' | 'identity';
  readonly body: Buffer;
}

/** Shorter texts gain nothing. */
const COMPRESS_FROM_BYTES = 1_024;
/** One buffer for most bodies, in the place of dozens of the default size. */
const OUTPUT_CHUNK_BYTES = 131_072;
const zstd = {
  chunkSize: OUTPUT_CHUNK_BYTES,
  params: { [constants.ZSTD_c_compressionLevel]: 1 },
};

/** A body as it travels: compressed where that pays. */
export function encodeBody(text: Buffer): EncodedBody {
  if (text.length >= COMPRESS_FROM_BYTES) {
    const body = zstdCompressSync(text, zstd);
    if (body.length < text.length) return { contentEncoding: 'zstd', body };
  }
  return { contentEncoding: 'identity', body: text };
}

/**
 * The text of a body that has travelled; one that is damaged, or larger than it may be, is given up. Where its length is
 * known it comes in one buffer of that length.
 */
export function decodeBody(
  contentEncoding: string | undefined,
  bytes: Uint8Array,
  ...[maxBytes, knownBytes]: [maxBytes: number, knownBytes?: number]
): Buffer {
  const text = decode(contentEncoding, bytes, { maxBytes, knownBytes });
  if (text.length <= maxBytes) return text;
  throw new TerminalError(
    'MESSAGE_INVALID',
    `a body has ${text.length} bytes, more than the ${maxBytes} that are allowed`,
  );
}

interface Lengths {
  readonly maxBytes: number;
  readonly knownBytes: number | undefined;
}

function decode(encoding: string | undefined, bytes: Uint8Array, lengths: Lengths): Buffer {
  const { maxBytes } = lengths;
  switch (encoding) {
    case undefined:
    case 'identity':
      return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    case 'zstd':
      try {
        return zstdDecompressSync(bytes, {
          chunkSize: outputChunkBytes(bytes.length, lengths),
          maxOutputLength: maxBytes,
        });
      } catch (cause) {
        const reason = `a body cannot be decompressed to at most ${maxBytes} bytes`;
        throw new TerminalError('MESSAGE_INVALID', reason, { cause });
      }
    default:
      throw new TerminalError('MESSAGE_INVALID', `a body has the unknown encoding ${encoding}`);
  }
}

/** JSON and COPY text become about six times smaller, so one buffer is nearly always enough. */
function outputChunkBytes(compressedBytes: number, { maxBytes, knownBytes }: Lengths): number {
  // A buffer that is filled to its end is followed by another one.
  const likely = knownBytes === undefined ? compressedBytes * 8 : knownBytes + 1;
  return Math.max(1_024, Math.min(maxBytes, likely));
}
