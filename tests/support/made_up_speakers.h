// Rows to cut into folds: 24 speakers, 8 clips each, two of each of four classes.
#pragma once

#include <string>
#include <vector>

#include "sermo/eval/folds.h"

namespace sermo::testing {

struct MadeUpSpeakers {
  std::vector<int> classes;
  std::vector<int> speakers;
  std::vector<std::string> paths;

  MadeUpSpeakers() {
    for (int speaker = 1; speaker <= 24; ++speaker) {
      for (int clip = 0; clip < 8; ++clip) {
        classes.push_back(clip % 4);
        speakers.push_back(speaker);
        paths.push_back(std::to_string(speaker) + "/" + std::to_string(clip) + ".wav");
      }
    }
  }
  eval::FoldRows rows() const { return {classes, speakers, paths}; }
};

}  // namespace sermo::testing
