// SPDX-License-Identifier: Apache-2.0
#include "workloads/gated_deltanet/delta_rule_programs.h"

#include <algorithm>
#include <string>
#include <utility>

#include "workloads/gated_deltanet/stage_builder.h"

namespace tricycle {

namespace {

using Tensor = std::vector<double>;

void write(const Program& p, const std::string& name, const Tensor& values, MachineState& state) {
  write_input(p, buffer_named(p, name), values, state);
}
Tensor read(const Program& p, const std::string& name, const MachineState& state) {
  return read_real(p, buffer_named(p, name), state);
}
std::string head_name(const char* name, std::int64_t head) { return name + std::to_string(head); }

/// Rows of a head's matrix, zero beyond its tokens.
Tensor rows(const RealMatrix& m, std::int64_t first, std::int64_t count) {
  return block(m, first, count, 0, m.cols).values;
}
/// `width` entries of every token, zero beyond the last.
Tensor entries(const std::vector<double>& of_tokens, std::int64_t first, std::int64_t count,
               std::int64_t width = 1) {
  Tensor out(static_cast<std::size_t>(count * width), 0.0);
  const auto size = static_cast<std::int64_t>(of_tokens.size());
  std::copy_n(of_tokens.begin() + first * width, std::min(count * width, size - first * width),
              out.begin());
  return out;
}

/// The data of every chunk of every head at one point of the pipeline: [head chunks + chunk].
class Chunks {
 public:
  Chunks(std::int64_t heads, std::int64_t chunks)
      : chunks_(chunks), tensors_(static_cast<std::size_t>(heads * chunks)) {}
  Tensor& at(std::int64_t head, std::int64_t chunk) {
    return tensors_[static_cast<std::size_t>(head * chunks_ + chunk)];
  }
  Tensor& item(std::int64_t index) { return tensors_[static_cast<std::size_t>(index)]; }
  /// One below the other.
  Tensor of_head(std::int64_t head) {
    Tensor all;
    for (std::int64_t c = 0; c < chunks_; ++c) {
      const Tensor& one = at(head, c);
      all.insert(all.end(), one.begin(), one.end());
    }
    return all;
  }
  void set_head(std::int64_t head, const Tensor& all) {
    const auto size = static_cast<std::ptrdiff_t>(all.size()) / chunks_;
    for (std::int64_t c = 0; c < chunks_; ++c)
      at(head, c).assign(all.begin() + c * size, all.begin() + (c + 1) * size);
  }

 private:
  std::int64_t chunks_;
  std::vector<Tensor> tensors_;
};

class Pipeline {
 public:
  Pipeline(const DeltaPrograms& programs, const std::vector<DeltaInputs>& heads,
           const Execute& execute)
      : p_(programs),
        in_(heads),
        execute_(execute),
        heads_(static_cast<std::int64_t>(heads.size())),
        chunk_(programs.shape.chunk),
        a_(heads_, programs.chunks),
        y_(a_),
        gates_(a_),
        u_(a_),
        w_(a_),
        states_(a_),
        fresh_(a_) {}

  std::vector<RealMatrix> run() {
    kkt();
    solve();
    if (p_.wy) wy();
    state();
    return output();
  }

 private:
  const DeltaInputs& head(std::int64_t h) const { return in_[static_cast<std::size_t>(h)]; }

  void kkt() {
    const int group = p_.shape.group;
    execute_(
        p_.kkt, heads_ / group * p_.chunks,
        [&](std::int64_t item, MachineState& s) {
          const std::int64_t first_head = item / p_.chunks * group,
                             first = item % p_.chunks * chunk_;
          write(p_.kkt, "K", rows(head(first_head).k, first, chunk_), s);
          for (int r = 0; r < group; ++r) {
            const DeltaInputs& h = head(first_head + r);
            write(p_.kkt, head_name("g", r), entries(h.g, first, chunk_, p_.shape.gate_width()), s);
            write(p_.kkt, head_name("beta", r), entries(h.beta, first, chunk_), s);
          }
        },
        [&](std::int64_t item, const MachineState& s) {
          for (int r = 0; r < group; ++r) {
            const std::int64_t h = item / p_.chunks * group + r, c = item % p_.chunks;
            a_.at(h, c) = read(p_.kkt, head_name("A", r), s);
            gates_.at(h, c) = read(p_.kkt, head_name("G", r), s);
          }
        });
  }

  /// Diagonal blocks of A, of the chunk's size or smaller.  The inverses of a chunk lie one below
  /// the other.
  void solve() {
    const std::int64_t size = p_.solve.buffers[p_.solve.output].rows, blocks = chunk_ / size;
    for (std::int64_t i = 0; i < heads_ * p_.chunks; ++i)
      y_.item(i).resize(static_cast<std::size_t>(chunk_ * size));
    execute_(
        p_.solve, heads_ * p_.chunks * blocks,
        [&](std::int64_t item, MachineState& s) {
          const std::int64_t first = item % blocks * size;
          const Tensor& a = a_.item(item / blocks);
          Tensor diagonal;
          for (std::int64_t i = first; i < first + size; ++i)
            diagonal.insert(diagonal.end(), a.begin() + i * chunk_ + first,
                            a.begin() + i * chunk_ + first + size);
          write_input(p_.solve, p_.solve.inputs[0], diagonal, s);
        },
        [&](std::int64_t item, const MachineState& s) {
          const Tensor inverse = read_real(p_.solve, p_.solve.output, s);
          std::copy(inverse.begin(), inverse.end(),
                    y_.item(item / blocks).begin() + item % blocks * size * size);
        });
  }

