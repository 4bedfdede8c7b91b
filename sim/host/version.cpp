// SPDX-License-Identifier: Apache-2.0
#include "sim/host/version.h"

namespace tricycle {

const char* const kVersion = TRICYCLE_VERSION;
const char* const kVersionDate = TRICYCLE_VERSION_DATE;

}  // namespace tricycle
