// Field values, negotiation and access: everything that is read out of headers.
#include <gtest/gtest.h>

#include "sermo/serve/access.h"
#include "sermo/serve/media_type.h"
#include "sermo/serve/negotiation.h"
#include "sermo/serve/subprotocol.h"

namespace sermo::serve {
namespace {

TEST(FieldValue, ParametersAreReadAsBrowsersWriteThem) {
  const auto value =
      parse_field_value(" Form-Data ; NAME=file;filename=\"a\\\"b \\\\ C:\\x; y.wav\"; q = 1 ;");
  ASSERT_TRUE(value);
  EXPECT_EQ(value->value, "form-data");
  EXPECT_EQ(*value->parameter("name"), "file");
  EXPECT_EQ(*value->parameter("filename"), "a\"b \\ C:\\x; y.wav");
  EXPECT_EQ(*value->parameter("q"), "1");
  EXPECT_EQ(value->parameter("nothing"), nullptr);
}

TEST(FieldValue, WhatDoesNotFollowTheGrammarIsNothing) {
  for (const char* text : {"", ";a=b", "x; a", "x; =b", "x; a=\"b", "x; a=\"b\"c"})
    EXPECT_FALSE(parse_field_value(text)) << text;
}

TEST(Negotiation, GzipIsTakenWhereItIsAllowed) {
  for (const char* text : {"gzip", "deflate, gzip", "GZIP;q=0.5", "*", "br, *;q=0.1"})
    EXPECT_TRUE(accepts_gzip(text)) << text;
  for (const char* text : {"", "identity", "gzip;q=0", "*;q=0", "*, gzip;q=0.0", "deflate"})
    EXPECT_FALSE(accepts_gzip(text)) << text;
}

TEST(Negotiation, TagsAreComparedWeakly) {
  for (const char* text : {"\"a\"", "W/\"a\"", "\"b\", \"a\"", " * "})
    EXPECT_TRUE(names_etag(text, "\"a\"")) << text;
  for (const char* text : {"", "a", "\"b\"", "\"ab\""})
    EXPECT_FALSE(names_etag(text, "\"a\"")) << text;
}

TEST(Access, TheTokenIsWantedWhole) {
  EXPECT_TRUE(has_token("", "anything"));
  EXPECT_TRUE(has_token("secret", "Bearer secret"));
  EXPECT_TRUE(has_token("secret", "bearer  secret"));
  for (const char* text : {"", "secret", "Basic secret", "Bearer", "Bearer ", "Bearer secre",
                           "Bearer secrets", "Bearer secretsecret", "Bearer Secret"})
    EXPECT_FALSE(has_token("secret", text)) << text;
}

TEST(Access, SubprotocolsCarryTheTokenInBase64Url) {
  // The examples of RFC 4648 10, and bytes that need the two digits of its section 5.
  EXPECT_EQ(token_subprotocol(""), "sermo.token.");
  EXPECT_EQ(token_subprotocol("f"), "sermo.token.Zg");
  EXPECT_EQ(token_subprotocol("fo"), "sermo.token.Zm8");
  EXPECT_EQ(token_subprotocol("foo"), "sermo.token.Zm9v");
  EXPECT_EQ(token_subprotocol("foob"), "sermo.token.Zm9vYg");
  EXPECT_EQ(token_subprotocol("fooba"), "sermo.token.Zm9vYmE");
  EXPECT_EQ(token_subprotocol("foobar"), "sermo.token.Zm9vYmFy");
  EXPECT_EQ(token_subprotocol("\xfb\xff\xfe"), "sermo.token.-__-");
}

TEST(Access, AStreamsTokenIsWantedWholeAndBesideTheNameOfTheProtocol) {
  EXPECT_TRUE(has_stream_token("", ""));
  for (const char* text : {"sermo.live, sermo.token.Zm9vYmFy", "sermo.token.Zm9vYmFy,sermo.live",
                           "other , sermo.live , sermo.token.x , sermo.token.Zm9vYmFy"})
    EXPECT_TRUE(has_stream_token("foobar", text)) << text;
  for (const char* text : {"", "sermo.live", "sermo.token.Zm9vYmFy", "sermo.live, sermo.token.",
                           "sermo.live, Zm9vYmFy", "sermo.live, sermo.token.Zm9vYmF",
                           "sermo.live, sermo.token.Zm9vYmFyZm9vYmFy",
                           "sermo.live, sermo.token.Zm9vYmFy==", "sermo.live, sermo.token.foobar",
                           "sermo.live, Sermo.token.Zm9vYmFy", "sermo.live sermo.token.Zm9vYmFy"})
    EXPECT_FALSE(has_stream_token("foobar", text)) << text;
}

RequestHead from(const char* origin, const char* host) {
  RequestHead head;
  head.origin = origin;
  head.host = host;
  return head;
}

TEST(Access, OtherSitesMayNotListenIn) {
  EXPECT_TRUE(is_trusted_origin("", from("", "127.0.0.1:8080"))) << "programs send no Origin";
  EXPECT_TRUE(is_trusted_origin("", from("http://127.0.0.1:8080", "127.0.0.1:8080")));
  EXPECT_TRUE(is_trusted_origin("https://a.example", from("https://a.example", "b.example")));
  EXPECT_FALSE(is_trusted_origin("", from("http://evil.example", "127.0.0.1:8080")));
  EXPECT_FALSE(is_trusted_origin("", from("http://127.0.0.1:9090", "127.0.0.1:8080")));
  EXPECT_FALSE(is_trusted_origin("", from("null", "127.0.0.1:8080")));
}

TEST(Access, CorsIsOffUnlessAskedFor) {
  Response off;
  add_cors_headers("", from("https://a.example", "h"), off);
  EXPECT_TRUE(off.headers.empty());
  Response other;
  add_cors_headers("https://a.example", from("https://b.example", "h"), other);
  ASSERT_EQ(other.headers.size(), 1u);
  EXPECT_EQ(other.headers[0].name, "Vary");
  Response on;
  add_cors_headers("https://a.example", from("https://a.example", "h"), on);
  EXPECT_EQ(on.headers[1].value, "https://a.example");
}

}  // namespace
}  // namespace sermo::serve
