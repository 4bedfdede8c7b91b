// SPDX-License-Identifier: Apache-2.0
//
// The stages that carry the state: h, serial over the chunks of a head, and the recurrent step of
// decode.
#include <array>
#include <optional>
#include <string>

#include "workloads/gated_deltanet/stage_builder.h"
#include "workloads/gated_deltanet/stages.h"

namespace tricycle {

namespace {

/// Emits the chunks of one head.  What is loaded has two buffers, so that a load overlaps the chunk
/// before it.
class StateEmitter {
 public:
  StateEmitter(const HwConfig& hw, const DeltaShape& shape, const RoundingMode& mode,
               DeltaForm form, int chunks)
      : b_(hw, mode.inverse, mode.vector), s_(shape), mode_(mode), form_(form), chunks_(chunks) {
    if (form == DeltaForm::kUt) {
      u_ = per_chunk("U", mode.fresh, s_.value_width);
      w_ = per_chunk("W", mode.fresh, s_.key_width);
    } else {
      y_ = per_chunk("Y", mode.inverse, s_.chunk);
      v_ = per_chunk("V", mode.input, s_.value_width);
      beta_ = per_chunk("beta", mode.vector, 1);
    }
    k_ = per_chunk("K", mode.input, s_.key_width);
    gates_ = per_chunk("G", mode.vector, shape.gate_width());
    states_ = b_.output("S", mode.state, chunks * s_.key_width, s_.value_width);
    fresh_ = b_.output("F", mode.fresh, chunks * s_.chunk, s_.value_width);
    carried_ = b_.loaded(b_.input("S0", mode.vector, s_.key_width, s_.value_width));
    operand_ = b_.scratch("S.operand", mode.state, s_.key_width, s_.value_width);
    new_ = b_.scratch("V'", mode.fresh, s_.chunk, s_.value_width);
    rest_ = b_.scratch("rest", mode.vector, s_.chunk, shape.gate_width());
    last_ = b_.scratch("last", mode.vector, 1, shape.gate_width());
    if (shape.has_channel_gates()) {
      last_rows_ = b_.scratch("last.rows", mode.vector, s_.key_width, 1);
      decayed_ = b_.scratch("K.rest", mode.scaled, s_.chunk, s_.key_width);
    } else {
      last_rows_ = last_;
      decayed_ = b_.scratch("V'.decayed", mode.scaled, s_.chunk, s_.value_width);
    }
  }

  Program emit() {
    load(0);
    for (int chunk = 0; chunk < chunks_; ++chunk) {
      if (chunk + 1 < chunks_) load(chunk + 1);
      advance(chunk);
    }
    b_.store(b_.output("S1", mode_.vector, s_.key_width, s_.value_width), carried_);
    return b_.finish();
  }

 private:
  /// A matrix of every chunk, and where two of them stand on chip.
  struct PerChunk {
    Region dram;
    std::array<Region, 2> on_chip;
  };

  PerChunk per_chunk(const std::string& name, Format format, int cols) {
    PerChunk m{b_.input(name, format, chunks_ * s_.chunk, cols), {}};
    for (int side = 0; side < 2; ++side)
      m.on_chip[static_cast<std::size_t>(side)] =
          b_.scratch(name + std::to_string(side), format, s_.chunk, cols);
    return m;
  }
  static const Region& at(const PerChunk& m, int chunk) {
    return m.on_chip[static_cast<std::size_t>(chunk % 2)];
  }
  void load(int chunk) {
    const auto one = [&](const PerChunk& m) {
      b_.load(at(m, chunk), rows_of(m.dram, chunk * s_.chunk, s_.chunk));
    };
    one(gates_);
    if (form_ == DeltaForm::kUt) {
      one(w_);
      one(u_);
      one(k_);
      return;
    }
    one(k_);
    one(v_);
    one(beta_);
    one(y_);
  }

  /// V' = U - W S.
  void fresh_values_ut(int chunk) {
    b_.subtract(new_, at(u_, chunk), b_.product(at(w_, chunk), operand_));
  }
  /// V' = R + Y R, R = beta (V - (e^G K) S).
  void fresh_values_delta(int chunk) {
    if (residual_.rows == 0) {
      decay_ = b_.scratch("decay", mode_.vector, s_.chunk, s_.gate_width());
      keys_ = b_.scratch("K.decayed", mode_.scaled, s_.chunk, s_.key_width);
      difference_ = b_.scratch("V-KS", mode_.vector, s_.chunk, s_.value_width);
      residual_ = b_.scratch("R", mode_.scaled, s_.chunk, s_.value_width);
      if (mode_.gates_after) late_gates_ = decay_scratch(b_, s_.chunk);
    }
    b_.apply(VectorOp::kExp, decay_, at(gates_, chunk));
    b_.apply(VectorOp::kMultiply, keys_, at(k_, chunk), decay_);
    b_.subtract(difference_, at(v_, chunk), b_.product(keys_, operand_));
    b_.apply(VectorOp::kMultiply, residual_, difference_, at(beta_, chunk));
    if (mode_.gates_after) emit_late_gates(b_, *late_gates_, at(y_, chunk), at(gates_, chunk));
    b_.epilogue(new_, {residual_}, b_.product(at(y_, chunk), residual_));
  }

