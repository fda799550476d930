// The files of the page, embedded in the program by sermo_embed_web (cmake/SermoWeb.cmake).
//
// Thread rule: constant data.
#pragma once

#include <span>
#include <string_view>

namespace sermo_web {

struct Asset {
  std::string_view path;          // as requested: "/assets/index-D6K.js"; the page itself is "/"
  std::string_view content_type;  // "text/javascript; charset=utf-8"
  std::string_view etag;          // quoted, of `body`; the gzip form needs one of its own: see gzip_etag
  std::string_view gzip_etag;     // quoted; empty where gzip_body is
  std::string_view body;
  std::string_view gzip_body;  // empty where compression gains less than a tenth
  bool is_immutable = false;   // the name holds a hash of the content: may be cached for ever
};

// Every file, sorted by path.
std::span<const Asset> assets();

// The Content-Security-Policy that the page is written and tested for.
std::string_view content_security_policy();

}  // namespace sermo_web
