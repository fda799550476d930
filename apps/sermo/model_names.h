// Lists of models as users write them: `svm,et`, or `vote(svm,et,mlp),rf`.
#pragma once

#include <string>
#include <vector>

namespace sermo::app {

// The names in lists separated by commas that stand outside parentheses; empty names are left out.
std::vector<std::string> split_model_names(const std::vector<std::string>& lists);

}  // namespace sermo::app