  void advance(int chunk) {
    b_.apply(mode_.state == mode_.vector ? VectorOp::kCopy : VectorOp::kCast, operand_, carried_);
    b_.store(rows_of(states_, chunk * s_.key_width, s_.key_width), operand_);
    const Region& gates = at(gates_, chunk);
    const Region last = rows_of(gates, s_.chunk - 1, 1);
    b_.subtract(rest_, last, gates);
    b_.apply(VectorOp::kExp, rest_, rest_);
    b_.apply(VectorOp::kExp, last_, last);
    if (form_ == DeltaForm::kUt)
      fresh_values_ut(chunk);
    else
      fresh_values_delta(chunk);
    b_.store(rows_of(fresh_, chunk * s_.chunk, s_.chunk), new_);
    carry(chunk);
  }

  /// S <- e^{G_last} S + K^T (e^{G_last - G} V'); of channel gates (e^{G_last - G} K)^T V', and a
  /// factor for each row of S.
  void carry(int chunk) {
    const Region& keys = at(k_, chunk);
    const bool channels = s_.has_channel_gates();
    b_.apply(VectorOp::kMultiply, decayed_, channels ? keys : new_, rest_);
    if (channels) b_.apply(VectorOp::kCopy, last_rows_, last_);
    b_.apply(VectorOp::kMultiply, carried_, carried_, last_rows_);
    const Region sums = channels ? b_.product(decayed_, new_, {.transpose_a = true})
                                 : b_.product(keys, decayed_, {.transpose_a = true});
    b_.apply(VectorOp::kAdd, carried_, carried_, sums);
  }

  StageBuilder b_;
  DeltaShape s_;
  const RoundingMode& mode_;
  DeltaForm form_;
  int chunks_;
  PerChunk u_, w_, y_, v_, beta_, k_, gates_;
  Region states_, fresh_, carried_, operand_, new_, rest_, last_, last_rows_, decayed_;
  Region decay_, keys_, difference_, residual_;  // delta
  std::optional<DecayScratch> late_gates_;
};

/// dst [1 x n] <- the sum of the rows of m, which is overwritten.  Halves are added log2 rows
/// times.
void emit_column_sums(StageBuilder& b, const Region& m, const Region& dst) {
  std::int32_t rows = m.rows;
  while (rows > 1) {
    const std::int32_t half = (rows + 1) / 2;
    b.apply(VectorOp::kAdd, rows_of(m, 0, rows - half), rows_of(m, 0, rows - half),
            rows_of(m, half, rows - half));
    rows = half;
  }
  b.apply(VectorOp::kCopy, dst, rows_of(m, 0, 1));
}

}  // namespace

Program lower_state(const HwConfig& hw, const DeltaShape& shape, const RoundingMode& mode,
                    DeltaForm form, int chunks) {
  // Where U and W come from makes no difference here.
  const DeltaForm by = form == DeltaForm::kDelta ? form : DeltaForm::kUt;
  return StateEmitter(hw, shape, mode, by, chunks).emit();
}

Program lower_recurrent_step(const HwConfig& hw, const DeltaShape& s, const RoundingMode& mode) {
  StageBuilder b(hw, mode.vector, mode.vector);
  const Format f = mode.vector;
  const Region state = b.loaded(b.input("S0", f, s.key_width, s.value_width));
  const auto vector = [&](const char* name, int width) {
    return b.loaded(b.input(name, f, 1, width));
  };
  const Region k = vector("k", s.key_width), v = vector("v", s.value_width),
               q = vector("q", s.key_width), g = vector("g", s.gate_width()),
               beta = vector("beta", 1);
  const auto column = [&](const char* name, const Region& row) {
    const Region out = b.scratch(name, f, row.cols, 1);
    b.apply(VectorOp::kCopy, out, row);
    return out;
  };
  const Region keys = column("k.column", k), queries = column("q.column", q);
  const Region products = b.scratch("products", f, s.key_width, s.value_width);
  const Region read = b.scratch("read", f, 1, s.value_width);
  b.apply(VectorOp::kExp, g, g);
  b.apply(VectorOp::kMultiply, state, state, s.has_channel_gates() ? column("g.column", g) : g);
  b.apply(VectorOp::kMultiply, products, state, keys);
  emit_column_sums(b, products, read);
  b.subtract(read, v, read);
  b.apply(VectorOp::kMultiply, read, read, beta);
  b.apply(VectorOp::kMultiply, products, keys, read);  // k d^T
  b.apply(VectorOp::kAdd, state, state, products);
  b.store(b.output("S1", f, s.key_width, s.value_width), state);
  b.apply(VectorOp::kMultiply, products, state, queries);
  emit_column_sums(b, products, read);
  b.store(b.output("O", f, 1, s.value_width), read);
  return b.finish();
}

}  // namespace tricycle
