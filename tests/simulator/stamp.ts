import { crc32 } from 'node:zlib';

/** The same picture, made a file of its own by a text inside: a PNG `tEXt` chunk or a JPEG comment. */
export function stampPicture(file: Buffer, text: string): Buffer {
  return file[0] === 0xff ? stampJpeg(file, text) : stampPng(file, text);
}

function stampJpeg(file: Buffer, text: string): Buffer {
  const comment = Buffer.from(text);
  const head = Buffer.from([0xff, 0xfe, 0, 0]);
  head.writeUInt16BE(comment.length + 2, 2);
  const afterStart = 2;
  return Buffer.concat([file.subarray(0, afterStart), head, comment, file.subarray(afterStart)]);
}

function stampPng(file: Buffer, text: string): Buffer {
  const typeAndData = Buffer.from(`tEXtComment\0${text}`, 'latin1');
  const chunk = Buffer.alloc(typeAndData.length + 8);
  chunk.writeUInt32BE(typeAndData.length - 4, 0);
  typeAndData.copy(chunk, 4);
  chunk.writeUInt32BE(crc32(typeAndData), typeAndData.length + 4);
  const afterHeader = 33; // signature and IHDR
  return Buffer.concat([file.subarray(0, afterHeader), chunk, file.subarray(afterHeader)]);
}
