// Votes put together from members that are in the folder anyway, instead of read from files that
// repeat them.
//
// A vote's ONNX file holds its members whole, so that it stands alone. In a folder where the
// manifest knows the members by the checksums they had when the vote was written, reading them
// once serves both: less to read, and one copy in memory. The answers are the file's.
// Thread rule: pure functions.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "sermo/base/result.h"
#include "sermo/model/manifest.h"

namespace sermo::engine {

// The entries of the vote's members; empty for what is no vote, and where a member is missing or
// another than the vote was made of.
std::vector<const model::ManifestEntry*> members_in(const model::Manifest& manifest,
                                                    const model::ManifestEntry& vote);

// The vote of `members`, loaded, in the order of members_in. kCorrupt where the manifest lacks what
// a vote needs, kMismatch for members that do not fit together.
Result<model::Artifact> assemble_vote(
    const model::Manifest& manifest, const model::ManifestEntry& vote,
    std::span<const std::shared_ptr<const model::Artifact>> members);

}  // namespace sermo::engine
