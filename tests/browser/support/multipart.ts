// The field `file` of a multipart/form-data body, for the test double.
export interface MultipartFile {
  bytes: Buffer;
  name: string;
}

export function readMultipartFile(body: Buffer, contentType: string): MultipartFile | null {
  const boundary = /^multipart\/form-data;.*boundary="?([^";]+)"?/i.exec(contentType)?.[1];
  if (boundary === undefined) return null;
  const headEnd = body.indexOf('\r\n\r\n');
  const end = body.lastIndexOf(`\r\n--${boundary}--`);
  if (headEnd < 0 || end < 0) return null;
  const head = body.toString('utf8', 0, headEnd);
  if (!/name="file"/.test(head)) return null;
  return { bytes: body.subarray(headEnd + 4, end), name: /filename="([^"]*)"/.exec(head)?.[1] ?? '' };
}
