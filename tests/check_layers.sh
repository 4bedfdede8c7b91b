#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Includes may only point to the own layer or one below: models <- workloads, models <- reports, all <- config <- engine <- validate <-
# explore <- app.  Only config includes yaml-cpp, only the engine SystemC, only explore SQLite, only app CLI11, only two files nlohmann.
# The public header includes nothing of ours.  Messages for the user do not throw.
cd "$(dirname "$0")/.." || exit 1
status=0
fail() { # what is wrong, where
  [ -z "$2" ] && return
  printf '%s:\n%s\n' "$1" "$2"
  status=1
}
check() { # folders, what they must not include
  fail "$1 includes a layer above it, or a library that is not its own" \
    "$(grep -rnE "#include [\"<]($2)" $1 --include='*.h' --include='*.cpp')"
}
engine='sim/engine/|sim/units/|sim/api/'
explore='sim/sweep/|sim/tune/|sim/tables/|sim/stress/'
check models 'workloads/|reports/|sim/|systemc|yaml-cpp|sqlite3|CLI/'
check workloads 'reports/|sim/|systemc|yaml-cpp|sqlite3|CLI/'
check reports 'workloads/|sim/|systemc|yaml-cpp|sqlite3|CLI/'
check 'sim/host' "reports/|sim/config/|$engine|sim/validate/|$explore|sim/cli/|systemc|yaml-cpp|sqlite3|CLI/"
check 'sim/config' "reports/|$engine|sim/validate/|$explore|sim/cli/|systemc|sqlite3|CLI/"
check 'sim/engine sim/units sim/api' "sim/validate/|$explore|sim/cli/|yaml-cpp|sqlite3|CLI/"
check 'sim/validate' "$explore|sim/cli/|yaml-cpp|sqlite3|CLI/"
check 'sim/sweep sim/tune sim/tables sim/stress' 'sim/cli/|systemc|yaml-cpp|CLI/'
check sim 'tests/'
fail "JSON is that of models/json.h; its library takes long to compile" \
  "$(grep -rlE '#include <nlohmann' models workloads reports sim | grep -vxE 'models/json_library.cpp|sim/cli/placed_json.cpp')"
fail "the public header includes a header that is not installed" "$(grep -n '#include "' sim/api/tricycle.h)"
# A print to stderr throws where that is full or closed; sim/host/messages.h does not.
fail "messages that may throw, use sim/host/messages.h" \
  "$(grep -rnE "print\(stderr|std::cerr|perror\(" models workloads reports sim --include='*.h' --include='*.cpp')"
exit $status
