// SPDX-License-Identifier: Apache-2.0
//
// The groups of `tricycle validate`.  A further group is a function that makes rows, declared here,
// and a line of the table in groups.cpp; a further row of a group is a line of its file in
// workloads/data/peers.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "reports/validation.h"

namespace tricycle {

// Each computes this simulator's figures for the published ones of a file of `folder`, the path of
// workloads/data/peers.  They throw InputError for a file that cannot be read.
std::vector<ValidationRow> peak_rows(const std::string& folder);
std::vector<ValidationRow> scale_sim_rows(const std::string& folder);
std::vector<ValidationRow> onnxim_rows(const std::string& folder);
std::vector<ValidationRow> onnxim_total_rows(const std::string& folder);
std::vector<ValidationRow> rtl_rows(const std::string& folder);
std::vector<ValidationRow> rtl_interval_rows(const std::string& folder);
std::vector<ValidationRow> vector_rows(const std::string& folder);
std::vector<ValidationRow> dma_rows(const std::string& folder);
std::vector<ValidationRow> handover_rows(const std::string& folder);
std::vector<ValidationRow> ascend_kernel_rows(const std::string& folder);
std::vector<ValidationRow> ascend_device_rows(const std::string& folder);
std::vector<ValidationRow> ascend_ratio_rows(const std::string& folder);
std::vector<ValidationRow> hexagon_rows(const std::string& folder);
std::vector<ValidationRow> cost_rows(const std::string& folder);
std::vector<ValidationRow> paper_speedup_rows(const std::string& folder);
std::vector<ValidationRow> layer_share_rows(const std::string& folder);
std::vector<ValidationRow> delta_stage_rows(const std::string& folder);
std::vector<ValidationRow> solve_share_rows(const std::string& folder);

/// The names of all groups, in the order they are shown.
std::vector<std::string_view> validation_group_names();

/// The groups of these names, or all of them for none, in the order they are shown.  Throws
/// InputError with a line for every name there is not.  `begin(group)`, if any, is called before
/// each.
std::vector<ValidationGroup> validate_groups(
    const std::vector<std::string>& names,
    const std::function<void(std::string_view group)>& begin = nullptr);

}  // namespace tricycle
