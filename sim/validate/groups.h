// SPDX-License-Identifier: Apache-2.0
//
// The groups of `tricycle validate`.  To add a group, write a function that makes its rows, declare
// it here, and add a line to the table in groups.cpp.  To add a row, add a line to its group's file
// in workloads/data/peers.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "reports/validation.h"

namespace tricycle {

// Each function compares this simulator's figures with the published ones of a file in `folder`,
// the path of workloads/data/peers.  Throws InputError for a file that cannot be read.
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
std::vector<ValidationRow> channel_gate_rows(const std::string& folder);
std::vector<ValidationRow> gdn_chip_rows(const std::string& folder);
std::vector<ValidationRow> solve_tri_rows(const std::string& folder);
std::vector<ValidationRow> blackhole_rows(const std::string& folder);

/// Products that a chip computed, of the files' tensors (docs/validation.md says how they are
/// named), beside those of `h200_sm`.  Throws InputError for a file that is none of such tensors.
std::vector<ValidationRow> tensor_core_rows(const std::vector<std::string>& files);

/// Whole inversions that kernels stored on a chip (A_cC_F, Y_KERNEL_cC_F), beside the simulated
/// ones.  Throws InputError likewise.
std::vector<ValidationRow> inversion_bits_rows(const std::vector<std::string>& files);

/// Whether inverses hold where published ones were broken or sound, and their errors there: rows of
/// a problem, an algorithm with its parameters, a format and a machine (values of the column
/// `figure`: verdict, rel_error_max, rel_error_mean, correlation_worst).  Throws InputError with a
/// line for every faulty row.
std::vector<ValidationRow> value_rows(const std::vector<std::string>& files);

/// A user's own measurements (measurements.h says which columns).  Throws InputError with a line
/// for every faulty row.
std::vector<ValidationRow> own_rows(const std::vector<std::string>& files);

/// Errors of kernels on a chip, of tables with the columns of h200_kernels.csv.  Rows whose kernel
/// is not lowered are left out.
std::vector<ValidationRow> kernel_error_rows(const std::vector<std::string>& files);

/// Cycles of kernels on a chip, one block alone and the best number of resident blocks; those of
/// kernels without a body (`null`), which are the frame of the measurement; how many pairs of
/// algorithms come out in the measured order; and how many blocks are resident.  Tables with the
/// columns of h200_kernels.csv; rows with fetch_bound = 1 have no cycles.
std::vector<ValidationRow> kernel_cycle_rows(const std::vector<std::string>& files);
std::vector<ValidationRow> kernel_frame_rows(const std::vector<std::string>& files);
std::vector<ValidationRow> kernel_order_rows(const std::vector<std::string>& files);
std::vector<ValidationRow> kernel_block_rows(const std::vector<std::string>& files);
/// What a dependent product waits, by the path of the result that it needs; and what instructions
/// cost that one scheduler issues side by side.
std::vector<ValidationRow> kernel_path_rows(const std::string& folder);
std::vector<ValidationRow> kernel_issue_rows(const std::string& folder);

/// The names of all groups, in the order in which they are shown.
std::vector<std::string_view> validation_group_names();
/// How many of them have figures of their own.
std::size_t shipped_group_count();

/// The groups with these names, or all of them if there are no names, in the order in which they
/// are shown.  `files`: the user's own, in place of the shipped ones; the groups must be named and
/// take files.  `begin(group)`, if any, is called before each group.  Throws InputError with a line
/// for every unknown name.
std::vector<ValidationGroup> validate_groups(
    const std::vector<std::string>& names, const std::vector<std::string>& files = {},
    const std::function<void(std::string_view group)>& begin = nullptr);

}  // namespace tricycle
