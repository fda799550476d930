// A request that has arrived and the answer to it, apart from how they travel.
//
// Thread rule: plain values.
#pragma once

#include <cstddef>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sermo/serve/target.h"

namespace sermo::serve {

// What is known of a request before its body: enough to refuse it early. Field values are as sent,
// empty where the field is absent.
struct RequestHead {
  std::string method;  // "GET", "HEAD", "POST", ...
  Target target;
  std::string content_type;
  std::string content_encoding;
  std::string accept_encoding;
  std::string if_none_match;
  std::string authorization;
  std::string origin;
  std::string host;
  std::string preflight_method;  // Access-Control-Request-Method
  std::string subprotocols;      // Sec-WebSocket-Protocol, all of its lines as one list
  bool wants_websocket = false;
  std::string id;  // names the request in the log and in X-Request-Id

  bool is_head() const { return method == "HEAD"; }
};

struct Request {
  RequestHead head;
  std::vector<std::byte> body;
  std::stop_token gone;  // the client went away: nobody will read the answer
};

struct Header {
  std::string name;
  std::string value;
};

struct Response {
  int status = 200;
  std::string content_type;
  std::string body;
  std::string_view constant_body;  // instead of `body`: data that lives as long as the program
  std::vector<Header> headers;
  std::string note;  // for the log only

  std::string_view bytes() const { return body.empty() ? constant_body : std::string_view(body); }
  void add(std::string name, std::string value) {
    headers.push_back({std::move(name), std::move(value)});
  }
};

}  // namespace sermo::serve
