// GET / and the files that the page asks for: embedded in the program, gzipped where that is taken.
#include <algorithm>

#include "sermo/serve/negotiation.h"
#include "sermo/serve/routes/routes.h"
#include "sermo_web/assets.h"

namespace sermo::serve {
namespace {

const sermo_web::Asset* find_asset(std::string_view path) {
  const auto assets = sermo_web::assets();
  const auto at = std::ranges::lower_bound(assets, path, {}, &sermo_web::Asset::path);
  return at != assets.end() && at->path == path ? &*at : nullptr;
}

}  // namespace

bool is_page_file(std::string_view path) { return find_asset(path) != nullptr; }

Result<Response> answer_page(const Request& request, const Context&) {
  const sermo_web::Asset& asset = *find_asset(request.head.target.path);
  const bool packed = !asset.gzip_body.empty() && accepts_gzip(request.head.accept_encoding);
  const std::string_view etag = packed ? asset.gzip_etag : asset.etag;
  Response response{.content_type = std::string(asset.content_type)};
  response.add("ETag", std::string(etag));
  response.add("Cache-Control",
               asset.is_immutable ? "public, max-age=31536000, immutable" : "no-cache");
  response.add("Content-Security-Policy", std::string(sermo_web::content_security_policy()));
  if (!asset.gzip_body.empty()) response.add("Vary", "Accept-Encoding");
  if (names_etag(request.head.if_none_match, etag)) {
    response.status = 304;
    return response;
  }
  if (packed) response.add("Content-Encoding", "gzip");
  response.constant_body = packed ? asset.gzip_body : asset.body;
  return response;
}

}  // namespace sermo::serve
