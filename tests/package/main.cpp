// SPDX-License-Identifier: Apache-2.0
//
// Which exact algorithm a machine inverts the chunks of a problem with in the fewest cycles, and
// what each stores for one small matrix.  Two threads ask at once.
#include <tricycle/tricycle.h>

#include <future>
#include <iostream>
#include <vector>

namespace api = tricycle::api;

namespace {

double cycles(const api::Machine& machine, const api::Problem& problem, const char* algorithm) {
  const api::Result result = api::run(machine, problem, {.algorithm = algorithm});
  return result.number("cycles_per_chunk").value();
}

int compare() {
  const api::Machine machine = api::Machine::load("hexagon_like");
  const api::Problem problem = api::Problem::load("gdn_lm_c64");
  auto rows = std::async(std::launch::async,
                         [&] { return cycles(machine, problem, "forward_substitution"); });
  const double blocks = cycles(machine, problem, "blocked_substitution");
  std::cout << "forward_substitution " << rows.get() << " cycles a chunk\n"
            << "blocked_substitution " << blocks << " cycles a chunk\n";

  // A = [0 0; 1/2 0]: (I + A)^-1 - I = -A.
  const std::vector<double> y = api::invert(machine, std::vector<double>{0, 0, 0.5, 0}, 2,
                                            {.algorithm = "forward_substitution"});
  std::cout << "Y " << y[2] << "\n";
  try {
    api::Machine::load("hexagon_lik");
  } catch (const api::InputError& error) {
    std::cout << error.what() << "\n";
  }
  return 0;
}

}  // namespace

int main() {
  try {
    return compare();
  } catch (const std::exception& error) {
    std::cerr << error.what() << "\n";
    return 1;
  }
}
