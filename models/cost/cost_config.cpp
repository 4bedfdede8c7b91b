// SPDX-License-Identifier: Apache-2.0
#include "models/cost/cost_config.h"

#include <utility>

#include "models/cost/cost_tables.h"

namespace tricycle {

SharedCostTables::SharedCostTables() {
  static const auto kNone = std::make_shared<const CostTables>();
  tables_ = kNone;
}

SharedCostTables::SharedCostTables(CostTables tables)
    : tables_(std::make_shared<const CostTables>(std::move(tables))) {}

}  // namespace tricycle
