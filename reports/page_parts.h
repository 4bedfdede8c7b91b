// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace tricycle {

/// Files of reports/page/, which are compiled into the program.
std::string_view page_template();
std::string_view page_style();
std::string_view page_charts();  // vendor/echarts.min.js

/// The page's own code: its files, one after the other, in a scope of their own.
std::string page_code();

}  // namespace tricycle
