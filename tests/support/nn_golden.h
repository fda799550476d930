// The nets of tests/data/nn, which tools/golden/make_nn_goldens.py computed with Keras.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "sermo/base/npz.h"
#include "sermo/model/nn/aligned_floats.h"
#include "sermo/model/nn/graph.h"
#include "test_paths.h"

namespace sermo::testing {

inline const std::vector<std::string>& nn_golden_names() {
  static const std::vector<std::string> names{
      "dense", "dense_wide", "batch_norm", "conv1d",   "conv1d_deep", "max_pool",
      "lstm",  "lstm_deep",  "gru",        "gru_deep", "conv_lstm"};
  return names;
}

struct NnGolden {
  NpzArchive archive;
  model::nn::Graph graph;
  Matrix x;
  std::vector<int> labels;
  model::nn::Plan plan;

  static NnGolden load(const std::string& name) {
    NpzArchive archive = read_npz(test_data() / "nn" / (name + ".npz")).value();
    const std::string text = to_text(**archive.find("graph")).value();
    model::nn::Graph graph = model::nn::parse_graph(text).value();
    Matrix x = to_matrix(**archive.find("x")).value();
    std::vector<int> labels = to_ints(**archive.find("labels")).value();
    model::nn::Plan plan = model::nn::plan(graph, x.num_cols()).value();
    return {std::move(archive), std::move(graph), std::move(x), std::move(labels), std::move(plan)};
  }

  std::vector<float> floats(const std::string& name) const {
    return to_floats(**archive.find(name)).value();
  }
  // A block with every array NAME of the archive under `prefix` + NAME at its place.
  model::nn::AlignedFloats weights(const std::string& prefix = "") const {
    model::nn::AlignedFloats block(plan.num_floats);
    for (const model::nn::Weight& weight : plan.weights()) {
      if (!archive.has(prefix + weight.name)) continue;
      const std::vector<float> values = floats(prefix + weight.name);
      EXPECT_EQ(values.size(), weight.size()) << weight.name;
      std::copy(values.begin(), values.end(), block.begin() + static_cast<long>(weight.offset));
    }
    return block;
  }
};

}  // namespace sermo::testing
