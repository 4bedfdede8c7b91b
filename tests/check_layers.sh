#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Includes may only point to the own layer or one below: models <- workloads, models <- reports, all <- sim.
# Only sim/ may include SystemC and yaml-cpp. Messages for the user do not throw.
cd "$(dirname "$0")/.." || exit 1
status=0
check() { # folder, what it must not include
  found=$(grep -rnE "#include [\"<]($2)" "$1" --include='*.h' --include='*.cpp')
  [ -z "$found" ] && return
  echo "$1 includes a layer above it:"
  echo "$found"
  status=1
}
check models 'workloads/|reports/|sim/|systemc|yaml-cpp'
check workloads 'reports/|sim/|systemc|yaml-cpp'
check reports 'workloads/|sim/|systemc|yaml-cpp'
check sim 'tests/'
# A print to stderr throws where that is full or closed; sim/messages.h does not.
if found=$(grep -rnE "print\(stderr|std::cerr|perror\(" models workloads reports sim --include='*.h' --include='*.cpp'); then
  echo "messages that may throw, use sim/messages.h:"
  echo "$found"
  status=1
fi
exit $status
