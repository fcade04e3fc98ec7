import { ProtobufWriter } from '../onnx/protobuf.js';

/**
 * TensorBoard event files: protocol-buffer Events in TFRecord framing. Field numbers are those of TensorBoard's
 * event.proto, summary.proto and tensor.proto
 * (https://github.com/tensorflow/tensorboard/tree/master/tensorboard/compat/proto).
 */

/** Seconds since 1970, with fraction. */
type WallTime = number;

/** The first record of every event file. */
export function fileVersionEvent(wallTime: WallTime): Uint8Array {
  return record(new ProtobufWriter().double(1, wallTime).string(3, 'brain.Event:2'));
}

/**
 * The record that a resumed run writes first: TensorBoard then forgets what earlier files of the run say about
 * `step` and later steps.
 */
export function resumeEvent(wallTime: WallTime, step: number): Uint8Array {
  const START = 1;
  return record(
    new ProtobufWriter().double(1, wallTime).int(2, step).message(7, new ProtobufWriter().int(1, START)),
  );
}

/** One record with scalar values of a step by tag, such as `{ 'loss/train': 2.31 }`. */
export function scalarsEvent(
  wallTime: WallTime,
  step: number,
  values: Readonly<Record<string, number>>,
): Uint8Array {
  const summary = new ProtobufWriter();
  for (const [tag, value] of Object.entries(values)) {
    summary.message(1, new ProtobufWriter().string(1, tag).float(2, value));
  }
  return summaryEvent(wallTime, step, summary);
}

/** One record with a text (Markdown) for the TEXT tab. */
export function textEvent(wallTime: WallTime, step: number, tag: string, text: string): Uint8Array {
  const DT_STRING = 7;
  const shape = new ProtobufWriter().message(2, new ProtobufWriter().int(1, 1));
  const tensor = new ProtobufWriter().int(1, DT_STRING).message(2, shape).string(8, text);
  const metadata = new ProtobufWriter().message(1, new ProtobufWriter().string(1, 'text'));
  const value = new ProtobufWriter().string(1, tag).message(8, tensor).message(9, metadata);
  return summaryEvent(wallTime, step, new ProtobufWriter().message(1, value));
}

function summaryEvent(wallTime: WallTime, step: number, summary: ProtobufWriter): Uint8Array {
  return record(new ProtobufWriter().double(1, wallTime).int(2, step).message(5, summary));
}

/** TFRecord framing: length (uint64), masked CRC of the length, data, masked CRC of the data. */
function record(event: ProtobufWriter): Uint8Array {
  const data = event.finish();
  const framed = new Uint8Array(8 + 4 + data.length + 4);
  const view = new DataView(framed.buffer);
  view.setUint32(0, data.length, true);
  view.setUint32(8, mask(crc32c(framed.subarray(0, 8))), true);
  framed.set(data, 12);
  view.setUint32(12 + data.length, mask(crc32c(data)), true);
  return framed;
}

/** CRC-32C (Castagnoli, reflected polynomial 0x82f63b78), unsigned. */
export function crc32c(bytes: Uint8Array): number {
  let crc = -1;
  for (const byte of bytes) crc = (crc >>> 8) ^ crcTable[(crc ^ byte) & 0xff]!;
  return ~crc >>> 0;
}

const crcTable = Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f63b78 : 0);
  return crc;
});

/** TFRecord stores CRCs rotated and shifted, since the CRC of data that holds its own CRC is useless. */
function mask(crc: number): number {
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}
