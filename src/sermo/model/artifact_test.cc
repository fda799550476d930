#include "sermo/model/artifact.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace sermo::model {
namespace {

using ::testing::HasSubstr;

Error error_of(std::string_view bytes) {
  const Result<Artifact> artifact = parse_artifact(std::as_bytes(std::span(bytes)));
  EXPECT_FALSE(artifact.has_value());
  return artifact ? Error{} : artifact.error();
}

TEST(Artifact, RefusesWhatIsNotOnnx) {
  for (std::string_view bytes :
       {std::string_view(""), std::string_view("RIFF....WAVEfmt "),
        std::string_view("{\"format\":1}"), std::string_view("\0\0\0", 3)}) {
    const Error error = error_of(bytes);
    EXPECT_EQ(error.code, ErrorCode::kUnsupported) << bytes;
    EXPECT_THAT(error.message, HasSubstr("not an ONNX file")) << bytes;
  }
}

}  // namespace
}  // namespace sermo::model