  void wy() {
    execute_(
        *p_.wy, heads_ * p_.chunks,
        [&](std::int64_t item, MachineState& s) {
          const DeltaInputs& h = head(item / p_.chunks);
          const std::int64_t first = item % p_.chunks * chunk_;
          write(*p_.wy, "K", rows(h.k, first, chunk_), s);
          write(*p_.wy, "V", rows(h.v, first, chunk_), s);
          write(*p_.wy, "beta", entries(h.beta, first, chunk_), s);
          write(*p_.wy, "G", gates_.item(item), s);
          if (p_.form == DeltaForm::kRightHandSides) {
            write(*p_.wy, "A", a_.item(item), s);
            write(*p_.wy, "D", y_.item(item), s);
          } else {
            write(*p_.wy, "Y", y_.item(item), s);
          }
        },
        [&](std::int64_t item, const MachineState& s) {
          u_.item(item) = read(*p_.wy, "U", s);
          w_.item(item) = read(*p_.wy, "W", s);
        });
  }

  void state() {
    const std::int64_t tokens = std::int64_t{p_.chunks} * chunk_;
    execute_(
        p_.state, heads_,
        [&](std::int64_t h, MachineState& s) {
          write(p_.state, "K", rows(head(h).k, 0, tokens), s);
          write(p_.state, "G", gates_.of_head(h), s);
          write(p_.state, "S0",
                Tensor(static_cast<std::size_t>(p_.shape.key_width) *
                           static_cast<std::size_t>(p_.shape.value_width),
                       0.0),
                s);
          if (p_.form != DeltaForm::kDelta) {
            write(p_.state, "U", u_.of_head(h), s);
            write(p_.state, "W", w_.of_head(h), s);
          } else {
            write(p_.state, "V", rows(head(h).v, 0, tokens), s);
            write(p_.state, "beta", entries(head(h).beta, 0, tokens), s);
            write(p_.state, "Y", y_.of_head(h), s);
          }
        },
        [&](std::int64_t h, const MachineState& s) {
          states_.set_head(h, read(p_.state, "S", s));
          fresh_.set_head(h, read(p_.state, "F", s));
        });
  }

  std::vector<RealMatrix> output() {
    const int group = p_.shape.group;
    std::vector<RealMatrix> out;
    for (const DeltaInputs& h : in_) out.emplace_back(h.v.rows, h.v.cols);
    execute_(
        p_.output, heads_ / group * p_.chunks,
        [&](std::int64_t item, MachineState& s) {
          const std::int64_t first_head = item / p_.chunks * group, c = item % p_.chunks;
          write(p_.output, "Q", rows(head(first_head).q, c * chunk_, chunk_), s);
          write(p_.output, "K", rows(head(first_head).k, c * chunk_, chunk_), s);
          for (int r = 0; r < group; ++r) {
            write(p_.output, head_name("G", r), gates_.at(first_head + r, c), s);
            write(p_.output, head_name("S", r), states_.at(first_head + r, c), s);
            write(p_.output, head_name("F", r), fresh_.at(first_head + r, c), s);
          }
        },
        [&](std::int64_t item, const MachineState& s) {
          for (int r = 0; r < group; ++r) {
            const std::int64_t h = item / p_.chunks * group + r, first = item % p_.chunks * chunk_;
            RealMatrix& o = out[static_cast<std::size_t>(h)];
            const Tensor values = read(p_.output, head_name("O", r), s);
            for (std::int64_t i = 0; i < std::min(chunk_, o.rows - first); ++i)
              std::copy_n(values.begin() + i * o.cols, o.cols, o.row(first + i).begin());
          }
        });
    return out;
  }

  const DeltaPrograms& p_;
  const std::vector<DeltaInputs>& in_;
  const Execute& execute_;
  std::int64_t heads_, chunk_;
  Chunks a_, y_, gates_, u_, w_, states_, fresh_;
};

}  // namespace

DeltaPrograms lower_delta_rule(const HwConfig& hw, const DeltaShape& shape,
                               const RoundingMode& mode, DeltaForm form, int chunks,
                               Program solve) {
  DeltaPrograms p{shape, form, chunks, lower_kkt(hw, shape, mode), std::move(solve), {}, {}, {}};
  if (form == DeltaForm::kUt) p.wy = lower_wy(hw, shape, mode);
  if (form == DeltaForm::kRightHandSides) p.wy = lower_right_hand_sides(hw, shape, mode);
  p.state = lower_state(hw, shape, mode, form, chunks);
  p.output = lower_output(hw, shape, mode);
  return p;
}

Execute interpreted(const HwConfig& hw) {
  return [&hw](const Program& program, std::int64_t items, const auto& load, const auto& store) {
    for (std::int64_t item = 0; item < items; ++item) {
      MachineState state = make_state(program);
      load(item, state);
      interpret(program, hw, state);
      store(item, state);
    }
  };
}

std::vector<RealMatrix> delta_rule_outputs(const DeltaPrograms& programs,
                                           const std::vector<DeltaInputs>& heads,
                                           const Execute& execute) {
  return Pipeline(programs, heads, execute).run();
}

}  // namespace tricycle
