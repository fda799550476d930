// Writes a C++ source that holds the files of a built page, plain and gzipped.
//
//   node embed.mjs DIST OUT.cc
//
// The bytes come in through the assembler's .incbin, which takes no time and no memory; gzip forms are written
// beside OUT.cc. The same input gives the same output.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, extname, join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { kContentSecurityPolicy } from './policy.mjs';

const kContentTypes = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.wav': 'audio/wav',
  '.mp3': 'audio/mpeg',
  '.flac': 'audio/flac',
  '.ogg': 'audio/ogg',
  '.opus': 'audio/ogg',
  '.m4a': 'audio/mp4',
  '.aac': 'audio/aac',
  '.webm': 'audio/webm',
};

const kLeastGain = 0.9; // a gzip form is kept where it is at most this share of the plain one

const [dist, out] = process.argv.slice(2).map((path) => resolve(path));
if (!dist || !out) {
  console.error('usage: node embed.mjs DIST OUT.cc');
  process.exit(2);
}

function filesUnder(folder, prefix = '') {
  return readdirSync(folder)
    .sort()
    .flatMap((name) => (statSync(join(folder, name)).isDirectory() ? filesUnder(join(folder, name), `${prefix}${name}/`) : [`${prefix}${name}`]));
}

const gzipFolder = join(dirname(out), 'gzip');
rmSync(gzipFolder, { recursive: true, force: true });
mkdirSync(gzipFolder, { recursive: true });

const etagOf = (bytes) => `"${createHash('sha256').update(bytes).digest('hex').slice(0, 20)}"`;
const quoted = (text) => `"${text.replace(/(["\\])/g, '\\$1')}"`;
const blobs = []; // files that .incbin reads

function blob(path) {
  blobs.push(path);
  return `blob(sermo_web_blob_${blobs.length - 1}_begin, sermo_web_blob_${blobs.length - 1}_end)`;
}

const assets = filesUnder(dist).map((name) => {
  const contentType = kContentTypes[extname(name)];
  if (contentType === undefined) throw new Error(`${name}: no content type is known for this kind of file`);
  const bytes = readFileSync(join(dist, name));
  const packed = gzipSync(bytes, { level: 9 });
  const body = blob(join(dist, name));
  let gzipBody = '{}';
  let gzipEtag = '{}';
  if (packed.length <= bytes.length * kLeastGain) {
    const packedPath = join(gzipFolder, `${name.replaceAll('/', '_')}.gz`);
    writeFileSync(packedPath, packed);
    gzipBody = blob(packedPath);
    gzipEtag = quoted(etagOf(packed));
  }
  return {
    path: name === 'index.html' ? '/' : `/${name}`,
    line: (path) => `{${[quoted(path), quoted(contentType), quoted(etagOf(bytes)), gzipEtag, body, gzipBody, name.startsWith('assets/')].join(', ')}},`,
  };
});
assets.sort((a, b) => (a.path < b.path ? -1 : 1));

const source = `// Made by web/embed/embed.mjs; not to be edited.
#include "sermo_web/assets.h"

${blobs
  .map(
    (path, i) => `asm(".pushsection .rodata\\n"
    ".globl sermo_web_blob_${i}_begin\\n.hidden sermo_web_blob_${i}_begin\\n"
    ".globl sermo_web_blob_${i}_end\\n.hidden sermo_web_blob_${i}_end\\n"
    "sermo_web_blob_${i}_begin: .incbin ${quoted(quoted(path)).slice(1, -1)}\\n"
    "sermo_web_blob_${i}_end: .byte 0\\n"
    ".popsection\\n");
extern "C" __attribute__((visibility("hidden"))) const char sermo_web_blob_${i}_begin[];
extern "C" __attribute__((visibility("hidden"))) const char sermo_web_blob_${i}_end[];
`,
  )
  .join('')}
namespace sermo_web {
namespace {

std::string_view blob(const char* begin, const char* end) {
  return {begin, static_cast<size_t>(end - begin)};
}

}  // namespace

std::span<const Asset> assets() {
  static const Asset kAssets[] = {
${assets.map(({ path, line }) => `      ${line(path)}`).join('\n')}
  };
  return kAssets;
}

std::string_view content_security_policy() {
  return ${quoted(kContentSecurityPolicy)};
}

}  // namespace sermo_web
`;
writeFileSync(out, source);
console.log(`${assets.length} files of the page, ${blobs.length - assets.length} of them also gzipped`);
