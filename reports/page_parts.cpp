// SPDX-License-Identifier: Apache-2.0
#include "reports/page_parts.h"

#include <cstdint>

/// Puts a file of reports/page/ into the program as file_NAME, file_NAME_size bytes of it.
/// CMakeLists.txt makes this file depend on all of them.
// clang-format off
#define TRICYCLE_EMBED(name, file)                       \
  asm(".section .rodata\n"                               \
      ".balign 8\n"                                      \
      ".global file_" #name "_size\n"                    \
      "file_" #name "_size:\n"                           \
      ".quad file_" #name "_end - file_" #name "\n"      \
      ".global file_" #name "\n"                         \
      "file_" #name ":\n"                                \
      ".incbin \"" TRICYCLE_PAGE_DIR "/" file "\"\n"     \
      "file_" #name "_end:\n"                            \
      ".byte 0\n"                                        \
      ".previous\n");                                    \
  extern "C" const char file_##name[];                   \
  extern "C" const std::uint64_t file_##name##_size;
// clang-format on

TRICYCLE_EMBED(template, "template.html")
TRICYCLE_EMBED(style, "style.css")
TRICYCLE_EMBED(echarts, "vendor/echarts.min.js")
TRICYCLE_EMBED(data, "data.js")
TRICYCLE_EMBED(analysis, "analysis.js")
TRICYCLE_EMBED(state, "state.js")
TRICYCLE_EMBED(colors, "colors.js")
TRICYCLE_EMBED(chart, "chart.js")
TRICYCLE_EMBED(fronts, "fronts.js")
TRICYCLE_EMBED(roofline, "roofline.js")
TRICYCLE_EMBED(units, "units.js")
TRICYCLE_EMBED(maps, "maps.js")
TRICYCLE_EMBED(timeline, "timeline.js")
TRICYCLE_EMBED(words, "words.js")
TRICYCLE_EMBED(choose, "choose.js")
TRICYCLE_EMBED(again, "again.js")
TRICYCLE_EMBED(table, "table.js")
TRICYCLE_EMBED(main, "main.js")

#define TRICYCLE_VIEW(name) std::string_view(file_##name, file_##name##_size)

namespace tricycle {

std::string_view page_template() { return TRICYCLE_VIEW(template); }
std::string_view page_style() { return TRICYCLE_VIEW(style); }
std::string_view page_charts() { return TRICYCLE_VIEW(echarts); }

std::string page_code() {
  std::string code = "(() => {\n\"use strict\";\n";
  for (std::string_view file :
       {TRICYCLE_VIEW(data), TRICYCLE_VIEW(analysis), TRICYCLE_VIEW(state), TRICYCLE_VIEW(colors),
        TRICYCLE_VIEW(chart), TRICYCLE_VIEW(fronts), TRICYCLE_VIEW(roofline), TRICYCLE_VIEW(units),
        TRICYCLE_VIEW(maps), TRICYCLE_VIEW(timeline), TRICYCLE_VIEW(words), TRICYCLE_VIEW(choose),
        TRICYCLE_VIEW(again), TRICYCLE_VIEW(table), TRICYCLE_VIEW(main)})
    code += file;
  return code + "})();\n";
}

}  // namespace tricycle
